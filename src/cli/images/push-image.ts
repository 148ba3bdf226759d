import { nameOf } from "../registry-content.ts";
import type { Arguments, Tools } from "../tools.ts";
import { engineAnswer } from "./engine-answer.ts";
import { ImageSources } from "./image-sources.ts";
import { loginFor } from "./pull-images.ts";
import { short } from "./table.ts";
import { isFixed } from "./tag-order.ts";

/** Pushes a declared image that this engine built, under the tags that the declaration gives it; no tag of a version moves. */
export async function pushImage({ words: [typed = ""] = [], dryRun }: Arguments, tools: Tools): Promise<number> {
  const sources = await ImageSources.open(tools);
  const { terminal } = tools;
  const image = sources.declared.find(typed);
  if (image.kind !== "built")
    throw new Error(`${image.path} is not built here, but ${image.kind}: there is nothing to push`);
  const engine = await sources.engine();
  const built = `${image.name}:${image.wanted}`;
  const here = (await engine.images()).find(({ tags }) => tags.includes(built));
  if (here === undefined) throw new Error(`this engine does not have ${built}: npx slipway up builds what is declared`);
  const { registry } = sources;
  const content = await registry.digestOf(image.place, image.wanted);
  const missing: string[] = [];
  for (const tag of image.tags) {
    const is = await registry.digestOf(image.place, tag);
    if (is !== undefined && is === content) continue;
    if (is !== undefined && isFixed(tag))
      throw new Error(
        `${nameOf(image.place, tag)} stands for ${short(is)}, which is other content: a version is one image for good, so declare another; nothing was pushed`,
      );
    missing.push(tag);
  }
  if (missing.length === 0) {
    terminal.line(`${image.name} has ${image.tags.length} tags of it already: ${content}`);
    return 0;
  }
  for (const tag of missing) {
    const name = `${image.name}:${tag}`;
    if (dryRun) {
      terminal.line(`${name} would be pushed`);
      continue;
    }
    await terminal.step(`push ${name}`, async () => {
      const own = engine.client.getImage(built);
      if (name !== built) await own.tag({ repo: image.name, tag });
      const login = loginFor(image, sources.credentials) as never;
      await engineAnswer(engine.client, await engine.client.getImage(name).push({ authconfig: login }));
    });
  }
  if (!dryRun) terminal.line(`${built} is ${await registry.digestOf(image.place, image.wanted)}`);
  return 0;
}
