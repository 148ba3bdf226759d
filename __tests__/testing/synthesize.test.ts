import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Annotations, App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { BuiltImage, LocalHost, SelfHostedRegistry } from "../../src/index.ts";
import { SynthesizedStack, synthesize } from "../../src/testing/index.ts";
import { localHost, NAME, nanoHost, services } from "./shop.ts";

class ShopStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const host = localHost(this, { port: Number(process.env.SHOP_PORT ?? 8000) });
    host.serve(NAME, { "/": services(this, host).web });
  }
}

test("a class, a function, one that returns a stack of its own, and a stack that is there", () => {
  const outdir = mkdtempSync(join(tmpdir(), "slipway-testing-"));
  const there = new ShopStack(new App({ outdir }), "there");
  const stacks = [
    synthesize(ShopStack),
    synthesize(ShopStack, { id: "shop" }),
    synthesize((stack) => {
      new ShopStack(stack.node.root as Construct, "beside");
      const host = localHost(stack);
      host.serve(NAME, { "/": services(stack, host).web });
    }),
    synthesize((_, app) => new ShopStack(app, "own")),
    synthesize(there),
  ];
  expect(stacks.map(({ model }) => model.stack)).toEqual(["stack", "shop", "stack", "own", "there"]);
  for (const stack of stacks) expect(stack.route(`http://${NAME}/`).service).toBe("front-end");
});

test("the environment is as it was, and what the synth wrote is gone unless it is wanted", () => {
  process.env.SHOP_PORT = "8001";
  const port = (env?: Record<string, string | undefined>) =>
    synthesize(ShopStack, { env }).model.hosts[0]?.opened[0]?.port;
  expect([port(), port({ SHOP_PORT: "8002" }), port({ SHOP_PORT: undefined })]).toEqual([8001, 8002, 8000]);
  expect(() => synthesize(ShopStack, { env: { SHOP_PORT: "0" } })).toThrow("port");
  expect(process.env.SHOP_PORT).toBe("8001");
  delete process.env.SHOP_PORT;
  const { directory } = synthesize(ShopStack);
  expect(existsSync(directory)).toBe(false);
  const outdir = mkdtempSync(join(tmpdir(), "slipway-testing-"));
  const kept = synthesize(ShopStack, { outdir });
  expect(readFileSync(join(kept.directory, "cdk.tf.json"), "utf8")).toBe(kept.json);
  expect(() => synthesize(new ShopStack(new App({ outdir }), "late"), { env: {} })).toThrow(
    "env comes too late for late, which is declared already: give its class or a function that declares it",
  );
});

test("what a construct refuses and what fails a synth is thrown, what it warns of is kept", () => {
  const loose = (stack: TerraformStack) => {
    new LocalHost(stack, "host", { nginxImage: "example.com/nginx:1" });
  };
  expect(synthesize(loose, { context: { "slipway:strict": false } }).problems).toEqual([
    { path: "stack/host/NginxImage", severity: "warning", message: expect.stringContaining("example.com/nginx:1") },
  ]);
  expect(() => synthesize(loose)).toThrow("example.com/nginx:1");
  expect(() => synthesize((stack) => Annotations.of(stack).addError("no"))).toThrow("no");
});

test("what declares nothing, or only later, is refused", () => {
  expect(() => synthesize({} as never)).toThrow(
    "what is synthesized must be a stack, a class of stacks, or a function that declares one, got",
  );
  expect(() => synthesize(async () => {})).toThrow("the function that declares the stack must not be async");
  const certificate = "expired" as never;
  expect(() => synthesize(ShopStack).route(`http://${NAME}/`, { certificate })).toThrow(
    'certificate must be before, secured, lost, got "expired"',
  );
});

test("what is synthesized can be printed and compared without its constructs", () => {
  const stack = synthesize(ShopStack);
  expect(Object.keys(JSON.parse(JSON.stringify(stack)))).toEqual(["model", "json", "directory"]);
  expect({ ...synthesize(ShopStack), directory: "" }).toEqual({ ...stack, directory: "" });
});

test("resources are read in Terraform's own words, all, of a type or of a construct", () => {
  let host: Construct | undefined;
  const stack = synthesize((scope) => {
    host = nanoHost(scope);
    services(scope, host as never);
  });
  const [instance, second] = stack.resources("aws_instance");
  expect(second).toBeUndefined();
  expect(instance).toMatchObject({ type: "aws_instance", path: "stack/host/Instance/Resource" });
  expect(instance?.address).toBe(`aws_instance.${instance?.name}`);
  expect(instance?.values).toMatchObject({ instance_type: "t4g.nano" });
  expect(instance?.values).not.toHaveProperty("//");
  expect(stack.find(host as Construct)).toContainEqual(instance);
  expect(stack.find("stack/host/Instance/Resource")).toEqual([instance]);
  expect(stack.find("stack/host/Instance").map(({ type }) => type)).toContain("terraform_data");
  expect(stack.resources("data.aws_ssm_parameter")).toHaveLength(1);
  expect(stack.find("stack/app-image")).toEqual([]);
  expect(() => stack.find("stack/hos")).toThrow("stack has no construct stack/hos: did you mean stack/host?");
  expect(() => stack.find("host")).toThrow("stack has no construct host: did you mean stack/host?");
  expect(stack.resources().length).toBeGreaterThan(stack.find("stack/host").length);
  expect(stack.resources("aws_inst")).toEqual([]);
});

test("a host's release, permissions, user data and Nginx's texts are read by it, its id or its path", () => {
  const stack = synthesize((scope) => {
    const host = nanoHost(scope);
    const { web } = services(scope, host);
    host.serve(NAME, { "/": web });
  });
  expect(stack.release().services.map(({ name, port, image }) => [name, port, image])).toEqual([
    ["api", 8080, "stack/app-image"],
    ["front-end", 3000, "stack/app-image"],
  ]);
  expect(stack.release("host")).toBe(stack.release("stack/host"));
  expect(stack.userData()).toMatch(/^#cloud-config\n/);
  expect(stack.permissions().flatMap(({ actions }) => actions)).toContain("ssm:GetParameter");
  expect(Object.keys(stack.nginx())).toEqual(["sites.conf"]);
  expect(stack.nginx()["sites.conf"]).toContain(`server_name ${NAME};`);
});

test("a host that is not there, or has no user data, is named", () => {
  const local = synthesize(ShopStack);
  expect(() => local.userData()).toThrow("stack/host has no user data");
  expect(() => local.release("hots")).toThrow("stack has no host hots: it has stack/host");
  expect(() => local.release("stack/hots")).toThrow("stack has no host stack/hots: did you mean stack/host?");
  expect(() => synthesize(() => {}).release()).toThrow("stack has no host");
});

test("a stack with a build is synthesized whole, with nothing built", () => {
  const context = mkdtempSync(join(tmpdir(), "slipway-testing-"));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
  const stack = synthesize((scope) => {
    const registry = new SelfHostedRegistry(scope, "registry", { port: 5001 });
    new BuiltImage(scope, "image", { context, repository: registry.repository("page"), version: "1.4.2" });
  });
  expect(stack).toBeInstanceOf(SynthesizedStack);
  expect(stack.model.images.find(({ path }) => path === "stack/image")).toMatchObject({
    version: "1.4.2",
    contentId: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});
