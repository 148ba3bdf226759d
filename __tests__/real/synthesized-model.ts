import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Model, readModel } from "../../src/review/model.ts";
import { DESCRIPTION_FILE } from "../../src/terraform/stack-description.ts";

/** What the last synth into a stack's folder says that the stack is, as a review reads it. */
export function modelIn(folder: string): Model {
  return readModel(JSON.parse(readFileSync(join(folder, DESCRIPTION_FILE), "utf8")));
}
