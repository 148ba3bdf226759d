import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeMachine, makeProject } from "./fake-machine.ts";

jest.setTimeout(60_000);

const ready = () => new FakeMachine().docker().engineUp().terraform();
const two = (extra = {}) => makeProject({}, extra, ["cats", "shop"]);
const deploy = (project: string, name: string) => writeFileSync(join(project, `terraform.${name}.tfstate`), "{}");

describe("a verb without a stack's name", () => {
  it("refuses where there are several and nobody can be asked, and names them", async () => {
    const { code, stderr } = await ready().slipway(two(), ["up"]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "slipway: stack must be named, there are cats, shop: slipway up cats\n",
    });
  });

  it("takes the one that package.json says", async () => {
    const project = two({ "package.json": '{"slipway":{"stack":"shop"}}' });
    const { code, stdout } = await ready().slipway(project, ["up"]);
    expect({ code, up: stdout.includes("shop is up") }).toEqual({ code: 0, up: true });
  });

  it("takes away the only one that is deployed", async () => {
    const project = two();
    const machine = ready();
    await machine.slipway(project, ["up", "shop"]);
    deploy(project, "shop");
    const { code, stdout } = await machine.slipway(project, ["down"]);
    expect({ code, down: stdout.includes("shop is down") }).toEqual({ code: 0, down: true });
  });
});

it("suggests the stack that was meant", async () => {
  const { code, stderr } = await ready().slipway(two(), ["up", "shp"]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "slipway: stack must be one of cats, shop, got shp: did you mean shop?\n",
  });
});

describe("list", () => {
  it("has every stack and whether it is deployed", async () => {
    const project = two();
    deploy(project, "shop");
    const { stdout } = await ready().slipway(project, ["list"]);
    expect(stdout).toContain("\ncats  not deployed here\nshop  deployed\n");
    const { code, stdout: text } = await ready().slipway(project, ["list", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(text)).toEqual({
      schema: 1,
      stacks: [
        { name: "cats", declared: true, deployed: false, hosts: [] },
        { name: "shop", declared: true, deployed: true, hosts: [] },
      ],
    });
  });
});

it("counts a stack as deployed no longer once its state has nothing any more", async () => {
  const project = makeProject();
  const machine = ready();
  await machine.slipway(project, ["up"]);
  const listed = async (state: object) => {
    writeFileSync(join(project, "terraform.cats.tfstate"), JSON.stringify(state));
    return JSON.parse((await machine.slipway(project, ["list", "--json"])).stdout).stacks[0];
  };
  expect(await listed({ version: 4, resources: [{}] })).toMatchObject({ name: "cats", deployed: true });
  expect(await listed({ version: 4, resources: [] })).toMatchObject({ name: "cats", deployed: false });
});

describe("outputs", () => {
  const outputs = {
    url: { value: "http://shop.test/" },
    names: { value: ["a", "b"] },
    password: { value: "hunter2", sensitive: true },
  };

  it("prints all of them, and of a sensitive one its name alone", async () => {
    const project = makeProject();
    const machine = ready().terraform({ outputs });
    await machine.slipway(project, ["up"]);
    deploy(project, "cats");
    const { stdout } = await machine.slipway(project, ["outputs"]);
    expect(stdout).toContain('url       http://shop.test/\nnames     ["a","b"]\npassword  (sensitive)\n');
    const { code, stdout: text } = await machine.slipway(project, ["outputs", "cats", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(text)).toEqual({
      schema: 1,
      stack: "cats",
      outputs: { url: "http://shop.test/", names: ["a", "b"], password: "(sensitive)" },
    });
  });

  it("says that a stack is not deployed, and which are", async () => {
    const project = two();
    await ready().slipway(project, ["up", "shop"]);
    deploy(project, "shop");
    const { code, stdout } = await ready().slipway(project, ["outputs", "cats"]);
    expect(code).toBe(1);
    expect(stdout).toContain("cats is not deployed from here; there are: shop\n");
  });
});

describe("doctor", () => {
  it("says what is missing and changes nothing", async () => {
    const project = makeProject({}, { "package-lock.json": "{}" });
    const machine = new FakeMachine().program("npm").program("apt-get");
    const before = readdirSync(project);
    const { code, stdout } = await machine.slipway(project, ["doctor"], { CI: "true" });
    expect(code).toBe(3);
    expect(stdout).toMatch(/no terraform or tofu in PATH: install Terraform/);
    expect(stdout).toMatch(/docker is not installed/);
    expect(stdout).toContain("node_modules is missing: npm ci\n");
    expect([readdirSync(project), machine.calls("npm"), machine.calls("apt-get")]).toEqual([before, [], []]);
  });

  it("ends with 0 on a machine that has everything, and says so to programs", async () => {
    const { code, stdout } = await ready().slipway(makeProject(), ["doctor", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, ready: true, terraform: { version: "1.11.4" }, missing: [] });
  });
});

describe("a stack on AWS", () => {
  const aws = { provider: { aws: [{ region: "eu-west-1" }] } };
  const change = { actions: ["create"] };
  const planned = { resource_changes: [{ address: "aws_eip.a", provider_name: "x/hashicorp/aws", change }] };
  const cloud = () => ready().terraform({ planned }).program("aws", "echo 123456789012");

  it.each(["up", "down"])("%s asks, and without a terminal needs --auto-approve", async (verb) => {
    const project = makeProject(aws);
    deploy(project, "cats");
    const machine = cloud();
    const { code, stdout } = await machine.slipway(project, [verb, "cats"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /nobody can be asked here whether to .* cats.*\(AWS, region eu-west-1\): add --auto-approve/,
    );
    expect(machine.calls("terraform").filter((line) => line.includes(" apply "))).toEqual([]);
    expect((await machine.slipway(project, [verb, "cats", "--auto-approve"])).code).toBe(0);
  });
});

it("does it in the directory that -C names, and refuses one that is not there", async () => {
  const project = makeProject();
  const { code } = await ready().slipway("/", ["-C", project, "up"]);
  expect(code).toBe(0);
  const missing = await ready().slipway("/", ["-C", join(project, "nowhere"), "up"]);
  expect(missing).toMatchObject({ code: 2 });
  expect(missing.stderr).toContain("-C must be a directory that exists, got ");
});

it("says what --yes now means, and takes it", async () => {
  const { code, stderr } = await ready().slipway(makeProject(), ["setup", "--yes"]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: "slipway: --yes is now --install: it consents to installing what is missing, and to nothing else\n",
  });
});

it.each([
  [["up", "--verbose"], {}],
  [["up"], { SLIPWAY_LOG: "debug" }],
])("%j shows all that Terraform says and keeps its log for its owner alone", async (args, env) => {
  const said = [{ "@message": "Terraform began", type: "version" }];
  const project = makeProject();
  const { code, stdout } = await ready().terraform({ apply: said }).slipway(project, args, env);
  const log = join(project, "cdktf.out/stacks/cats/terraform.log");
  expect({ code, mode: statSync(log).mode & 0o777 }).toEqual({ code: 0, mode: 0o600 });
  expect(stdout).toContain(`  Terraform began\n  Terraform's own log, which may hold secrets: ${log}\n`);
  const quiet = makeProject();
  expect((await ready().terraform({ apply: said }).slipway(quiet, ["up"])).stdout).not.toContain("Terraform began");
  expect(existsSync(join(quiet, "cdktf.out/stacks/cats/terraform.log"))).toBe(false);
});

it.each([
  ["a plan", "plan", "nothing was changed"],
  ["an apply", "apply", "what was done is in Terraform's state, and the next npx slipway up cats finishes it"],
])("says after Ctrl-C during %s what is next, in place of Terraform's words", async (_, verb, what) => {
  const machine = ready();
  const terraform = readFileSync(join(machine.bin, "terraform"), "utf8").split("\n").slice(2).join("\n");
  const counted = JSON.stringify({
    type: "change_summary",
    changes: { add: 0, change: 0, remove: 0, operation: verb },
  });
  const cutOff = `${verb}) kill -INT $PPID; sleep 0.2; echo '${counted}'; exit 1 ;;`;
  machine.program("terraform", `case "$2" in ${cutOff} esac\n${terraform}`);
  const { code, stdout, stderr } = await machine.slipway(makeProject(), ["up"]);
  expect({ code, stderr }).toEqual({ code: 130, stderr: `slipway: interrupted: ${what}\n` });
  expect(stdout).toMatch(new RegExp(`> terraform ${verb}\\n  interrupted, .*\\n$`));
});

it("says after Ctrl-C during a synth that nothing was changed", async () => {
  const project = makeProject();
  const { app, ...rest } = JSON.parse(readFileSync(join(project, "cdktf.json"), "utf8"));
  writeFileSync(join(project, "cdktf.json"), JSON.stringify({ ...rest, app: `kill -INT $PPID; exit 1; ${app}` }));
  const { code, stderr } = await ready().slipway(project, ["up"]);
  expect({ code, stderr }).toEqual({ code: 130, stderr: "slipway: interrupted: nothing was changed\n" });
});

it("prints every output of a deploy, not the address alone", async () => {
  const outputs = { url: { value: "http://a.test/" }, bucket: { value: "b-1" }, list: { value: [1] } };
  const machine = ready().terraform({ apply: [{ type: "outputs", outputs }] });
  const { stdout } = await machine.slipway(makeProject(), ["up"]);
  expect(stdout).toMatch(/http:\/\/a\.test\/\n.*\nbucket {2}b-1\nlist {4}\[1\]\n$/);
});

it("names the file where cdktf.json is not JSON", async () => {
  const project = makeProject({}, { "cdktf.json": "{" });
  const { code, stderr } = await ready().slipway(project, ["up"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^slipway: .*cdktf\.json must be JSON: /);
  expect(readFileSync(join(project, "cdktf.json"), "utf8")).toBe("{");
});

it("context installs nothing", async () => {
  const project = makeProject({}, { "package-lock.json": "{}", Dockerfile: "FROM scratch\n" });
  const machine = new FakeMachine().program("npm");
  const { code, stdout } = await machine.slipway(project, ["context", ".", "--json"]);
  expect({ code, npm: machine.calls("npm") }).toEqual({ code: 0, npm: [] });
  expect(JSON.parse(stdout)).toMatchObject({ schema: 1, dockerfile: "Dockerfile" });
});

const UNPINNED = `
const fs = require("fs");
if (process.env.SLIPWAY_LOCK_COLLECT) fs.writeFileSync(process.env.SLIPWAY_LOCK_COLLECT, "docker.io/library/redis:7\\ndocker.io/library/nginx:1\\ndocker.io/library/a:1\\n");
else { console.error("ConstructError: cats/redis: image: nothing pins docker.io/library/redis:7 to a digest: run npx slipway lock\\n    at x (/app/main.ts:1:1)"); process.exit(1); }
`;

it("names all that nothing pins at once, and not what the lockfile has", async () => {
  const lockfile = JSON.stringify({ version: 1, images: { "docker.io/library/a:1": "sha256:1" } });
  const project = makeProject({}, { "app.js": UNPINNED, "slipway.lock.json": lockfile });
  const { code, stderr } = await ready().slipway(project, ["up"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /\n {2}declared at \/app\/main\.ts:1\nnothing pins, in all: docker\.io\/library\/nginx:1, docker\.io\/library\/redis:7; npx slipway lock pins them\n$/,
  );
});
