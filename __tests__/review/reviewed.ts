import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { compare } from "../../src/review/comparison.ts";
import { type Model, readModel } from "../../src/review/model.ts";
import { page } from "../../src/review/page.ts";
import { DESCRIPTION_FILE } from "../../src/terraform/description.ts";
import { synthesize } from "../synthesize.ts";

/** The model that the synth of `declare` leaves beside what Terraform reads. */
export function modelOf(declare: (stack: TerraformStack) => void): Model {
  const { directory } = synthesize(declare);
  return readModel(JSON.parse(readFileSync(join(directory, DESCRIPTION_FILE), "utf8")));
}

/** The page about what `after` changes of `before`, without its picture. */
export function pageOf(before: Model | undefined, after: Model): string {
  const text = page(compare(before, after), after, { base: "the synth before", files: new Map() });
  return text.replace(/\n## Picture[\s\S]*$/, "");
}
