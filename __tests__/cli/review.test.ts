import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Arguments } from "../../src/cli/arguments.mjs";
import * as command from "../../src/cli/command.mjs";
import { onTerminal, review } from "../../src/cli/review.ts";
import type { Tools } from "../../src/cli/tools.ts";

/** An app whose synth is what a file of its repository says. */
const APP = `const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
appendFileSync("runs", "a run\\n");
const out = process.env.CDKTF_OUTDIR + "/stacks/shop";
const declared = JSON.parse(readFileSync("declared.json", "utf8"));
if (declared.refuse) { console.error("ConstructError: " + declared.refuse); process.exit(1); }
mkdirSync(out, { recursive: true });
writeFileSync(process.env.CDKTF_OUTDIR + "/manifest.json", JSON.stringify({ stacks: { shop: {} } }));
writeFileSync(out + "/cdk.tf.json", JSON.stringify({ resource: { aws_instance: { host: { "//": { metadata: { path: "shop/host/Resource" } } } } } }));
if (!declared.silent) writeFileSync(out + "/slipway.json", JSON.stringify(declared));
`;

const service = (name: string, image: string) => ({
  ...{ name, image, port: 80, health: { kind: "tcp" }, secrets: {}, memoryMiB: 64 },
});
/** A shop whose page is of that digest, and which has those ports open. */
const shop = (digest: string, ...ports: number[]) => ({
  format: 1,
  stack: "shop",
  findings: [],
  constructs: [
    {
      path: "shop/host",
      kind: "host",
      type: "t4g.nano",
      region: "eu-west-1",
      release: { services: [service("page", "shop/image")], sites: [], drainSeconds: 10 },
    },
    {
      path: "shop/host/Firewall",
      kind: "firewall",
      rules: ports.map((port) => ({
        direction: "in",
        protocol: "tcp",
        port,
        peer: "0.0.0.0/0",
        description: "visitors",
      })),
    },
    {
      path: "shop/image",
      kind: "image",
      repository: "ghcr.io/shop/page",
      declared: `page:${digest}`,
      reference: `ghcr.io/shop/page@sha256:${digest.repeat(64)}`,
      platforms: [],
    },
  ],
});
type Declared = ReturnType<typeof shop> | { readonly refuse: string } | { readonly silent: true };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-review-"));
  writeFileSync(join(root, "app.cjs"), APP);
  writeFileSync(join(root, ".gitignore"), "out\nruns\nnode_modules\n");
});

const git = (...args: readonly string[]) =>
  execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@example.org", ...args], {
    encoding: "utf8",
  });
const declare = (declared: Declared) => writeFileSync(join(root, "declared.json"), JSON.stringify(declared));
function commit(declared: Declared): void {
  declare(declared);
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "--message=shop");
}

/** Runs the verb; returns how it ends, what it prints and what it says beside. */
async function run(asked: Partial<Arguments> = {}, docker?: (...words: readonly string[]) => string) {
  const said: string[] = [];
  const printed: string[] = [];
  const say = (text: string) => said.push(text);
  const log = jest.spyOn(console, "log").mockImplementation((text) => printed.push(text));
  const step = <T>(_: string, work: () => Promise<T>) => work();
  const terminal = { line: say, fail: say, note: say, step };
  const project = { root, output: "out", app: "node app.cjs" };
  const asking: typeof command.run = async (program, words = [], options) =>
    docker && program === "docker"
      ? { code: 0, stdout: docker(...words), stderr: "", timedOut: false }
      : await command.run(program, words, options);
  try {
    const code = await review({ verb: "review", operand: "shop", ...asked }, {
      terminal,
      project,
      command: { ...command, run: asking },
    } as unknown as Tools);
    return { code, page: printed.join("\n"), said };
  } finally {
    log.mockRestore();
  }
}

it("compares with a revision of git, and leaves nothing of it behind", async () => {
  commit(shop("a", 80));
  declare(shop("b", 80, 443));
  const before = readdirSync(tmpdir());
  const { code, page } = await run({ base: "main" });
  expect({ code, page }).toEqual({
    code: 0,
    page: expect.stringContaining("**1 service rolls in place, nobody notices; 1 new port open to the world**"),
  });
  expect(page).toContain("Compared with main.");
  expect(git("worktree", "list").trim().split("\n")).toHaveLength(1);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("slipway-base-") && !before.includes(name))).toEqual(
    [],
  );
});

it("finds the app of a revision below the top of its repository", async () => {
  const top = root;
  mkdirSync(join(top, "infra"));
  cpSync(join(top, "app.cjs"), join(top, "infra/app.cjs"));
  writeFileSync(join(top, "infra/declared.json"), JSON.stringify(shop("a", 80)));
  commit(shop("c"));
  root = join(top, "infra");
  declare(shop("b", 80));
  expect((await run({ base: "main" })).page).toContain("**1 service rolls in place, nobody notices**");
});

it("says so of a revision that does not synthesize, and reviews against nothing", async () => {
  commit({ refuse: "shop/host: instanceType must be known" });
  declare(shop("a", 80));
  const { code, page } = await run({ base: "main" });
  expect(code).toBe(0);
  expect(page).toContain("main does not synthesize, so this is a review against nothing");
  expect(page).toContain("instanceType must be known");
  expect(page).toContain("1 host is created");
  expect(page).toContain("Compared with nothing.");
  expect(page).not.toContain(tmpdir());
});

it("says what is wrong with a revision where the first line only announces it", async () => {
  commit({
    refuse: "Transform failed with 1 error:\n  stacks/shop.ts:66:10: ERROR: Unexpected ;\n    at fail (esbuild.js:1:1)",
  });
  declare(shop("a", 80));
  expect((await run({ base: "main" })).page).toContain(
    "with 1 error: stacks/shop.ts&#58;66&#58;10: ERROR: Unexpected ;",
  );
});

it("says so of a revision, and of an earlier synth, whose description has a form of another release", async () => {
  const other = { ...shop("b", 80), format: 2 };
  commit(other as never);
  declare(shop("a", 80));
  const why =
    "cannot be read, so this is a review against nothing: the description of shop has the form 2, which this Slipway does not know: synthesize it anew";
  const { code, page } = await run({ base: "main" });
  expect(code).toBe(0);
  expect(page.split("\n")).toContain(`main ${why}`);
  expect(page).toContain("1 host is created");
  expect(page).toContain("Compared with nothing.");
  const kept = join(root, "out/stacks/shop/slipway.previous.json");
  writeFileSync(kept, JSON.stringify(other));
  expect((await run()).page.split("\n")).toContain(`the synth before ${why}`);
  writeFileSync(kept, "{");
  const { page: json } = await run({ json: true });
  expect(JSON.parse(json)).toMatchObject({ note: expect.stringMatching(/^the synth before cannot be read, .*JSON/) });
});

it("says so of a revision that had no description yet", async () => {
  commit({ silent: true });
  declare(shop("a", 80));
  expect((await run({ base: "main" })).page).toContain("main has no stack shop that says what it is");
});

it("refuses a revision that git does not know", async () => {
  commit(shop("a"));
  await expect(run({ base: "elsewhere" })).rejects.toThrow(
    '--base must be a folder or a revision that git knows here, got "elsewhere"',
  );
});

it("compares with a folder, and with the last synth that said something else", async () => {
  declare(shop("a", 80));
  expect((await run()).page).toContain("1 host is created");
  expect((await run()).page).toContain("**nothing changes**");
  cpSync(join(root, "out"), join(root, "kept"), { recursive: true });
  declare(shop("b", 80));
  const rolls = expect.stringContaining("**1 service rolls in place, nobody notices**");
  expect(await run()).toMatchObject({ page: rolls });
  expect(await run({ base: join(root, "kept") })).toMatchObject({ page: rolls });
  cpSync(join(root, "kept/stacks/shop/slipway.json"), join(root, "out/stacks/shop/slipway.previous.json"));
  expect(await run()).toMatchObject({ page: rolls });
});

it("runs the app once where no stack is named, and compares with the synth before", async () => {
  declare(shop("a", 80));
  await run({ operand: undefined });
  declare(shop("b", 80));
  expect((await run({ operand: undefined })).page).toContain("**1 service rolls in place, nobody notices**");
  expect(readFileSync(join(root, "runs"), "utf8")).toBe("a run\na run\n");
});

it("ends with 4 where a rule is broken, and says which", async () => {
  commit(shop("a", 80));
  declare(shop("b", 80, 443));
  const asked = { base: "main", failOn: "replace,downtime,open-port,iam,unpinned,secret,cost:10" };
  expect(await run(asked)).toMatchObject({ code: 4, said: ["--fail-on open-port: tcp 443"] });
  expect(await run({ ...asked, failOn: "replace" })).toMatchObject({ code: 0, said: [] });
});

it("says against what is deployed that a disk may not hold the images, as up does, and asks no engine in a review", async () => {
  const declared = shop("a", 80);
  const [host, ...rest] = declared.constructs;
  const fit = { disk: { leftMiB: 100, releases: 4, rows: [] }, findings: [] };
  declare({ ...declared, constructs: [{ ...host, fit } as never, ...rest] });
  const asked: string[] = [];
  const engine = (...words: readonly string[]) => {
    asked.push(words.join(" "));
    return words[1] === "ls" ? "aaaa\n" : `${60 * 1024 ** 2}\n`;
  };
  const warning = "shop/host: volumeGiB: the images of the live release and the one that comes take up to 160 MiB";
  const { page } = await run({ verb: "diff" }, engine);
  expect(page.split("\n").slice(0, 6).join("\n")).toContain(warning.replace(/:(?=\S)/g, "&#58;"));
  const { page: json } = await run({ verb: "diff", json: true }, engine);
  expect(JSON.parse(json)).toMatchObject({ warnings: [expect.stringContaining(warning)] });
  asked.length = 0;
  expect((await run({}, engine)).page).not.toContain("volumeGiB");
  expect(asked).toEqual([]);
});

it("names the nearest rule of one that there is not, before anything is synthesized", async () => {
  declare({ refuse: "never asked" });
  expect(await run({ failOn: "iam,open-prot" })).toEqual({
    code: 2,
    page: "",
    said: ['slipway: --fail-on must have rules that are known, got "open-prot": did you mean open-port?'],
  });
});

it("prints all of it for programs", async () => {
  commit(shop("a", 80));
  declare(shop("b", 80));
  const { page } = await run({ base: "main", json: true, failOn: "open-port" });
  expect(JSON.parse(page)).toMatchObject({
    base: "main",
    verdict: "1 service rolls in place, nobody notices",
    failed: [],
    comparison: { hosts: [{ path: "shop/host", services: [{ name: "page", effect: "rolled", why: ["image"] }] }] },
    model: { stack: "shop" },
  });
});

it("writes a page for a browser beside", async () => {
  commit(shop("a", 80));
  declare(shop("b", 80));
  await run({ base: "main", html: join(root, "page.html") });
  const text = readFileSync(join(root, "page.html"), "utf8");
  expect(text).toContain("<strong>1 service rolls in place, nobody notices</strong>");
  expect(text).toContain("shop/image</text>");
});

describe("a plan", () => {
  const planned = (address: string, actions: readonly string[], more: object = {}) => ({
    format_version: "1.2",
    resource_changes: [{ address, mode: "managed", change: { actions, after: { password: "hunter2" }, ...more } }],
  });
  const plan = (content: unknown) => {
    writeFileSync(join(root, "plan.json"), typeof content === "string" ? content : JSON.stringify(content));
    declare(shop("a", 80));
    return run({ base: root, plan: join(root, "plan.json"), failOn: "replace" });
  };

  it("is said beside, and fails by the same rules, and no value of it is shown", async () => {
    mkdirSync(join(root, "stacks/shop"), { recursive: true });
    writeFileSync(join(root, "stacks/shop/slipway.json"), JSON.stringify(shop("a", 80)));
    const { code, page, said } = await plan(
      planned("aws_instance.host", ["delete", "create"], { replace_paths: [["user_data_base64"]] }),
    );
    expect(page.split("\n").slice(0, 5)).toContain("Resources by Terraform's plan: 1 replaced.");
    expect(page).toContain("| `shop/host/Resource` | replaced | `user_data_base64` |");
    expect({ code, said }).toEqual({ code: 4, said: ["--fail-on replace: shop/host/Resource"] });
    expect(page).not.toContain("hunter2");
  });

  it("of another version of the stack is said to be one", async () => {
    const other = { address: "aws_eip.host", mode: "managed", change: { actions: ["create"] } };
    const { resource_changes: own } = planned("aws_instance.host", ["no-op"]);
    const { page } = await plan({ format_version: "1.2", resource_changes: [...own, other] });
    expect(page.split("\n").slice(0, 8)).toContain(
      "The plan is of another version of the stack, or of a part of it: it has aws&#95;eip.host, which this one does not declare.",
    );
  });

  it("says what its checks warn of", async () => {
    const problems = [{ message: "shop/host is held at version 4" }];
    const checks = [
      { address: { kind: "check" }, status: "fail", instances: [{ status: "fail", problems }] },
      {
        address: { kind: "resource" },
        status: "fail",
        instances: [{ status: "fail", problems: [{ message: "precondition" }] }],
      },
    ];
    const { page } = await plan({ ...planned("aws_instance.host", ["no-op"]), checks });
    expect(page.split("\n").slice(0, 8)).toContain("shop/host is held at version 4");
    expect(page).not.toContain("precondition");
  });

  it.each<[string, unknown, string]>([
    ["another stack", planned("aws_instance.other", ["update"]), "it is the plan of another stack"],
    ["another form", { format_version: "2.0" }, "its form is 2.0, and 1 is the one that is known here"],
    ["something else", { version: 4 }, "it is no plan: write it by terraform show -json PLAN"],
    [
      "a state",
      { format_version: "1.0", values: {} },
      "it is a state and no plan: name the file that terraform plan -out wrote to terraform show -json",
    ],
    [
      "a failed run",
      { format_version: "1.2", errored: true },
      "it is of a plan that failed, and has but a part of it: plan anew",
    ],
    ["binary", "PK\u0003", "it is no JSON: write it by terraform show -json PLAN"],
  ])("of %s is refused", async (_, content, message) => {
    await expect(plan(content)).rejects.toThrow(`--plan ${join(root, "plan.json")}: ${message}`);
  });
});

it("breaks sentences at spaces on a terminal, and no table and no picture", () => {
  const row = `| ${"a ".repeat(20)}|`;
  const fenced = ["```mermaid", "  a very long line of a picture that stays one", "```"].join("\n");
  const text = [
    "**the page and its API roll in place**",
    "",
    row,
    "",
    "- `stack/host` may now connect",
    "",
    fenced,
  ].join("\n");
  expect(onTerminal(text, 20).split("\n")).toEqual([
    ...["**the page and its", "API roll in place**", "", row, "", "- `stack/host` may", "  now connect", ""],
    ...fenced.split("\n"),
  ]);
  expect(onTerminal(text)).toBe(text);
});

it("takes names of others for no markup", async () => {
  commit(shop("a", 80));
  const declared = shop("a", 80);
  const finding = { path: "shop/`x`|y", severity: "warning" as const, message: "<img src=x> @team [a](http://b)" };
  declare({ ...declared, findings: [finding as never] });
  const { page } = await run({ base: "main" });
  expect(page).toContain("| warning | `` shop/`x`\\|y `` | &#60;img src=x&#62; &#64;team &#91;a&#93;(http&#58;//b) |");
  expect(readFileSync(join(root, "declared.json"), "utf8")).toContain("<img");
});
