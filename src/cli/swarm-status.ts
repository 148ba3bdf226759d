import { createHash } from "node:crypto";
import { CONSTRUCT_LABEL, SWARM_SPEC_LABEL } from "../values/engine-label.ts";
import type { HostAnswer } from "./asked-host.ts";
import type { ServiceStatus, StatusReport } from "./status-report.ts";

type Docker = (args: readonly string[]) => Promise<HostAnswer>;

/** What `docker service inspect` says of one, as far as it is looked at. */
interface SwarmServiceInspected {
  readonly ID: string;
  readonly UpdatedAt: string;
  readonly Spec: {
    readonly Name: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly TaskTemplate: { readonly ContainerSpec: { readonly Image: string } };
  };
  readonly UpdateStatus?: { readonly State?: string; readonly Message?: string };
}

/** A service of a host, by the name that people know, and how many of its tasks run. */
interface Found extends SwarmServiceInspected {
  readonly name: string;
  readonly running: number;
  readonly wanted: number;
}

/** What a host has in its swarm beside the services that are declared. */
const OF_THE_HOST = /^Nginx(\/Texts)?$/;
const WENT_BACK = /^(rollback_|paused)/;
const NOT_NOW = 75;

/** The status of a host on a swarm, by its manager, in the same words as every host's. */
export async function swarmStatus(host: string, docker: Docker): Promise<HostAnswer> {
  const found = await servicesOf(host, docker);
  if (!Array.isArray(found)) return found;
  const all = await Promise.all(found.map((service) => serviceStatus(service, docker)));
  const services = all.filter(({ name }) => !OF_THE_HOST.test(name));
  const edges = all.filter(({ name }) => OF_THE_HOST.test(name));
  const specs = found.map(({ name, Spec }) => [name, Spec.Labels[SWARM_SPEC_LABEL]]);
  const report: StatusReport = {
    schema: 1,
    host,
    healthy: found.length > 0 && all.every(({ healthy }) => healthy),
    serving:
      found.length === 0
        ? null
        : {
            version: null,
            release: createHash("sha256").update(JSON.stringify(specs)).digest("hex"),
            since:
              found
                .map(({ UpdatedAt }) => UpdatedAt)
                .sort()
                .at(-1) ?? null,
          },
    services,
    certificates: [],
    maintenance: [],
    notes: edges.filter(({ healthy }) => !healthy).map(({ name, problem }) => `${name}: ${problem}`),
    failures: [],
    held: null,
    last: null,
    log: [],
  };
  return { code: report.healthy ? 0 : 1, stdout: `${JSON.stringify(report)}\n`, stderr: "" };
}

/** The last lines of each task of a service that is there; which task said a line stands before it where there are more. */
export async function swarmLogs(host: string, service: string, lines: string, docker: Docker): Promise<HostAnswer> {
  const found = await servicesOf(host, docker);
  if (!Array.isArray(found)) return found;
  const meant = found.find(({ name }) => name === service);
  if (!meant) {
    const names = found.map(({ name }) => name).join(", ");
    return { code: 2, stdout: "", stderr: `${host}: has no service ${service}; it has ${names || "none"}\n` };
  }
  const answer = await docker(["service", "logs", ...(meant.wanted > 1 ? [] : ["--raw"]), "--tail", lines, meant.ID]);
  // what the service wrote to its error output is its log, too
  return answer.code === 0 ? { ...answer, stdout: `${answer.stdout}${answer.stderr}`, stderr: "" } : answer;
}

/** The services that carry the label of a construct of the host, by name. */
async function servicesOf(host: string, docker: Docker): Promise<Found[] | HostAnswer> {
  const format = "{{.ID}} {{.Replicas}}";
  const listed = await docker(["service", "ls", "--format", format, "--filter", `label=${CONSTRUCT_LABEL}`]);
  if (listed.code !== 0) return { ...listed, code: NOT_NOW, stderr: `${host}: ${listed.stderr}` };
  const counts = new Map(
    listed.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(" ") as [string, string]),
  );
  if (counts.size === 0) return [];
  const inspected = await docker(["service", "inspect", ...counts.keys()]);
  if (inspected.code !== 0) return { ...inspected, code: NOT_NOW, stdout: "" };
  return (JSON.parse(inspected.stdout) as SwarmServiceInspected[])
    .flatMap((service): Found[] => {
      const path = service.Spec.Labels[CONSTRUCT_LABEL] ?? "";
      if (!path.startsWith(`${host}/`)) return [];
      const [, count] = [...counts].find(([id]) => service.ID.startsWith(id)) ?? [];
      const [running = 0, wanted = 0] = (count ?? "").split("/").map(Number);
      return [{ ...service, name: path.slice(host.length + 1), running, wanted }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function serviceStatus(service: Found, docker: Docker): Promise<ServiceStatus> {
  const { name, running, wanted, Spec, UpdatedAt, UpdateStatus } = service;
  const wentBack = WENT_BACK.test(UpdateStatus?.State ?? "") ? UpdateStatus?.Message : undefined;
  const isWhole = wanted > 0 && running === wanted;
  const why = isWhole ? undefined : await lastError(service, docker);
  return {
    name,
    healthy: isWhole,
    problem: isWhole ? null : `${running} of ${wanted} tasks run${why ? `: ${why}` : ""}`,
    container: Spec.Name,
    image: Spec.TaskTemplate.ContainerSpec.Image,
    state: `${running}/${wanted} running${wentBack ? `, ${wentBack}` : ""}`,
    since: UpdatedAt,
    restarts: null,
    memory: null,
  };
}

/** What the swarm says of the newest of its tasks that failed. */
async function lastError({ ID }: Found, docker: Docker): Promise<string | undefined> {
  const { stdout } = await docker(["service", "ps", "--no-trunc", "--format", "{{.Error}}", ID]);
  return stdout.split("\n").find((error) => error !== "");
}
