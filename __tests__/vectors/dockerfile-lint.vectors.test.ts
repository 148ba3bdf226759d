import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { DockerfileError } from "../../src/dockerfile/dockerfile-error.ts";
import { RULES } from "../../src/dockerfile/lint/lint.ts";

interface Pair {
  readonly id: string;
  readonly bad: string;
  readonly good: string;
}

function pairs(): Pair[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds dockerfile/hadolint-rules.json");
  const text = readFileSync(join(folder, "dockerfile/hadolint-rules.json"), "utf8");
  return (JSON.parse(text) as { rules: Pair[] }).rules;
}

/** Rules that the reader itself enforces: the file is refused. */
const REFUSED = ["DL3043", "DL3061"];

const finds = (id: string, text: string) =>
  Dockerfile.parse(text)
    .lint({ severity: { [id]: "warning" } })
    .some(({ rule }) => rule === id);

it("hadolint's rules that we have: the bad file is found, the good one is not", () => {
  const own = new Set(RULES.map(({ id }) => id));
  const all = pairs();
  const shared = all.filter(({ id }) => own.has(id));
  const wrong = shared.filter(({ id, bad, good }) => !finds(id, bad) || finds(id, good));
  process.stdout.write(
    `dockerfile: ${shared.length} of ${all.length} hadolint rules compared, ${REFUSED.length} more refused by the reader, ${
      RULES.length - shared.length
    } rules of our own\n`,
  );
  expect(shared.length).toBeGreaterThan(25);
  expect(wrong).toEqual([]);
});

it.each(REFUSED)("%s: the reader refuses the bad file and takes the good one", (id) => {
  const pair = pairs().find((it) => it.id === id);
  expect(() => Dockerfile.parse(pair?.bad ?? "")).toThrow(DockerfileError);
  expect(Dockerfile.parse(pair?.good ?? "")).toBeInstanceOf(Dockerfile);
});
