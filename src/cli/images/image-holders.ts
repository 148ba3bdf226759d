import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { containersOf } from "../../review/declared-lists.ts";
import { type Model, readModel } from "../../review/model.ts";
import {
  DESCRIPTION_FILE,
  PREVIOUS_DESCRIPTION_FILE,
  type StackDescription,
} from "../../terraform/stack-description.ts";
import { DeployedDescription } from "../deployed-description.ts";
import { stackNames } from "../stack-names.ts";
import { SynthesizedStack } from "../synthesized-stack.ts";

/** Something that names images, for people. */
export interface Holder {
  readonly by: string;
  /** Content ids and digests. */
  readonly names: ReadonlySet<string>;
  /** Those of them that a service, a task or a schedule runs. */
  readonly run: ReadonlySet<string>;
}

/** What names images of stacks: what is declared, what was declared before, and what is deployed from here. */
export function imageHolders(output: string): Holder[] {
  return stackNames(output).flatMap((name) => {
    const folder = join(output, "stacks", name);
    const stack = SynthesizedStack.recall(output, name);
    const deployed = stack && new DeployedDescription(stack).read().description;
    return [
      holder(`${name} declares it`, read(join(folder, DESCRIPTION_FILE))),
      holder(`the synth of ${name} before declares it`, read(join(folder, PREVIOUS_DESCRIPTION_FILE))),
      holder(`what is deployed of ${name} has it`, deployed),
    ].flat();
  });
}

function read(file: string): StackDescription | undefined {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

function holder(by: string, description: StackDescription | undefined): Holder[] {
  if (description === undefined) return [];
  const { images, hosts } = readModel(description);
  const used = new Set(hosts.flatMap(({ release }) => containersOf(release).map(({ image }) => image)));
  return [{ by, names: namesOf(images), run: namesOf(images.filter(({ path }) => used.has(path))) }];
}

function namesOf(images: Model["images"]): Set<string> {
  return new Set(
    images.flatMap(({ contentId, reference }) => [
      ...(contentId === undefined ? [] : [contentId]),
      ...(/sha256:[0-9a-f]{64}$/.exec(reference) ?? []),
    ]),
  );
}
