/**
 * From a compose file to https, in a project of one's own: `init --from`, `npm install`, `review`, and `rehearse` of a web,
 * an API, a worker and a Redis with a volume, on a machine of a nano's memory, by the packed package alone. The certificate
 * is of a played ACME server, and a version bump follows, over which Redis keeps what it has. No file is edited. The rehearsal
 * of `netflix-aws` comes after it in the same run, for comparison. Some six minutes, as root, with what `npx slipway env`
 * prints: `node --import tsx bench/four-services.ts`; SLIPWAY_BENCH_REHEARSE="--machine debian-12" says more to both.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { KEPT, writeFourServices } from "../__tests__/compose/four-services.ts";
import { PublishedPackage } from "../__tests__/real/published-package.ts";

const ROOT = resolve(__dirname, "..");
const GOAL = 1.5;
const NAME = "shop.example.com";
const MORE = process.env.SLIPWAY_BENCH_REHEARSE ?? "--prepared";

/** Where this clone's base images are stand-ins, so are the project's, of which the package knows nothing else. */
const STAND_INS: NodeJS.ProcessEnv = process.env.SLIPWAY_LOCKFILE === undefined ? {} : { SLIPWAY_OFFLINE: "1" };

interface Report {
  readonly timings: readonly { readonly step: string; readonly seconds: number }[];
  readonly checks: readonly { readonly what: string; readonly ok: boolean; readonly seen: string }[];
  readonly left: readonly string[];
}

function ensure(ok: boolean, what: string): void {
  if (!ok) throw new Error(what);
}

const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Report;
/** What is waited for while other steps go on is no step of its own. */
const whole = ({ timings }: Report) =>
  timings.filter(({ step }) => !step.startsWith("from boot")).reduce((sum, { seconds }) => sum + seconds, 0);
const ofStep = ({ timings }: Report, beginning: string) =>
  timings.find(({ step }) => step.startsWith(beginning))?.seconds ?? Number.NaN;

/** What must be among the checks, and none may have failed. */
function checked(report: Report, needed: readonly string[]): void {
  const failed = report.checks.filter(({ ok }) => !ok).map(({ what, seen }) => `${what}: ${seen}`);
  ensure(failed.length === 0 && report.left.length === 0, [...failed, ...report.left].join("\n"));
  for (const what of needed)
    ensure(
      report.checks.some((check) => check.what.includes(what)),
      `no check says: ${what}`,
    );
}

async function stranger(published: PublishedPackage): Promise<{ report: Report; seconds: Record<string, number> }> {
  const project = join(published.folder, "shop");
  mkdirSync(project);
  writeFourServices(project);
  const report = join(published.folder, "report.json");
  const seconds: Record<string, number> = {};
  const step = async (what: string, command: string): Promise<string> => {
    const began = Date.now();
    const said = await published.run(command, project, { ...STAND_INS, ACME_EMAIL: "ops@example.com" });
    seconds[what] = (Date.now() - began) / 1000;
    return said;
  };
  await step("init --from", "npx --yes --package slipway slipway init --from compose.yaml --host aws");
  await step("npm install", "npm install --no-fund --no-audit");
  const before = readdirSync(project).sort();
  await step("setup", "npx slipway setup --install");
  const review = await step("review", "npx slipway review");
  for (const part of ["redis", "worker", NAME]) ensure(review.includes(part), `the review names no ${part}\n${review}`);
  await step("rehearse", `npx slipway rehearse ${MORE} --install --text '${KEPT}' --next VERSION=2 --report ${report}`);
  const left = readdirSync(project).filter((name) => !before.includes(name) && name !== "cdktf.out");
  ensure(left.length === 0, `the rehearsal left ${left.join(", ")} in the project`);
  return { report: read(report), seconds };
}

function netflix(folder: string): Report {
  const file = join(folder, "netflix.json");
  const words = [
    join(ROOT, "scripts/rehearse.mjs"),
    "netflix-aws",
    ...MORE.split(" ").filter(Boolean),
    "--report",
    file,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
  ensure(status === 0, `${stdout}${stderr}`);
  return read(file);
}

async function main(): Promise<void> {
  const published = await PublishedPackage.start();
  try {
    const { report, seconds } = await stranger(published);
    checked(report, [
      `${NAME}/ answers with the application's body`,
      `https://${NAME} answers with a certificate of the ACME server`,
      `http://${NAME} sends its visitors to https`,
      "VERSION=2 changes something, and nothing of aws_instance.*",
      `after VERSION=2 ${NAME} answers`,
      "destroy keeps what must not be destroyed",
      "destroy takes everything away",
    ]);
    const beside = netflix(published.folder);
    checked(beside, ["destroy takes everything away"]);
    const [own, other] = [whole(report), whole(beside)];
    const bump = ofStep(report, "VERSION=2");
    const rows = [
      ...Object.entries(seconds).map(([what, taken]) => [what, taken]),
      ["of rehearse: from boot to the page by https", ofStep(report, "from boot")],
      ["of rehearse: the version bump, planned, applied and planned again", bump],
      ["the steps of the rehearsal, in sum", own],
      ["the steps of netflix-aws's, in sum", other],
    ] as const;
    const secondsBeside = (step: string): string => {
      const taken = ofStep(beside, step.startsWith("from boot") ? "from boot" : step);
      return Number.isNaN(taken) ? "" : taken.toFixed(1);
    };
    console.log("| step of the rehearsal | its seconds | those of netflix-aws |\n|---|---|---|");
    for (const { step, seconds: taken } of report.timings)
      console.log(`| ${step} | ${taken.toFixed(1)} | ${secondsBeside(step)} |`);
    console.log("");
    console.log("| step | seconds |\n|---|---|");
    for (const [what, taken] of rows) console.log(`| ${what} | ${Number(taken).toFixed(1)} |`);
    const ratio = own / other;
    console.log(`| beside netflix-aws, ${GOAL} at most | ${ratio.toFixed(2)}× |`);
    console.log(`| the same without the version bump | ${((own - bump) / other).toFixed(2)}× |`);
    process.exitCode = ratio <= GOAL ? 0 : 1;
  } finally {
    published.stop();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
