import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { load } from "js-yaml";
import MarkdownIt from "markdown-it";
import { documentedWorkflow } from "../review/documented-workflow.ts";

const ROOT = resolve(__dirname, "../..");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}
interface Workflow {
  readonly on: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, { readonly if?: string; readonly steps: readonly Step[] }>>;
}

const REVIEW = load(documentedWorkflow("review")) as Workflow;
const COMMENT = load(documentedWorkflow("review-comment")) as Workflow;
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

/** Names as they come from whoever sends a pull request. */
const EVIL_FILE = "<img src=x onerror=alert(1)> @everyone [a](http:evil) `code` www.evil.example.md";
const EVIL_BRANCH = "x;touch${IFS}pwned;`touch pwned`$(touch pwned)";

/** An app that declares what `context` has, by the words of a stack on AWS, and refuses to meet a credential. */
const APP = `const { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } = require("node:fs");
const met = Object.keys(process.env).filter((name) => /^AWS_|TOKEN|SECRET|PASSWORD|CREDENTIAL/.test(name));
if (met.length > 0) { console.error("meets " + met); process.exit(1); }
const out = process.env.CDKTF_OUTDIR + "/stacks/netflix-aws";
const id = readdirSync("context").length + "0".repeat(63);
mkdirSync(out, { recursive: true });
cpSync("context", out + "/contexts/" + id, { recursive: true });
writeFileSync(process.env.CDKTF_OUTDIR + "/manifest.json", JSON.stringify({ stacks: { "netflix-aws": {} } }));
writeFileSync(out + "/cdk.tf.json", "{}");
const image = { path: "netflix-aws/image", kind: "image", repository: "shop/page", version: "1.0." + id[0], contentId: id, reference: "shop/page", platforms: [] };
writeFileSync(out + "/slipway.json", JSON.stringify({ format: 1, stack: "netflix-aws", constructs: [image], findings: [] }));
`;

/** What \`gh\` answers and does, from the pull requests of the repository. */
const GH = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const [verb, ...words] = process.argv.slice(2);
const after = (word) => words[words.indexOf(word) + 1];
const log = (line) => appendFileSync(process.env.GH_LOG, JSON.stringify(line) + "\\n");
if (!process.env.GH_TOKEN) throw new Error("gh needs GH_TOKEN");
if (verb === "api" && words.includes("repos/shop/infra/pulls") && after("--method") === "GET" && after("--jq") === ".[0].number // empty") {
  const field = (name) => words.find((word) => word.startsWith(name + "="))?.slice(name.length + 1);
  const pulls = JSON.parse(process.env.GH_PULLS).filter(({ head, state }) => head === field("head") && state === field("state"));
  console.log(pulls[0]?.number ?? "");
} else if (verb === "pr" && words[0] === "comment" && after("--repo") === "shop/infra") {
  log({ number: words[1], body: readFileSync(after("--body-file"), "utf8") });
} else throw new Error("gh is not asked like that: " + process.argv.slice(2).join(" "));
`;

let place: string;
let root: string;

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(join(place, path)), { recursive: true });
  writeFileSync(join(place, path), text);
  chmodSync(join(place, path), mode);
}

const git = (...words: readonly string[]) =>
  execFileSync("git", ["-C", root, "-c", "user.name=a", "-c", "user.email=a@example.org", ...words]);

/** Runs the shell of a step as GitHub does: a file of its own, and nothing goes on after a failure. */
function runStep({ run = "", env = {} }: Step, folder: string, variables: Readonly<Record<string, string>>): void {
  put("step.sh", run);
  const { status, stdout, stderr } = spawnSync("bash", ["-e", join(place, "step.sh")], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: `${join(place, "bin")}:${process.env.PATH}`, HOME: place, TMPDIR: place, ...variables, ...env },
  });
  if (status !== 0) throw new Error(`${run}ended with ${status}\n${stdout}${stderr}`);
}

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "slipway-workflow-"));
  root = join(place, "checkout");
  put("bin/npm", '#!/bin/sh\n[ "$*" = ci ]\n', 0o755);
  put("bin/npx", '#!/bin/sh\nexec "node_modules/.bin/$@"\n', 0o755);
  put("bin/gh", GH, 0o755);
  put("checkout/app.cjs", APP);
  put("checkout/cdktf.json", JSON.stringify({ app: "node app.cjs", output: "cdktf.out" }));
  put("checkout/package.json", "{}");
  put("checkout/.gitignore", "node_modules\ncdktf.out\nreview\n");
  put("checkout/context/app.py", "print()\n");
  mkdirSync(join(root, "node_modules/.bin"), { recursive: true });
  symlinkSync(join(ROOT, "src/cli/slipway.mjs"), join(root, "node_modules/.bin/slipway"));
  execFileSync("git", ["init", "--quiet", "--initial-branch=main", root]);
  git("add", ".");
  git("commit", "--quiet", "--message=main");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  put(`checkout/context/${EVIL_FILE}`, "a page\n");
  git("add", ".");
  git("commit", "--quiet", "--message=change");
});

/** Runs the first workflow on the change; answers what it uploads, by name. */
function reviewed(): Readonly<Record<string, string>> {
  put("checkout/plan.json", '{"password":"hunter2"}');
  const uploads: Record<string, string> = {};
  for (const step of stepsOf(REVIEW)) {
    if (step.run) runStep(step, root, { CI: "true", GITHUB_ACTIONS: "true", GITHUB_BASE_REF: "main" });
    if (!step.uses?.startsWith("actions/upload-artifact@")) continue;
    for (const path of `${step.with?.path}`.trim().split("\n"))
      uploads[basename(path)] = readFileSync(join(root, path), "utf8");
  }
  return uploads;
}

/** Runs the second one with what the first uploaded; answers the comments that are made. */
function commented(owner: string, branch: string, uploads: Readonly<Record<string, string>>, pulls: readonly object[]) {
  const event: Record<string, string> = {
    "github.token": "the token",
    "github.event.workflow_run.id": "1",
    "github.event.workflow_run.head_repository.owner.login": owner,
    "github.event.workflow_run.head_branch": branch,
  };
  const filled = (text: string) =>
    text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_, name: string) => {
      const value = event[name];
      if (value === undefined) throw new Error(`the event has no ${name}`);
      return value;
    });
  for (const [name, text] of Object.entries(uploads)) put(`comment/${name}`, text);
  const log = join(place, "gh.log");
  for (const step of stepsOf(COMMENT).filter(({ run }) => run !== undefined)) {
    const env = Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, filled(text)]));
    const variables = { GITHUB_REPOSITORY: "shop/infra", GH_LOG: log, GH_PULLS: JSON.stringify(pulls) };
    runStep({ ...step, env }, join(place, "comment"), variables);
  }
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return lines.map((line) => JSON.parse(line) as { readonly number: string; readonly body: string });
}

const open = (number: number, head: string) => ({ number, head, state: "open" });

test("a change is reviewed without a credential, and the comment on its pull request says what the file is called", () => {
  const uploads = reviewed();
  const pulls = [open(7, "shop:patch"), open(8, "mallory:patch"), { ...open(9, "mallory:patch"), state: "closed" }];
  const [comment, ...more] = commented("mallory", "patch", uploads, pulls);
  expect(more).toEqual([]);
  expect(comment?.number).toBe("8");
  expect(comment?.body).toContain("Compared with origin/main.");
  const tokens = new MarkdownIt({ html: true, linkify: true }).parse(comment?.body ?? "", {});
  const inline = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  expect(inline.filter(({ type }) => /^(html_|link_|image)/.test(type))).toEqual([]);
  const named = inline.filter(({ content, children }) => children === null && content.includes("@everyone"));
  expect(named.map(({ type, content }) => [type, content])).toEqual([["code_inline", EVIL_FILE]]);
});

test("a branch of the repository itself is found, too, and nothing of its name is run", () => {
  const made = commented("shop", EVIL_BRANCH, { "comment.md": "a review" }, [
    open(12, "shop:12"),
    open(3, `shop:${EVIL_BRANCH}`),
  ]);
  expect(made).toEqual([{ number: "3", body: "a review" }]);
  expect(existsSync(join(place, "comment/pwned"))).toBe(false);
  expect(commented("shop", "closed meanwhile", {}, []).slice(made.length)).toEqual([]);
});

test("what is uploaded is the comment alone: no plan, no description, no output folder", () => {
  const uploads = reviewed();
  expect(Object.keys(uploads)).toEqual(["comment.md"]);
  expect(uploads["comment.md"]).not.toContain("hunter2");
  expect(`${documentedWorkflow("review")}${documentedWorkflow("review-comment")}`).not.toMatch(
    /terraform|plan\b|\.json/,
  );
});

test("what a fork's code meets has no right and no secret, and what has a right runs none of its code", () => {
  expect(REVIEW.on).toBe("pull_request");
  expect(REVIEW.permissions).toEqual({ contents: "read" });
  expect(documentedWorkflow("review")).not.toMatch(/secrets\.|github\.token|GITHUB_TOKEN|\$\{\{/);
  const checkout = stepsOf(REVIEW).find(({ uses }) => uses?.startsWith("actions/checkout@"));
  expect(checkout?.with).toMatchObject({ "persist-credentials": false });
  expect(COMMENT.on).toMatchObject({ workflow_run: { workflows: ["review"], types: ["completed"] } });
  expect(COMMENT.permissions).toEqual({ actions: "read", "pull-requests": "write" });
  expect(stepsOf(COMMENT).map(({ uses }) => uses?.split("@")[0])).toEqual(["actions/download-artifact", undefined]);
  // what stands in braces is put into a script as it is: it belongs into a variable
  for (const { run = "" } of [...stepsOf(REVIEW), ...stepsOf(COMMENT)]) expect(run).not.toContain("${{");
});
