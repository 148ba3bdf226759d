import type { TerraformStack } from "cdktf";
import { compare } from "../../src/review/comparison.ts";
import type { Model } from "../../src/review/model.ts";
import { page } from "../../src/review/page.ts";
import { synthesize } from "../../src/testing/index.ts";

/** The model of what `declare` declares. */
export function modelOf(declare: (stack: TerraformStack) => void): Model {
  return synthesize(declare).model;
}

/** The page about what `after` changes of `before`, without its picture. */
export function pageOf(before: Model | undefined, after: Model): string {
  const text = page(compare(before, after), after, { base: "the synth before", files: new Map() });
  return text.replace(/\n## Picture[\s\S]*$/, "");
}
