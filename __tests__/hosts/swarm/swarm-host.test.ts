import type { TerraformStack } from "cdktf";
import {
  HealthCheck,
  Mount,
  PulledImage,
  Secret,
  SwarmHost,
  type SwarmHostProps,
  type SwarmRunOptions,
  Tls,
} from "../../../src/index.ts";
import { only, type SynthesizedStack, synthesize } from "../../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

function declare(
  props: SwarmHostProps = {},
  options: Partial<SwarmRunOptions> = {},
  more: (host: SwarmHost, stack: TerraformStack) => void = () => {},
): SynthesizedStack {
  return synthesize((stack) => {
    const host = new SwarmHost(stack, "host", { nginxImage: `nginx@${DIGEST}`, ...props });
    const image = new PulledImage(stack, "image", { image: `docker.io/library/shop@${DIGEST}` });
    const web = host.run("web", { image, port: 8080, health: HealthCheck.http("/status"), ...options });
    host.serve("shop.example.com", { "/": web });
    more(host, stack);
  });
}

type Block = Record<string, unknown> & { task_spec: Record<string, unknown>; lifecycle: unknown };
const service = (stack: SynthesizedStack, name = "host_web") => only(stack, "docker_service", name) as Block;
const container = (stack: SynthesizedStack) => service(stack).task_spec.container_spec as Record<string, unknown>;

test("a service is one of the swarm: start-first, rolled back where it fails, found by DNS, its image as the engine writes it", () => {
  const stack = declare(
    { replicas: 2, placement: ["node.labels.disk == ssd"] },
    { cpus: 0.5, memoryReservationMiB: 32 },
  );
  expect(service(stack)).toMatchObject({
    name: "stack-host-web",
    mode: { replicated: { replicas: 2 } },
    update_config: { order: "start-first", failure_action: "rollback", parallelism: 1 },
    rollback_config: { order: "start-first", failure_action: "pause" },
    endpoint_spec: { mode: "dnsrr" },
    task_spec: {
      placement: { constraints: ["node.labels.disk==ssd"] },
      resources: {
        limits: { memory_bytes: 268_435_456, nano_cpus: 500_000_000 },
        reservation: { memory_bytes: 33_554_432 },
      },
    },
  });
  expect(container(stack)).toMatchObject({
    image: `shop@${DIGEST}`,
    healthcheck: {
      test: ["CMD", "sh", "/slipway-health.sh", "http", "8080", "3", "/status", "2xx", "shop.example.com"],
      start_period: "30s",
    },
  });
  expect(service(stack)).not.toHaveProperty("converge_config");
});

test("an image of Docker Hub that needs a login names the registry of the login, by which the provider finds it", () => {
  const stack = synthesize((stack) => {
    const host = new SwarmHost(stack, "host", { nginxImage: `nginx@${DIGEST}` });
    const image = new PulledImage(stack, "image", { image: `docker.io/shop/web@${DIGEST}`, private: true });
    host.run("web", { image, port: 8080 });
  });
  expect(container(stack).image).toBe(`registry-1.docker.io/shop/web@${DIGEST}`);
  expect(stack.provider.docker?.[0]?.registry_auth).toMatchObject([{ address: "registry-1.docker.io" }]);
});

test("a registry on the loopback is one of each node: that is said", () => {
  const stack = synthesize((stack) => {
    const host = new SwarmHost(stack, "host", { nginxImage: `nginx@${DIGEST}` });
    const image = new PulledImage(stack, "image", { image: `localhost:5001/web@${DIGEST}` });
    host.run("web", { image, port: 8080 });
  });
  const [problem] = stack.asked.problems;
  expect(problem?.message).toContain("a swarm of more nodes needs another registry");
});

test("what a service alone says counts for it, and a check of its own needs no script of ours", () => {
  const stack = declare(
    { replicas: 2, placement: ["node.role==worker"] },
    { replicas: 3, placement: [], health: HealthCheck.command(["healthy"], { startPeriod: 90 }) },
  );
  expect(service(stack)).toMatchObject({
    mode: { replicated: { replicas: 3 } },
    task_spec: { placement: { constraints: [] } },
  });
  expect(container(stack)).toMatchObject({ healthcheck: { test: ["CMD", "healthy"], start_period: "1m30s" } });
  expect(container(stack)).not.toHaveProperty("configs.0");
});

test("Nginx is on every node at the node's own port, and knows of a service nothing but its name", () => {
  const stack = declare({ port: 8080, edgePlacement: ["node.labels.edge==yes"] });
  expect(service(stack, "host_Nginx_Service")).toMatchObject({
    mode: { global: true },
    update_config: { order: "stop-first", failure_action: "rollback" },
    endpoint_spec: { mode: "dnsrr", ports: [{ target_port: 80, published_port: 8080, publish_mode: "host" }] },
    task_spec: { placement: { constraints: ["node.labels.edge==yes"] } },
  });
  const { data } = only(stack, "docker_config", "host_Nginx_Upstreams") as { data: string };
  expect(Buffer.from(data, "base64").toString()).toBe('map "" $slipway_web {\n    default stack-host-web:8080;\n}\n');
  const changed = declare({ port: 8080, edgePlacement: ["node.labels.edge==yes"] }, { env: { A: "b" }, replicas: 3 });
  for (const name of ["host_Nginx_Service", "host_Nginx_Texts"])
    expect(service(changed, name)).toEqual(service(stack, name));
  expect(changed.resource.docker_config).toEqual(stack.resource.docker_config);
});

test("a route that changes is no other Nginx, but other texts, which are brought to it once what they lead to serves", () => {
  const stack = declare();
  const changed = declare({}, {}, (host, stack) => {
    const image = new PulledImage(stack, "other", { image: `example.com/api@${DIGEST}` });
    host.serve("other.example.com", { "/": host.run("api", { image, port: 8080 }) });
  });
  expect(service(changed, "host_Nginx_Service")).toEqual(service(stack, "host_Nginx_Service"));
  const brings = service(changed, "host_Nginx_Texts");
  expect(brings).toMatchObject({
    mode: { global: true },
    update_config: { failure_action: "rollback" },
    depends_on: expect.arrayContaining([expect.stringContaining("host_Release_Wait")]),
    task_spec: { container_spec: { command: ["sh", "/slipway-texts.sh", "/texts"] } },
  });
  const shared = (block: Block) => (block.task_spec.container_spec as { mounts: unknown }).mounts;
  expect(shared(brings)).toEqual(shared(service(changed, "host_Nginx_Service")));
  expect(shared(brings)).toMatchObject([
    { source: "stack-host-nginx", volume_options: { driver_options: { type: "tmpfs" } } },
  ]);
});

test("no label of a task tells versions apart: the provider would remove the service first", () => {
  const labels = (stack: SynthesizedStack) => container(stack).labels as { label: string }[];
  const [plain, labelled] = [declare(), declare({}, { labels: { team: "shop" } })];
  expect(labels(plain).map(({ label }) => label)).toEqual(["dev.slipway.construct", "dev.slipway.stack"]);
  expect(labels(labelled)).toEqual(labels(plain));
  expect(service(labelled).labels).toContainEqual({ label: "team", value: "shop" });
});

test("a secret is named by its version, and nothing of it but its name is declared", () => {
  const secret = (version: number) => ({ secrets: { KEY: Secret.fromEnvironment("SHOP_KEY", { version }) } });
  const stack = declare({}, secret(2));
  const [block] = container(stack).secrets as Record<string, string>[];
  expect(block).toMatchObject({
    file_name: "KEY",
    secret_name: expect.stringMatching(/^stack-host-web-KEY-2-[0-9a-f]{8}$/),
  });
  expect(block?.secret_id).toMatch(
    /^\$\{data\.docker_network\.host_web_Secrets_Ids_\w+\.options\["stack-host-web-KEY-2-/,
  );
  const other = container(declare({}, secret(3))).secrets as Record<string, string>[];
  expect(other[0]?.secret_name).not.toBe(block?.secret_name);
});

test("a certificate is a secret of what brings Nginx its texts alone, so that another one restarts nothing", () => {
  const stack = declare({ tls: Tls.certificate(Secret.fromEnvironment("SHOP_PEM")) });
  const edge = service(stack, "host_Nginx_Service");
  expect(edge.endpoint_spec).toMatchObject({ ports: [{ published_port: 80 }, { published_port: 443 }] });
  expect(edge.task_spec.container_spec).not.toHaveProperty("secrets");
  const { secrets } = service(stack, "host_Nginx_Texts").task_spec.container_spec as {
    secrets: Record<string, string>[];
  };
  expect(secrets.map(({ file_name }) => file_name)).toEqual(["/texts/tls/shop.example.com.pem"]);
  const { data } = only(stack, "docker_config", "host_Nginx_Sites") as { data: string };
  expect(Buffer.from(data, "base64").toString()).toContain(
    "ssl_certificate /etc/nginx/slipway/tls/shop.example.com.pem;",
  );
});

test("a volume of a service's own is stop-first, on one node", () => {
  const mounts = { "/data": Mount.volume("data") };
  const stack = declare({}, { mounts, placement: ["node.hostname==web-1"] });
  expect(service(stack)).toMatchObject({ update_config: { order: "stop-first" } });
  expect(container(stack).mounts).toMatchObject([
    { type: "volume", source: "stack-host-volume-data", target: "/data" },
  ]);
});

test.each<[string, SwarmHostProps, Partial<SwarmRunOptions>, string]>([
  ["drainSeconds", { drainSeconds: 5 } as SwarmHostProps, {}, "drainSeconds: a SwarmHost has none"],
  ["no number of tasks", { replicas: 0 }, {}, "replicas: replicas must be a whole number from 1 to 1000"],
  ["half a task", {}, { replicas: 1.5 }, 'run("web"): replicas must be a whole number from 1 to 1000'],
  ["no constraint", { placement: ["disk=ssd"] }, {}, "placement constraint must be one of a node's id"],
  ["ACME", { tls: Tls.acme({ email: "a@b.cd", agreeToTerms: true }) }, {}, "cannot do: write Tls.certificate(secret)"],
  ["ulimits", {}, { ulimits: { nofile: 1024 } }, "ulimits: is none of a SwarmHost's"],
  ["init", {}, { init: true }, "init: is none of a SwarmHost's"],
  ["a pids limit", {}, { pidsLimit: 10 }, "pidsLimit: is none of a SwarmHost's"],
  ["extra hosts", {}, { extraHosts: { db: "10.0.0.1" } }, "extraHosts: is none of a SwarmHost's"],
  [
    "two tasks with a volume of their own",
    {},
    { replicas: 2, mounts: { "/data": Mount.volume("data") }, placement: ["node.hostname==a"] },
    "replicas: is 2, but the volume at /data is for one task at a time",
  ],
  ["a volume anywhere", {}, { mounts: { "/data": Mount.volume("data") } }, 'write placement: ["node.hostname==NODE"]'],
])("%s is refused by name", (_, props, options, problem) => {
  expect(() => declare(props, options)).toThrow(problem);
});

test("tasks and schedules are refused where they are declared", () => {
  const image = (stack: TerraformStack) => new PulledImage(stack, "job", { image: `example.com/job@${DIGEST}` });
  expect(() => declare({}, {}, (host, stack) => host.task("migrate", { image: image(stack) }))).toThrow(
    "runs no tasks",
  );
  expect(() =>
    declare({}, {}, (host, stack) => host.schedule("report", { image: image(stack), cron: "0 3 * * *" })),
  ).toThrow("runs nothing at set times");
});
