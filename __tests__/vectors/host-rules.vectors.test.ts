import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EcrRegistry, NanoHost, type NanoHostProps, Secret } from "../../src/aws/index.ts";
import { BuiltImage } from "../../src/docker/built-image.ts";
import { synthesize } from "../synthesize.ts";
import { ANSWERS, type Answer, ScannedStack } from "./host-rules.ts";

interface Rule {
  readonly scanner: string;
  readonly id: string;
}

function rules(): Rule[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds host/rules.json");
  return (JSON.parse(readFileSync(join(folder, "host/rules.json"), "utf8")) as { rules: Rule[] }).rules;
}

/** A host that serves a site of an image in ECR, and a registry, both with whatever is usual but for `props`. */
function scanned(props: NanoHostProps = {}, secrets: Readonly<Record<string, Secret>> = {}): ScannedStack {
  const context = mkdtempSync(join(tmpdir(), "slipway-app-"));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
  const stack = synthesize((scope) => {
    const place = { account: "111122223333", region: "eu-west-1" };
    const repository = new EcrRegistry(scope, "registry", place).repository("team/cats");
    const host = new NanoHost(scope, "host", props);
    const image = new BuiltImage(scope, "image", { context, repository, platform: host.platform });
    host.serve("shop.example.com", { "/": host.run("web", { image, port: 80, secrets }) });
  });
  return new ScannedStack(stack);
}

const STACKS: readonly (readonly [string, () => ScannedStack])[] = [
  ["with defaults alone", () => scanned()],
  [
    "with a zone, an alarm, packages, files and secrets",
    () =>
      scanned(
        {
          zone: { id: "Z0123456789" },
          statusAlarm: { topics: ["arn:aws:sns:eu-west-1:111122223333:alarms"] },
          packages: ["htop"],
          files: [{ path: "/etc/motd", content: "hello\n" }],
        },
        { A: Secret.fromParameter("/shop/a"), B: Secret.fromSecretsManager("shop/b") },
      ),
  ],
];

function breaches(answer: Answer, stack: ScannedStack): boolean {
  return answer.kind === "absent" ? answer.types.some((type) => stack.all(type).length > 0) : !answer.holds(stack);
}

test("every rule of the scanners has an answer, and none is answered that is not theirs", () => {
  expect(Object.keys(ANSWERS).sort()).toEqual(
    rules()
      .map(({ id }) => id)
      .sort(),
  );
});

test.each(STACKS)("a host %s answers every rule as it says", (_, synth) => {
  const stack = synth();
  const breached = rules().filter(({ id }) => (ANSWERS[id] ?? []).some((answer) => breaches(answer, stack)));
  expect(breached.map(({ scanner, id }) => `${scanner} ${id}`)).toEqual([]);
});

test("what is not met is little, and has its reason", () => {
  const all = rules();
  const of = (kind: Answer["kind"]) =>
    all.filter(({ id }) => (ANSWERS[id] ?? []).some((answer) => answer.kind === kind));
  const excepted = of("excepted").map(({ id }) => id);
  const made = of("met").filter(({ id }) => !excepted.includes(id)).length;
  process.stdout.write(
    `host: ${all.length} scanner rules compared: ${made} met, ${all.length - made - excepted.length} about what is never made, ${excepted.length} not met for a reason (${excepted.join("; ")})\n`,
  );
  expect(all.length).toBeGreaterThanOrEqual(66);
  expect(excepted).toEqual([
    "CKV_AWS_126",
    "CKV_AWS_260",
    "CKV_AWS_337, CKV2_AWS_34",
    "AWS-0104",
    "AWS-0030 / 0031 / 0032 / 0033",
    "EC2.9",
    "EC2.3 / EC2.7",
    "ECR.1 / ECR.2 / ECR.3 / ECR.5",
  ]);
  for (const answer of Object.values(ANSWERS).flat()) {
    if (answer.kind === "excepted") expect(answer.why).toMatch(/^.{20,}[^.]$/);
  }
});
