import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArguments } from "../../src/cli/arguments.mjs";
import { FakeMachine, makeProject } from "./fake-machine.ts";
import { inProcess } from "./in-process.ts";

const PAST = "2020-01-02T03:04:05Z";
const FUTURE = "2999-01-02T03:04:05Z";

interface Stack {
  /** The environment that it says it is of. */
  readonly environment?: string;
  /** What its state says; without, it is not deployed. */
  readonly expires?: string;
  /** Whether it has a state. */
  readonly state?: boolean;
}

/** A project with stacks that were synthesized here, and what their states say. */
function project(stacks: Readonly<Record<string, Stack>>): string {
  const constructs = Object.entries(stacks).map(([path, { environment: name }]) => ({
    path,
    kind: "environment",
    name,
  }));
  const declared = JSON.stringify({ format: 1, stack: "a", constructs, findings: [] });
  const root = makeProject({}, { "declared.json": declared }, Object.keys(stacks));
  for (const [name, { expires, state = true }] of Object.entries(stacks)) {
    const folder = join(root, "cdktf.out/stacks", name);
    mkdirSync(folder, { recursive: true });
    const outputs = expires === undefined ? {} : { slipway_expires: { value: expires } };
    writeFileSync(join(folder, "outputs.json"), JSON.stringify(outputs));
    if (state) writeFileSync(join(root, `terraform.${name}.tfstate`), "{}");
  }
  return root;
}

const ready = () => new FakeMachine().docker().engineUp().terraform();
/** Synthesizes, then takes away what is past its date. */
async function expired(root: string, machine = ready(), words: readonly string[] = []) {
  await inProcess(machine, root, ["list"]);
  const before = machine.calls("terraform").length;
  const outcome = await inProcess(machine, root, ["down", "--expired", ...words]);
  const calls = machine.calls("terraform").slice(before);
  const destroyed = calls
    .filter((call) => call.includes(" plan -destroy"))
    .map((call) => /stacks\/(\S+)/.exec(call)?.[1]);
  return { ...outcome, destroyed, machine };
}

const PREVIEWS = {
  "shop-preview-old": { environment: "preview-old", expires: PAST },
  "shop-preview-new": { environment: "preview-new", expires: FUTURE },
};

test("a preview whose time is over goes, without a question; one that has time is kept", async () => {
  const { code, stdout, destroyed } = await expired(project(PREVIEWS));
  expect([code, destroyed]).toEqual([0, ["shop-preview-old"]]);
  expect(stdout).toContain(
    `shop-preview-new is kept until ${FUTURE}\nshop-preview-old is down, its time was ${PAST}\n`,
  );
});

test.each<[string, Record<string, Stack>]>([
  ["an environment that is none", { "shop-production": { environment: "production", expires: PAST } }],
  ["a stack that only is called like one", { "shop-preview-a": { expires: PAST } }],
  ["a stack whose name is another's", { "shop-production": { environment: "preview-a", expires: PAST } }],
  [
    "a preview that was never deployed",
    { "shop-preview-a": { environment: "preview-a", state: false, expires: PAST } },
  ],
  ["a preview that is down already", { "shop-preview-a": { environment: "preview-a" } }],
  [
    "a preview whose state says nothing of the kind",
    { "shop-preview-a": { environment: "preview-a", expires: "soon" } },
  ],
])("%s is left alone", async (_, stacks) => {
  const { code, stdout, destroyed } = await expired(project(stacks));
  expect([code, destroyed]).toEqual([0, []]);
  expect(stdout).toContain("no preview is deployed from here\n");
});

test("it prints what became of each, for programs", async () => {
  const { stdout } = await expired(project(PREVIEWS), ready(), ["--json"]);
  expect(JSON.parse(stdout.slice(stdout.indexOf("{\n")))).toEqual({
    schema: 1,
    stacks: [
      { name: "shop-preview-new", expires: FUTURE, outcome: "kept" },
      { name: "shop-preview-old", expires: PAST, outcome: "removed" },
    ],
  });
});

test("one that cannot be taken away fails the run, does not keep the others, and is tried again though its state forgot", async () => {
  const root = project({
    "shop-preview-a": { environment: "preview-a", expires: PAST },
    "shop-preview-b": { environment: "preview-b", expires: PAST },
  });
  const failing = ready().terraform({
    apply: [{ type: "diagnostic", diagnostic: { severity: "error", summary: "it is in use" } }],
    code: 1,
  });
  const first = await expired(root, failing);
  expect([first.code, first.destroyed]).toEqual([1, ["shop-preview-a", "shop-preview-b"]]);
  expect(first.stdout).toContain("shop-preview-a is not wholly down: error: it is in use");
  for (const name of ["a", "b"]) writeFileSync(join(root, `cdktf.out/stacks/shop-preview-${name}/outputs.json`), "{}");
  const second = await expired(root, failing.terraform());
  expect([second.code, second.destroyed]).toEqual([0, ["shop-preview-a", "shop-preview-b"]]);
  const third = await expired(root, failing);
  expect([third.code, third.destroyed]).toEqual([0, []]);
});

test("list has the environment of each stack, and when a preview's time is over", async () => {
  const root = project({ ...PREVIEWS, "shop-production": { environment: "production" } });
  const { stdout } = await inProcess(ready(), root, ["list", "--json"]);
  const { stacks } = JSON.parse(stdout.slice(stdout.indexOf("{\n")));
  expect(stacks).toMatchObject([
    { name: "shop-preview-new", environment: "preview-new", expires: FUTURE },
    { name: "shop-preview-old", environment: "preview-old", expires: PAST },
    { name: "shop-production", environment: "production" },
  ]);
  expect(stacks[2]).not.toHaveProperty("expires");
  expect((await inProcess(ready(), root, ["list"])).stdout).toContain(`shop-preview-old  deployed, until ${PAST}\n`);
});

test.each([
  [["down", "--expired", "shop"], "--expired takes no stack, got shop too"],
  [["down", "shop", "--json"], "--json of down belongs to --expired"],
  [["up", "--expired"], "--expired belongs to down, got up"],
])("%j is refused", (words, problem) => {
  expect(() => parseArguments(words)).toThrow(problem);
});
