import { ImageReference } from "../../values/image-reference.ts";
import type { Arguments, Tools } from "../tools.ts";
import { engineAnswer } from "./engine-answer.ts";
import { ExportedLayer } from "./exported-layer.ts";
import { humanSize } from "./human-size.ts";
import { ImageSources } from "./image-sources.ts";
import { layoutStream } from "./oci-layout.ts";
import { singleLayerImage } from "./single-layer-image.ts";
import { short } from "./table.ts";

/**
 * Makes another image of a declared one, in one layer, with its configuration: what `docker build --squash` and
 * `docker export` into `docker import` are used for. It stays on this engine: what a host runs is what is declared.
 */
export async function flattenImage({ words: [typed = "", tag = ""] = [] }: Arguments, tools: Tools): Promise<number> {
  const sources = await ImageSources.open(tools);
  const image = sources.declared.find(typed);
  const target = ImageReference.parse(image.name).withTag(tag).familiar;
  if (image.tags.includes(tag))
    throw new Error(`${target} is what ${image.path} declares: give what is flattened another tag`);
  const engine = await sources.engine();
  const { client } = engine;
  const images = await engine.images();
  const source = [...image.tags, image.wanted].map(
    (each) => `${image.name}${each.startsWith("sha256:") ? "@" : ":"}${each}`,
  );
  const here = images.find(({ tags, digests }) => source.some((name) => tags.includes(name) || digests.includes(name)));
  if (here === undefined)
    throw new Error(`this engine does not have ${image.path}: npx slipway images pull ${image.path}`);
  const taken = images.find(({ tags }) => tags.includes(target));
  if (taken !== undefined)
    throw new Error(
      `${target} is ${short(taken.id)} on this engine: give what is flattened another tag, or remove that`,
    );
  const before = await client.getImage(here.id).inspect();
  const steps = await client.getImage(here.id).history();
  await tools.terminal.step(`flatten ${source[0]} into ${target}`, async () => {
    // An image may name nothing to start; it is only made, never started.
    const container = await client.createContainer({ Image: here.id, Cmd: ["none"] });
    try {
      const layer = await ExportedLayer.keep(await container.export());
      try {
        const names = [ImageReference.parse(target).toString()];
        const { image, blob } = singleLayerImage(before, layer, {
          names,
          createdBy: `slipway images flatten ${typed}`,
        });
        await engineAnswer(client, await client.loadImage(layoutStream([image], blob)));
      } finally {
        layer.remove();
      }
    } finally {
      await container.remove({ v: true, force: true });
    }
  });
  const after = await client.getImage(target).inspect();
  const { terminal } = tools;
  terminal.line(
    `${target} is ${short(after.Id)}, one layer of ${humanSize(after.Size)}; ${source[0]} is ${layers(before)} of ${humanSize(before.Size)}`,
  );
  terminal.row(
    `  lost: the history of ${(steps as unknown[]).length} steps, every layer that it shares with others, which is pulled and kept anew`,
    4,
  );
  return 0;
}

function layers({ RootFS }: { readonly RootFS?: { readonly Layers?: readonly string[] } }): string {
  const count = RootFS?.Layers?.length ?? 0;
  return `${count} layer${count === 1 ? "" : "s"}`;
}
