import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";

interface Verdict {
  readonly rule: string;
  readonly dockerfile: string;
  readonly fires: boolean;
  readonly why: string;
}

function verdicts(): Verdict[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds dockerfile/lint-verdicts.json");
  return JSON.parse(readFileSync(join(folder, "dockerfile/lint-verdicts.json"), "utf8")) as Verdict[];
}

const speaks = ({ rule, dockerfile }: Verdict) =>
  Dockerfile.parse(dockerfile)
    .lint({ severity: { [rule]: "warning" } })
    .some((finding) => finding.rule === rule);

it("a rule speaks where hadolint's documentation has it speak", () => {
  const all = verdicts();
  const wrong = all.filter((verdict) => speaks(verdict) !== verdict.fires);
  process.stdout.write(
    `dockerfile: ${all.length} verdicts of ${new Set(all.map(({ rule }) => rule)).size} rules compared\n`,
  );
  expect(all.length).toBeGreaterThan(150);
  expect(wrong.map(({ rule, dockerfile, fires, why }) => ({ rule, dockerfile, fires, why }))).toEqual([]);
});
