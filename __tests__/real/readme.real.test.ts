import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { programFor } from "../../scripts/consumer/cell-files.mjs";
import { MIRROR } from "../../src/offline/prepare.mjs";
import { type Block, blocksOf } from "../readme/blocks.ts";
import { PublishedPackage } from "./published-package.ts";

/** npm's installation, a build and a deploy. */
jest.setTimeout(600_000);

const blocks = blocksOf("README.md").filter(({ section }) => section === "In your own project");
const commands = blocks.filter(({ language }) => language === "sh");
const projects: string[] = [];
let published: PublishedPackage;

/** Where the image registry cannot be reached, lock asks its stand-in by its name, and Terraform takes what this machine has. */
const { SLIPWAY_LOCKFILE: standIns, TF_CLI_CONFIG_FILE } = process.env;
const OFFLINE: NodeJS.ProcessEnv =
  standIns === undefined
    ? {}
    : {
        NODE_OPTIONS: `--import ${join(__dirname, "programs/docker-hub.mjs")}`,
        DOCKER_HUB: MIRROR,
        TF_CLI_CONFIG_FILE,
      };

beforeAll(async () => {
  published = await PublishedPackage.start();
});

afterAll(async () => {
  // What a deploy that failed has left; after one that did not, nothing is there.
  for (const cwd of projects) await copied("npx slipway down", cwd).catch(() => {});
  published?.stop();
});

/** A block's commands, as somebody has them who copies it into a terminal. */
const copied = (text: string, cwd: string, more: NodeJS.ProcessEnv = {}) =>
  published.run(text, cwd, { ...OFFLINE, ...more });

/** The line that installs the package, as the page on cdktn has it in place of the README's. */
const [INSTALL_CDKTN = ""] = blocksOf("docs/cdktn.md").map(({ text }) => text.trim());

test.each([
  ["cdktf", (text: string) => text],
  ["cdktn", (text: string) => programFor(text, "cdktn").replace(/^npm install slipway.*$/m, INSTALL_CDKTN)],
])("the README leads from an empty folder to a page that is served, to the letter, with %s", async (core, forCore) => {
  const [install, deploy, ...more] = commands as [Block, Block];
  expect(more).toEqual([]);
  const own = mkdtempSync(join(published.folder, `${core}-`));
  const project = join(own, "page");
  await copied(forCore(install.text), own);
  projects.push(project);
  const files = blocks.filter(({ file }) => file !== undefined);
  expect(files.map(({ file }) => file)).toEqual([
    "cdktf.json",
    "tsconfig.json",
    "main.ts",
    "app/Dockerfile",
    "app/index.html",
    ".gitignore",
  ]);
  for (const { file, text } of files) writeFileSync(join(project, file as string), forCore(text));
  const said = await copied(deploy.text, project);
  expect(said).toContain("<h1>From a directory to a served name</h1>");
  expect(Object.keys(JSON.parse(readFileSync(join(project, "slipway.lock.json"), "utf8")).images)).toEqual([
    "docker.io/library/nginx:1.30.5",
    "docker.io/library/python:3.12.8-slim-bookworm",
    "docker.io/library/registry:2.8.3",
  ]);
  expect(existsSync(join(project, "node_modules", core))).toBe(true);
});

test("the loop over the deployer's policies makes each of them and attaches it", async () => {
  const loop = blocksOf("README.md").find(({ text }) =>
    text.startsWith("terraform output -json deployer-policies"),
  ) as Block;
  const programs = mkdtempSync(join(published.folder, "programs-"));
  const policies = ['{"Statement":["a b"]}', '{"Statement":["c"]}'];
  const program = (name: string, script: string) =>
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  program("terraform", `cat <<'end'\n${JSON.stringify(policies)}\nend`);
  program("aws", `echo "$*" >>'${programs}/asked'\ncase $2 in create-policy) echo "arn:of:$4" ;; esac`);
  await copied(loop.text, programs, { PATH: `${programs}:${process.env.PATH}` });
  const text = "--query Policy.Arn --output text";
  expect(readFileSync(join(programs, "asked"), "utf8").trim().split("\n")).toEqual([
    `iam create-policy --policy-name deploy-shop-1 --policy-document ${policies[0]} ${text}`,
    "iam attach-role-policy --role-name deploy-shop --policy-arn arn:of:deploy-shop-1",
    `iam create-policy --policy-name deploy-shop-2 --policy-document ${policies[1]} ${text}`,
    "iam attach-role-policy --role-name deploy-shop --policy-arn arn:of:deploy-shop-2",
  ]);
});
