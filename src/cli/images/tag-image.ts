import { SemanticVersion } from "../../values/semantic-version.ts";
import { nameOf } from "../registry-content.ts";
import type { Arguments, Tools } from "../tools.ts";
import { ImageSources } from "./image-sources.ts";
import { notThere } from "./inspect-image.ts";
import { short } from "./table.ts";

/**
 * Puts a version's tag on a declared image, in the registry and by digest: the engine need not have it. Why a version and
 * no more: names that move are the declaration's business, and a version that moves means two things.
 */
export async function tagImage(
  { words: [name = "", text = ""] = [], dryRun }: Arguments,
  tools: Tools,
): Promise<number> {
  const [version = ""] = SemanticVersion.parse(text).tags();
  const { declared, registry } = await ImageSources.open(tools);
  const image = declared.find(name);
  const manifest = await registry.manifest(image.place, image.wanted);
  if (manifest === undefined) throw new Error(notThere(image));
  const target = nameOf(image.place, version);
  const is = await registry.digestOf(image.place, version);
  const { terminal } = tools;
  if (is === manifest.digest) {
    terminal.line(`${target} is ${short(is)} already`);
    return 0;
  }
  if (is !== undefined) {
    terminal.fail(
      `${target} stands for ${short(is)} and would move to ${short(manifest.digest)}: a version is one image for good, so give this one another; nothing was changed`,
    );
    return 1;
  }
  if (!dryRun) await registry.putManifest(image.place, version, manifest);
  terminal.line(`${target} ${dryRun ? "would stand" : "stands"} for ${manifest.digest}`);
  return 0;
}
