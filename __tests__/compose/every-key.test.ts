import fc from "fast-check";
import { composeFolder, translated } from "./compose-folder.ts";

/** Each key that a service of Compose may have, compose-spec/05-services.md, with a value that is not as usual. */
const KEYS: Readonly<Record<string, string>> = {
  annotations: "{a: b}",
  attach: "false",
  blkio_config: "{weight: 300}",
  build: "{context: ., target: x}",
  cap_add: "[NET_ADMIN]",
  cap_drop: "[ALL]",
  cgroup: "host",
  cgroup_parent: "m",
  command: "[run]",
  configs: "[conf]",
  container_name: "mine",
  cpu_count: "2",
  cpu_percent: "10",
  cpu_period: "100000",
  cpu_quota: "50000",
  cpu_rt_period: "10",
  cpu_rt_runtime: "10",
  cpu_shares: "73",
  cpus: "0.5",
  cpuset: '"0,1"',
  credential_spec: "{file: a}",
  depends_on: "[other]",
  deploy: "{replicas: 2}",
  develop: "{watch: []}",
  device_cgroup_rules: "[c]",
  devices: "['/dev/a:/dev/a']",
  dns: "8.8.8.8",
  dns_opt: "[a]",
  dns_search: "a.example",
  domainname: "a",
  entrypoint: "[run]",
  env_file: "gone.env",
  environment: "{A: b}",
  expose: "[81]",
  extends: "other",
  external_links: "[a]",
  extra_hosts: "['a:10.0.0.1']",
  gpus: "all",
  group_add: "[mail]",
  healthcheck: "{test: [CMD, a]}",
  hostname: "a",
  image: "octo/another",
  init: "true",
  ipc: "host",
  isolation: "process",
  label_file: "a",
  labels: "{a.b: c}",
  links: "[other]",
  logging: "{driver: syslog}",
  mac_address: "02:42:ac:11:65:43",
  mem_limit: "100m",
  mem_reservation: "100m",
  mem_swappiness: "10",
  memswap_limit: "1g",
  models: "[a]",
  network_mode: "host",
  oom_kill_disable: "true",
  oom_score_adj: "10",
  pid: "host",
  pids_limit: "10",
  platform: "linux/arm64",
  ports: "['8081:8081']",
  post_start: "[{command: a}]",
  pre_stop: "[{command: a}]",
  privileged: "true",
  profiles: "[debug]",
  provider: "{type: a}",
  pull_policy: "always",
  read_only: "true",
  restart: '"no"',
  runtime: "runc",
  scale: "2",
  secrets: "[token]",
  security_opt: "[a]",
  shm_size: "10m",
  stdin_open: "true",
  stop_grace_period: "20s",
  stop_signal: "SIGUSR1",
  storage_opt: "{size: 1G}",
  sysctls: "{a.b: 1}",
  tmpfs: "/tmp",
  tty: "true",
  ulimits: "{nproc: 1}",
  use_api_socket: "true",
  user: "app",
  userns_mode: "host",
  uts: "host",
  volumes: "[/data]",
  volumes_from: "[other]",
  working_dir: "/a",
};

/** What is written of the service, and what is said of it. */
function outcome(keys: string) {
  const compose = `services:
  web: {image: octo/app${keys}}
  other: {image: octo/other, expose: [80], ulimits: {core: 0}}
secrets: {token: {environment: TOKEN}}
`;
  const { services, left, sites, notes } = translated(
    composeFolder(compose.replace("image: octo/app, image", "image")),
  );
  const web = services.find(({ composeName }) => composeName === "web");
  return {
    said: [...(web?.notes ?? []), ...left.flatMap((each) => each.notes)],
    rest: { ...web, notes: [], sites, order: services.map(({ name }) => name), top: notes },
  };
}

test.each(Object.entries(KEYS))("%s is translated, or said with its reason", (key, value) => {
  const { said, rest } = outcome(`, ${key}: ${value}`);
  const isSaid = said.some((note) => note.key.startsWith(key) && note.reason.length > 10);
  const isTranslated = JSON.stringify(rest) !== JSON.stringify(outcome("").rest);
  expect({ key, isSaid, isTranslated }).not.toEqual({ key, isSaid: false, isTranslated: false });
});

test("a network of its own is said once for the file", () => {
  const { notes } = translated(
    composeFolder("services: {web: {image: a, networks: [front]}}\nnetworks: {front: {}}\n"),
  );
  expect(notes.map(({ key }) => key)).toEqual(["networks"]);
});

test("a key that Compose does not have is said, whatever it is called", () => {
  const name = fc
    .stringMatching(/^[a-z][a-z_]{2,20}$/)
    .filter((key) => !Object.hasOwn(KEYS, key) && key !== "networks");
  fc.assert(
    fc.property(name, (key) => {
      expect(outcome(`, ${key}: 1`).said.map((note) => note.key)).toContain(key);
    }),
    { numRuns: 25 },
  );
});

test.each(["deploy", "build", "healthcheck"])("so is one below %s", (above) => {
  const { said } = outcome(`, ${above}: {context: ., strange_word: 1}`);
  expect(said.map(({ key }) => key)).toContain(`${above}.strange_word`);
});

test("extensions are nobody's business", () => {
  expect(outcome(", x-note: hi").said).toEqual([]);
});
