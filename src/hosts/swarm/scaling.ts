import { InvalidValueError } from "../../values/invalid-value-error.ts";

/** How many tasks a service has, and on which nodes. */
export interface Scaling {
  readonly replicas: number;
  /** Sorted, without white space. */
  readonly placement: readonly string[];
}

const MOST_REPLICAS = 1000;

// https://docs.docker.com/reference/cli/docker/service/create/#constraint
const KEY = String.raw`node\.(?:id|hostname|ip|role|platform\.(?:os|arch)|labels\.[A-Za-z0-9._-]+)|engine\.labels\.[A-Za-z0-9._-]+`;
const CONSTRAINT = new RegExp(String.raw`^(${KEY})\s*(==|!=)\s*([A-Za-z0-9:_./-]+)$`);

/** @throws InvalidValueError for what is no number of tasks */
export function replicaCount(count: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_REPLICAS) return count;
  const rule = `must be a whole number from 1 to ${MOST_REPLICAS}`;
  throw new InvalidValueError({ subject: "replicas", rule, got: count });
}

/** Constraints written in one way each, sorted. @throws InvalidValueError for what is no constraint of Swarm's */
export function constraints(given: readonly string[]): readonly string[] {
  const remedy = 'write e.g. ["node.labels.disk==ssd"]';
  if (!Array.isArray(given))
    throw new InvalidValueError({ subject: "placement", rule: "must be a list of constraints", got: given, remedy });
  const written = given.map((constraint) => {
    const [, key, operator, value] = CONSTRAINT.exec(`${constraint}`.trim()) ?? [];
    if (key !== undefined) return `${key}${operator}${value}`;
    const rule = "must be one of a node's id, hostname, ip, role, platform or labels, by == or !=";
    throw new InvalidValueError({ subject: "placement constraint", rule, got: constraint, remedy });
  });
  return [...new Set(written)].sort();
}
