import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoFleet, NanoHost } from "../../src/aws/index.ts";
import { HealthCheck, type IService, LocalHost, PulledImage, type RunOptions, SwarmHost } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import { verdict } from "../../src/review/verdict.ts";
import { Platform } from "../../src/values/platform.ts";
import { nano, pulled } from "../aws/nano/nano-host-stack.ts";
import { modelOf, pageOf } from "../review/reviewed.ts";
import { only, synthesize } from "../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const NGINX = { nginxImage: `nginx@${DIGEST}` };
const image = (stack: TerraformStack, id = "app") =>
  new PulledImage(stack, id, { image: `example.com/app@${DIGEST}`, platform: Platform.LINUX_AMD64 });
/** What a program that runs without a type check may hand over. */
const untyped = (value: unknown) => value as never;

type Declare = (
  stack: TerraformStack,
  host: LocalHost,
  run: (id: string, options?: Partial<RunOptions>) => IService,
) => unknown;
const local = (declare: Declare) =>
  synthesize((stack) => {
    const host = new LocalHost(stack, "host", NGINX);
    const app = image(stack);
    declare(stack, host, (id, options) => host.run(id, { image: app, port: 80, ...options }));
  });

test.each<[string, Declare, string]>([
  [
    "a word",
    (_, __, run) => run("web", { dependsOn: untyped("db") }),
    'stack/host/web: dependsOn: dependsOn must be a list of services, got "db": write e.g. [web], of what host.run returned',
  ],
  [
    "a service by its name",
    (_, __, run) => run("web", { dependsOn: [untyped("db")] }),
    'stack/host/web: dependsOn[0]: dependsOn must be a service, got "db": give what host.run returned',
  ],
  [
    "a task",
    (stack, host, run) => {
      const db = run("db");
      const migrate = host.task("migrate", { image: image(stack, "other") });
      run("web", { dependsOn: [db, untyped(migrate)] });
    },
    "stack/host/web: dependsOn[1]: dependsOn must be a service, got an object: give what host.run returned",
  ],
  [
    "a service of another host",
    (stack, _, run) => {
      const other = new LocalHost(stack, "other", { ...NGINX, port: 8090 });
      run("web", { dependsOn: [other.run("db", { image: image(stack, "db"), port: 80 })] });
    },
    "stack/host/web: dependsOn[0]: stack/other/db is a service of stack/other, and a release starts in order those of its own host stack/host: leave it out, and let the program try again until that answers",
  ],
])("a service that depends on %s is refused", (_, declare, message) => {
  expect(() => local(declare)).toThrow(message);
});

test("a swarm, which starts all at once, refuses it by name", () => {
  const declare = (stack: TerraformStack) => {
    const host = new SwarmHost(stack, "host", NGINX);
    const db = host.run("db", { image: image(stack), port: 80 });
    host.run("web", { image: image(stack, "web"), port: 80, dependsOn: [db] });
  };
  expect(() => synthesize(declare)).toThrow("stack/host/web: dependsOn: is none of a SwarmHost's: a swarm starts all");
});

describe("on a local engine", () => {
  const declared = (isOrdered: boolean) =>
    local((_, __, run) => {
      const db = run("db", { health: HealthCheck.tcp() });
      run("web", isOrdered ? { dependsOn: [db] } : {});
    });
  type Step = { triggers_replace: object; provisioner: { "local-exec": { environment: Record<string, string> } }[] };
  const step = (isOrdered: boolean) =>
    only(declared(isOrdered), "terraform_data", /^host_Release_[0-9A-F]{8}$/) as unknown as Step;
  const environment = (isOrdered: boolean) => step(isOrdered).provisioner[0]?.["local-exec"].environment ?? {};

  test("Terraform makes its container, and the release starts it", () => {
    const containers = declared(true).resource.docker_container ?? {};
    const [db, web] = ["host_db", "host_web"].map(
      (name) => Object.entries(containers).find(([id]) => id.startsWith(name))?.[1],
    );
    expect(web).toMatchObject({ start: false, must_run: false });
    expect(db).not.toHaveProperty("start");
  });

  test("the release is told the order, for no reason of its own to run, and nothing where there is none", () => {
    const { SLIPWAY_DEPENDS, ...others } = environment(true);
    expect(SLIPWAY_DEPENDS).toBe("web\tdb\n");
    expect(environment(false)).toEqual(others);
    expect(step(true).triggers_replace).toEqual(step(false).triggers_replace);
  });
});

describe("on a machine", () => {
  const declared = (order: readonly string[]) =>
    nano((host, stack) => {
      const app = pulled(stack);
      const services = new Map<string, IService>();
      for (const id of ["cache", "db", "web"]) {
        const dependsOn = id === "web" && order.map((each) => services.get(each) as IService);
        services.set(id, host.run(id, { image: app, port: 80, ...(dependsOn && { dependsOn }) }));
      }
    });
  const entries = (order: readonly string[]) => declared(order).manifest.services;

  test("the manifest has it, beside what is as it was: the digests of its containers, too", () => {
    const [ordered, plain] = [declared(["db", "cache"]), declared([])];
    expect(ordered.manifest.services.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ["cache", undefined],
      ["db", undefined],
      ["web", ["cache", "db"]],
    ]);
    const without = ordered.manifest.services.map(({ dependsOn: _, ...entry }) => entry);
    expect(without).toEqual(plain.manifest.services);
    expect(plain.json).not.toContain("dependsOn");
    const specs = (stack: typeof plain) =>
      Object.entries((JSON.parse(stack.json) as { locals: object }).locals).filter(([name]) =>
        name.includes("_Specs_"),
      );
    expect(specs(ordered)).toEqual(specs(plain));
    expect(specs(plain)).toHaveLength(1);
  });

  test("none is as if nothing were said", () =>
    expect(entries([])).toEqual(
      nano((host, stack) => {
        const app = pulled(stack);
        for (const id of ["cache", "db", "web"]) host.run(id, { image: app, port: 80 });
      }).manifest.services,
    ));

  test("of a fleet each host has it of its own services", () => {
    const stack = synthesize((scope) => {
      new AwsAccount(scope, "aws", { account: "111122223333", region: "eu-west-1" });
      const hosts = new NanoFleet(scope, "fleet", {
        hosts: 2,
        availabilityZones: ["eu-west-1a", "eu-west-1b"],
        zone: { id: "Z0123456789" },
      });
      const db = hosts.run("db", { image: pulled(scope, "db"), port: 80 });
      const web = hosts.run("web", { image: pulled(scope, "web"), port: 80, dependsOn: [db] });
      hosts.serve("shop.example.com", { "/": web });
    });
    expect(stack.json.match(/"dependsOn": \[\s*"db"\s*\]/g)).toHaveLength(2);
  });

  test("a review shows that it changes, which nobody notices", () => {
    const model = (isOrdered: boolean) =>
      modelOf((stack) => {
        new AwsAccount(stack, "aws", { account: "123456789012", region: "eu-west-1" });
        const host = new NanoHost(stack, "host");
        const db = host.run("db", { image: pulled(stack, "db"), port: 80 });
        const web = pulled(stack, "web");
        host.run("web", { image: web, port: 80, ...(isOrdered && { dependsOn: [db] }) });
      });
    const [before, after] = [model(false), model(true)];
    expect(compare(before, after).hosts[0]?.services).toEqual([
      { name: "db", effect: "untouched", why: [] },
      { name: "web", effect: "ordered anew", why: ["dependsOn"] },
    ]);
    expect(verdict(compare(before, after))).toContain("1 service starts in another order, nobody notices");
    expect(pageOf(before, after)).toContain("`dependsOn`");
  });
});
