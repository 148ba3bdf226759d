import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { COMMON_OPTIONS, OPTIONS, VERBS } from "../../src/cli/verb-table.mjs";
import { keyPair } from "../docker/registry-of-signatures.ts";
import { FakeMachine, type Outcome } from "./fake-machine.ts";
import { FakeHub } from "./images/fake-hub.ts";
import { Shop } from "./images/shop.ts";

/** A project of two stacks: one on the local engine, and one on AWS, which says what it is in `declared.json`. */
const APP = `const fs = require("node:fs");
const out = process.env.CDKTF_OUTDIR;
const at = (path, more) => ({ "//": { metadata: { path } }, ...more });
const state = (name) => ({ backend: { local: { path: "../../../terraform." + name + ".tfstate" } } });
const mounts = [{ type: "volume", source: "cats-host-volume-data" }];
const stacks = {
  cats: {
    terraform: state("cats"),
    resource: { docker_container: { web: at("cats/host/web/Container", { mounts }) } },
  },
  shop: {
    terraform: state("shop"),
    provider: { aws: [{ region: "eu-west-1" }] },
    resource: {
      aws_ssm_document: { doc: at("shop/host/Release/Document/Resource") },
      aws_instance: { it: at("shop/host/Instance/Resource") },
      terraform_data: { deploy: at("shop/host/Release/Deploy/Resource") },
    },
  },
};
for (const [name, document] of Object.entries(stacks)) {
  fs.mkdirSync(out + "/stacks/" + name, { recursive: true });
  fs.writeFileSync(out + "/stacks/" + name + "/cdk.tf.json", JSON.stringify(document));
}
fs.copyFileSync("declared.json", out + "/stacks/shop/slipway.json");
fs.writeFileSync(out + "/manifest.json", JSON.stringify({ stacks: { cats: {}, shop: {} } }));
`;

/** What the stack on AWS says of itself, with these ports open. */
const shop = (...ports: readonly number[]) => {
  const rule = { direction: "in", protocol: "tcp", peer: "0.0.0.0/0", description: "visitors" };
  const release = { services: [], sites: [], drainSeconds: 10 };
  return JSON.stringify({
    ...{ format: 1, stack: "shop", findings: [] },
    constructs: [
      { path: "shop/host", kind: "host", type: "t4g.nano", region: "eu-west-1", release },
      { path: "shop/host/Firewall", kind: "firewall", rules: ports.map((port) => ({ ...rule, port })) },
    ],
  });
};

const STATE = JSON.stringify({
  values: {
    root_module: {
      resources: [
        { address: "aws_instance.it", values: { id: "i-1" } },
        { address: "aws_ssm_document.doc", values: { name: "shop.host-1" } },
      ],
    },
  },
});
const STATUS = JSON.stringify({
  ...{ schema: 1, host: "shop/host", healthy: true, serving: { version: 3, release: "f00d", since: "2026-01-01" } },
  ...{ services: [], certificates: [], maintenance: [], notes: [], failures: [], held: null, last: null, log: [] },
});
/** What the host on AWS answers, in place of the script that asks it. */
const HOST = `#!/bin/sh
case "$1" in
  */tell.sh)
    shift
    case "$*" in
      'status --json') echo '${STATUS}' ;;
      'releases --json') echo '{"schema":1,"releases":[]}' ;;
      *) echo "told $*" ;;
    esac
    exit ;;
esac
exec /bin/sh "$@"
`;
const VOLUME = JSON.stringify([
  {
    Labels: {
      "dev.slipway.volume": "data",
      "dev.slipway.volume.host": "cats/host",
      "dev.slipway.volume.stack": "cats",
    },
  },
]);
const LOSES = JSON.stringify({
  format_version: "1.2",
  resource_changes: [{ address: "aws_instance.it", mode: "managed", change: { actions: ["delete", "create"] } }],
});

const project = mkdtempSync(join(tmpdir(), "slipway-every-option-"));
const machine = new FakeMachine();
let imageShop: Shop;
let hub: FakeHub;
const outcomes = new Map<string, Outcome>();

const CANNOT_PLAY = /^(cats declares no host on AWS|.*(as root|Linux))/m;

/**
 * A row for each verb, and for each option that its help names: what is typed, how it ends, and what of it could not be
 * without the option. They follow each other in one project.
 */
const ROWS: Readonly<Record<string, readonly [string, number, RegExp | (() => void)]>> = {
  up: ["up cats", 0, /^cats is up/m],
  "up --install": ["up cats --install", 0, /^cats is up/m],
  "up --yes": ["up cats --yes", 0, /^slipway: --yes is now --install.*^cats is up/ms],
  "up --auto-approve": ["up shop --auto-approve", 0, /^shop is up/m],
  "up --retry": ["up shop --retry --auto-approve", 0, () => called(/ plan .*-replace=terraform_data\.deploy$/)],
  init: ["init page", 0, () => exists("page/cdktf.json")],
  "init --host": ["init cloud --host aws", 0, () => written("cloud", /new NanoHost\(/)],
  "init --from": ["init moved --from compose.yml", 0, () => written("moved", /redis:7\.2\.0/)],
  list: ["list", 0, /^cats {2}deployed/m],
  "list --json": ["list --json", 0, json("stacks")],
  outputs: ["outputs cats", 0, /^url {2}http:\/\/cats\.test\//m],
  "outputs --json": ["outputs cats --json", 0, json("outputs")],
  diff: ["diff shop", 0, /1 new port open to the world/],
  "diff --plan": ["diff shop --plan plan.json", 0, /Resources by Terraform's plan: 1 replaced/],
  "diff --html": ["diff shop --html diff.html", 0, () => exists("diff.html")],
  "diff --fail-on": ["diff shop --fail-on open-port", 4, /^--fail-on open-port: tcp 443$/m],
  "diff --json": ["diff shop --json", 0, json("verdict")],
  review: ["review shop", 0, /shop/],
  "review --base": ["review shop --base before", 0, /Compared with before\./],
  "review --plan": ["review shop --plan plan.json", 0, /Resources by Terraform's plan: 1 replaced/],
  "review --html": ["review shop --html review.html", 0, () => exists("review.html")],
  "review --fail-on": ["review shop --base before --fail-on open-port", 4, /^--fail-on open-port: tcp 443$/m],
  "review --json": ["review shop --json", 0, json("verdict")],
  rehearse: refused("", 3, CANNOT_PLAY),
  "rehearse --name": refused("--name a.test", 3, CANNOT_PLAY),
  "rehearse --path": refused("--path /a", 3, CANNOT_PLAY),
  "rehearse --text": refused("--text Welcome", 3, CANNOT_PLAY),
  "rehearse --next": refused("--next VERSION", 2, /^slipway: --next must be a variable, e\.g\. --next VERSION=2/m),
  "rehearse --region": refused("--region eu-west-2", 3, CANNOT_PLAY),
  "rehearse --machine": refused("--machine windows", 2, /machine must be debian-12 or debian-13, got "windows"/),
  "rehearse --memory": refused("--memory much", 2, /^slipway: --memory must be a number of MiB/m),
  "rehearse --engine": refused("--engine 1", 2, /--engine must be 29/),
  "rehearse --prepared": refused("--prepared", 3, CANNOT_PLAY),
  "rehearse --report": refused(
    "--report a.json --machine debian-12 --machine debian-13",
    2,
    /one report is of one machine/,
  ),
  "rehearse --install": refused("--install", 3, CANNOT_PLAY),
  "rehearse --yes": refused("--yes", 3, /^slipway: --yes is now --install/m),
  volumes: ["volumes", 0, /^cats-host-volume-data/m],
  "volumes --json": ["volumes cats --json", 0, json("volumes")],
  "volumes --install": ["volumes --install", 0, /^cats-host-volume-data/m],
  "volumes --yes": ["volumes --yes", 0, /^slipway: --yes is now --install/m],
  "volumes rm": ["volumes rm cats-host-volume-data", 1, /add --confirm cats-host-volume-data/],
  "volumes rm --confirm": confirmed(""),
  "volumes rm --install": confirmed(" --install"),
  "volumes rm --yes": confirmed(" --yes"),
  images: images("", /^ {2}shop\/web-image; .*built here; .*runs as shop\/host\/web/m),
  "images --format": images("--format {{.Digest}}", /^(sha256:[0-9a-f]{64}\n){3}/m),
  "images --json": images("shop --json", json("undeclared")),
  "images inspect": images("inspect web-image", /^user +1000 +1000$/m),
  "images inspect --json": images("inspect web-image --json", json("facts")),
  "images history": images("history web-image", /^[0-9a-f]{12} +20B +4 +RUN pip install/m),
  "images history --json": images("history web-image --json", json("leftOut")),
  "images tags": images("tags shop/web", /^1\.4\.2 +[0-9a-f]{12} +declared +latest, sha-a1/m),
  "images tags --limit": images("tags shop/web --limit 2", /^3 more: --limit shows them$/m),
  "images tags --json": images("tags shop/web --json", json("retention")),
  "images tag --dry-run": images("tag web-image 1.5.0 --dry-run", /1\.5\.0 would stand for sha256:/),
  "images tag": images("tag web-image 1.5.0", /1\.5\.0 stands for sha256:/),
  "images search": images("search nginx", /^nginx +20000 +\[OK\] +Official build of Nginx\.$/m),
  "images search --limit": images("search nginx --limit 1", /^NAME.*\nnginx .*\n {2}127/m),
  "images search --filter": images("search nginx --filter stars=300", /^NAME.*\nnginx .*\n {2}127/m),
  "images search --format": images("search nginx --format {{.StarCount}}", /^20000\n200\n1$/m),
  "images search --json": images("search nginx --json", json("results")),
  "images pull --dry-run": images("pull --dry-run", /shop\/api@sha256:[0-9a-f]{64} would be pulled$/m),
  "images pull": images("pull", /^> pull .*shop\/api@sha256:/m),
  "images push --dry-run": images("push web-image --dry-run", /has 2 tags of it already/),
  "images push": images("push web-image", /has 2 tags of it already/),
  "images rm": images("rm web-image", /stays: the container shop-host-web-1 has it \(running\)/, 1),
  "images rm --dry-run": images("rm api-image --dry-run", /would go$/m),
  "images rm --auto-approve": images("rm api-image --auto-approve", /^removed 1$/m),
  "images prune --dry-run": images("prune --dry-run", /^nothing to remove: 1 images of shop/m),
  "images prune": images("prune shop", /^nothing to remove: 1 images of shop/m),
  "images prune --auto-approve": images("prune --auto-approve", /^nothing to remove: 1 images of shop/m),
  "images save": images("save shop shop.tar", /^shop\.tar has 3 images, /m),
  "images save --json": images("save web-image web.tar --json", json("size")),
  "images load": images("load shop.tar", /shop\/web:1\.4\.2@sha256:[0-9a-f]{64}$/m),
  "images load --json": images("load web.tar --json", json("digest")),
  "images load --registry": images("load web.tar --registry REGISTRY", /^127.*shop\/web:1\.4\.2@sha256:/m),
  "images flatten": images("flatten web-image 1.4.2-flat", /1\.4\.2-flat is [0-9a-f]{12}, one layer of 5B/),
  lock: ["lock", 0, /slipway\.lock\.json/],
  "lock --install": ["lock --install", 0, /slipway\.lock\.json/],
  "lock --verify": ["lock --verify signing.pub", 0, /slipway\.lock\.json/],
  "lock --yes": ["lock --yes", 0, /^slipway: --yes is now --install/m],
  status: ["status shop", 0, /^shop\/host serves version 3/m],
  "status --json": ["status shop/host --json", 0, json("serving")],
  logs: ["logs shop web", 0, /^told logs web 100$/m],
  "logs --lines": ["logs shop web --lines 7", 0, /^told logs web 7$/m],
  "logs --json": ["logs shop web --json", 0, json("lines")],
  releases: ["releases shop", 0, /^told releases$/m],
  "releases --json": ["releases shop --json", 0, json("releases")],
  rollback: ["rollback shop 12", 0, /^told rollback 12$/m],
  "rollback --json": ["rollback shop --json", 0, json("said")],
  maintenance: ["maintenance shop a.test on", 0, /^told maintenance a\.test on$/m],
  "maintenance --json": ["maintenance shop a.test off --json", 0, json("said")],
  context: ["context app", 0, /Dockerfile/],
  "context --dockerfile": ["context app --dockerfile other/File", 0, /other\/File/],
  "context --json": ["context app --json", 0, json("contentId")],
  env: ["env", 0, /^export BUILDX_NO_DEFAULT_ATTESTATIONS='1'$/m],
  "env --json": ["env --json", 0, json("variables")],
  "env --install": ["env --install", 0, /^export /m],
  "env --yes": ["env --yes", 0, /^slipway: --yes is now --install/m],
  doctor: ["doctor", 0, /^this machine is ready$/m],
  "doctor --json": ["doctor --json", 0, json("ready")],
  setup: ["setup", 0, /^> check this machine$/m],
  "setup --install": ["setup --install", 0, /^> check this machine$/m],
  "setup --yes": ["setup --yes", 0, /^slipway: --yes is now --install/m],
  "--directory": ["-C app context .", 0, /other\/File/],
  "--verbose": ["up cats --verbose", 0, /^ {2}Terraform's own log, which may hold secrets: /m],
  "--help": ["up --help", 0, /--auto-approve/],
  "--version": ["--version", 0, /^\d+\.\d+\.\d+$/m],
  down: ["down cats", 0, /^cats is down/m],
  "down --install": ["down cats --install", 0, /^cats is down/m],
  "down --yes": ["down cats --yes", 0, /^slipway: --yes is now --install/m],
  "down --expired": ["down --expired", 0, /^no preview is deployed from here$/m],
  "down --json": ["down --expired --json", 0, json("stacks")],
  "down --auto-approve": ["down shop --auto-approve", 0, /^shop is down/m],
};

/**
 * A stack of this machine's engine is none that can be rehearsed, nor can any without root: what its options do where it
 * goes on is for the rehearsals themselves.
 */
function refused(options: string, code: number, why: RegExp): readonly [string, number, RegExp] {
  return [`rehearse cats ${options}`.trim(), code, why];
}

/** Of a project of its own, whose registry and engine are there. */
function images(words: string, said: RegExp, code = 0): readonly [string, number, RegExp] {
  return [`-C IMAGES images ${words}`.trim(), code, said];
}

function confirmed(more: string): readonly [string, number, RegExp] {
  const line = `volumes rm cats-host-volume-data --confirm cats-host-volume-data${more}`;
  return [line, 0, /^cats-host-volume-data is deleted$/m];
}

/** Standard output is one document that has that. */
function json(property: string): RegExp {
  return new RegExp(`^\\s*"${property}":|[{,]"${property}":`, "m");
}

function called(pattern: RegExp): void {
  expect(machine.calls("terraform").filter((line) => pattern.test(line))).not.toEqual([]);
}

/** Some file of the TypeScript in that folder has it. */
function written(folder: string, pattern: RegExp): void {
  const files = readdirSync(join(project, folder), { encoding: "utf8", recursive: true });
  const texts = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(join(project, folder, file), "utf8"));
  expect(texts.join("\n")).toMatch(pattern);
}

function exists(file: string): void {
  expect(existsSync(join(project, file))).toBe(true);
}

beforeAll(async () => {
  imageShop = await Shop.open();
  imageShop.build();
  hub = await FakeHub.start();
  const files = {
    "app.js": APP,
    "cdktf.json": JSON.stringify({ app: `"${process.execPath}" app.js` }),
    "package.json": "{}",
    "compose.yml": "services:\n  redis:\n    image: redis:7.2.0\n",
    "declared.json": shop(80),
    "signing.pub": keyPair().publicKey,
    "plan.json": LOSES,
    "app/Dockerfile": "FROM scratch\n",
    "app/other/File": "FROM scratch\n",
    "terraform.cats.tfstate": "{}",
    "terraform.shop.tfstate": "{}",
  };
  mkdirSync(join(project, "app/other"), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text);
  machine.docker().engineUp().program("aws", "echo 123456789012");
  machine.terraform({ outputs: { url: { value: "http://cats.test/" } } });
  const add = (name: string, lines: string) => {
    const [first, second, ...rest] = readFileSync(join(machine.bin, name), "utf8").split("\n");
    writeFileSync(join(machine.bin, name), [first, second, lines, ...rest].join("\n"));
  };
  add("terraform", `case "$*" in *' show -json -no-color') echo '${STATE}'; exit ;; esac`);
  add(
    "docker",
    `case "$*" in
      'volume ls'*) echo cats-host-volume-data; exit ;;
      'volume inspect'*) echo '${VOLUME}'; exit ;;
      'ps --all --filter volume='*) exit ;;
      'system df'*) echo null; exit ;;
    esac`,
  );
  machine.remove("sh");
  writeFileSync(join(machine.bin, "sh"), HOST);
  chmodSync(join(machine.bin, "sh"), 0o755);

  for (const [name, [line]] of Object.entries(ROWS)) {
    if (name === "diff") {
      cpSync(join(project, "cdktf.out"), join(project, "before"), { recursive: true });
      writeFileSync(join(project, "declared.json"), shop(80, 443));
    }
    const ofImages = line.startsWith("-C IMAGES ");
    const words = line.replace("IMAGES", imageShop.root).replace("REGISTRY", imageShop.registry.host).split(" ");
    const env: Record<string, string> = { CI: "true" };
    if (ofImages) Object.assign(env, { DOCKER_HOST: imageShop.engine.address, SLIPWAY_DOCKER_HUB: hub.url });
    outcomes.set(name, await machine.slipway(project, words, env));
  }
}, 120_000);

afterAll(() => {
  imageShop.stop();
  hub.stop();
});

test("every verb and every option of the help text has a row", () => {
  const common = [...COMMON_OPTIONS, "version"];
  const all = VERBS.flatMap(({ name, options = [] }) => [name, ...options.map((option) => `${name} --${option}`)]);
  expect(Object.keys(ROWS).sort()).toEqual([...all, ...common.map((option) => `--${option}`)].sort());
  const told = new Set([...VERBS.flatMap(({ options = [] }) => options), ...common]);
  expect(Object.keys(OPTIONS).filter((option) => !told.has(option))).toEqual([]);
});

test("what a format asks for is alone on standard output", () => {
  expect(outcomes.get("images --format")?.stdout).toMatch(/^(sha256:[0-9a-f]{64}\n){3}$/);
});

test.each(Object.entries(ROWS))("%s", (name, [, code, effect]) => {
  const said = expect.stringMatching(typeof effect === "function" ? "" : effect);
  const { stdout = "", stderr = "", ...ended } = outcomes.get(name) ?? {};
  expect({ ...ended, said: stderr + stdout }).toEqual({ code, said });
  if (typeof effect === "function") effect();
});
