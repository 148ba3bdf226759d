import { nearest } from "../values/known-options.ts";
import type { ReadService } from "./read-service.ts";
import { isMap, listOf, textOf, type YamlMap } from "./yaml-document.ts";

/** Keys that the stack says in its own words; a test holds each of them to a file that reads it. */
const TRANSLATED = new Set(
  (
    "build cap_add cap_drop command configs container_name cpus depends_on deploy entrypoint env_file environment expose " +
    "external_links extra_hosts healthcheck image init labels links mem_limit mem_reservation networks pids_limit " +
    "platform ports profiles read_only restart secrets shm_size stop_grace_period stop_signal tmpfs ulimits user " +
    "volumes working_dir"
  ).split(" "),
);

/** Keys of a service that have no equal, by why. */
const LEFT: Readonly<Record<string, string>> = {
  annotations: "a container has labels here, and no annotations",
  attach: "logs are asked of the host: npx slipway logs",
  blkio_config: "a host has no limit of block devices",
  cgroup: "a container's control group is the engine's",
  cgroup_parent: "a container's control group is the engine's",
  cpu_count: "write cpus, the number of processors",
  cpu_percent: "write cpus, the number of processors",
  cpu_period: "write cpus, the number of processors",
  cpu_quota: "write cpus, the number of processors",
  cpu_rt_period: "a host has no real-time scheduling of containers",
  cpu_rt_runtime: "a host has no real-time scheduling of containers",
  cpu_shares: "the containers of a host get equal parts; cpus is a limit",
  cpuset: "a container runs on any processor of its host; cpus is a limit",
  credential_spec: "it is for Windows containers only",
  develop: "npx slipway up builds and releases what changed",
  device_cgroup_rules: "a container gets no device of its host",
  devices: "a container gets no device of its host",
  dns: "a container asks its host's DNS",
  dns_opt: "a container asks its host's DNS",
  dns_search: "a container asks its host's DNS",
  domainname: "a release names its containers itself",
  gpus: "a container gets no device of its host",
  group_add: 'write user with its group: user: "app:docker"',
  hostname: "a release names its containers itself; neighbours are told an address",
  ipc: "a container has its own",
  isolation: "it is for Windows containers only",
  label_file: "write the labels below labels",
  logging: "a host keeps 30 MB of each container's log; logs: {} of a NanoHost keeps them in CloudWatch",
  mac_address: "the engine gives it",
  mem_swappiness: "containers of a host have no swap",
  memswap_limit: "containers of a host have no swap",
  models: "Slipway runs containers and no models",
  network_mode: "a container is in its host's network of services, and reaches the machine by host-gateway",
  oom_kill_disable: "a container that takes more than its limit is ended, and started again",
  oom_score_adj: "memoryReservationMiB says what is left to it when memory is short",
  pid: "a container sees its own processes",
  post_start: "let the image's entry point do it",
  pre_stop: "let the image do it at its stop signal",
  privileged: "a container is never its machine's root here; capAdd gives it the one capability that it needs",
  provider: "it names no image, and nothing is built: there is nothing to run",
  pull_policy: "an image is pinned by its digest, and pulled once",
  runtime: "a container has the engine's own runtime",
  scale: "a host runs one container of a service",
  security_opt: "a container has the engine's own profiles",
  stdin_open: "nobody types into a container of a host",
  storage_opt: "a container has the engine's own storage",
  sysctls: "a container has the kernel's settings as the engine makes them",
  tty: "nobody types into a container of a host",
  use_api_socket: "who has the engine's socket is the machine's root",
  userns_mode: "a container has the engine's own user namespace",
  uts: "a container has its own",
  volumes_from: "write the volumes of each service",
};

/** Keys of `deploy` that have no equal, by why. */
const LEFT_OF_DEPLOY: Readonly<Record<string, string>> = {
  endpoint_mode: "Nginx is in front of a service",
  labels: "a service is its container: write them below labels",
  mode: "a host runs one container of a service",
  placement: "a service runs on the host that is told to run it",
  replicas: "a host runs one container of a service",
  restart_policy: "a host starts again what ends, and a release fails where that goes on",
  rollback_config: "what serves, serves on until its successor is healthy",
  update_config: "what serves, serves on until its successor is healthy",
};

const ONE = new Set(["replicas", "scale"]);

/** Says of every key that nobody translates why. */
export function noteLeftKeys({ raw, plain, notes }: ReadService): void {
  for (const key of Object.keys(raw)) {
    if (TRANSLATED.has(key) || key.startsWith("x-") || isUsual(key, plain)) continue;
    const known = Object.keys(LEFT).concat([...TRANSLATED]);
    const near = nearest(key, known);
    notes.add(key, LEFT[key] ?? `is no key of Compose that is known here${near ? `: was ${near} meant?` : ""}`);
  }
  const deploy: YamlMap = isMap(plain.deploy) ? plain.deploy : {};
  for (const [key, value] of Object.entries(deploy)) {
    if (key === "resources" || key.startsWith("x-") || (ONE.has(key) && Number(value) === 1)) continue;
    notes.add(`deploy.${key}`, LEFT_OF_DEPLOY[key] ?? "is none of Slipway's");
  }
  noteRest(deploy, plain, notes);
}

/** What is as a host does it anyway. */
function isUsual(key: string, plain: YamlMap): boolean {
  if (ONE.has(key)) return Number(plain[key]) === 1;
  if (key === "privileged" || key === "tty" || key === "stdin_open" || key === "oom_kill_disable")
    return plain[key] !== true;
  return key === "pull_policy" && ["missing", "if_not_present"].includes(textOf(plain[key]));
}

function noteRest(deploy: YamlMap, plain: YamlMap, notes: ReadService["notes"]): void {
  const resources = isMap(deploy.resources) ? deploy.resources : {};
  const reservations: YamlMap = isMap(resources.reservations) ? resources.reservations : {};
  for (const key of Object.keys(reservations).filter((each) => each !== "memory"))
    notes.add(
      `deploy.resources.reservations.${key}`,
      key === "cpus" ? "cpus is a limit, and none is reserved" : "a container gets no device of its host",
    );
  const restart = textOf(plain.restart);
  if (restart === "no" || restart === "false" || /:\d+$/.test(restart))
    notes.add("restart", `is ${restart}, and a host starts again what ends; what runs to its end is host.task`);
  if (plain.container_name !== undefined)
    notes.add("container_name", "a release has two containers of a service for a while, and names them itself");
  if (listOf(plain.external_links).length > 0)
    notes.add("external_links", "write Backend.fromAddress for what another project runs");
}
