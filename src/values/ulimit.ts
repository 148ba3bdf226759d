import { InvalidValueError } from "./invalid-value-error.ts";
import { nearest } from "./known-options.ts";

/** A limit of the kernel for each process of a container; -1 is none. */
export interface Ulimit {
  /** What holds; the process may raise it to `hard`. */
  readonly soft: number;
  readonly hard: number;
}

/** The engine's: github.com/docker/go-units, ulimit.go. */
const NAMES = "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
  " ",
);

const UNLIMITED = -1;

/**
 * @param limit one number for both, or each
 * @throws InvalidValueError when no process can have `limit` as its limit `name`
 */
export function ulimit(name: string, limit: number | Ulimit): Ulimit {
  if (!NAMES.includes(name)) {
    const near = nearest(name, NAMES);
    const remedy = near ? `did you mean ${near}?` : `known: ${NAMES.join(", ")}`;
    throw new InvalidValueError({ subject: "ulimit", rule: "must be one of the engine's", got: name, remedy });
  }
  const { soft, hard } = typeof limit === "number" ? { soft: limit, hard: limit } : (limit ?? {});
  for (const each of [soft, hard]) {
    if (Number.isSafeInteger(each) && each >= UNLIMITED) continue;
    const rule = "must be a whole number, or { soft, hard } of two, -1 for no limit";
    throw new InvalidValueError({ subject: `ulimit ${name}`, rule, got: each ?? limit, remedy: "write e.g. 4096" });
  }
  if (hard !== UNLIMITED && (soft === UNLIMITED || soft > hard)) {
    const rule = `must not have a soft limit above its hard one, ${hard}`;
    throw new InvalidValueError({ subject: `ulimit ${name}`, rule, got: soft, remedy: "raise hard, or lower soft" });
  }
  return { soft, hard };
}
