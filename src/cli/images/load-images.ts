import { pipeline } from "node:stream/promises";
import { ImageReference } from "../../values/image-reference.ts";
import { Platform } from "../../values/platform.ts";
import { RegistryAddress } from "../../values/registry-address.ts";
import { DockerCredentials } from "../docker-credentials.ts";
import { nameOf, type RegistryContent } from "../registry-content.ts";
import type { Place } from "../registry-session.ts";
import type { Arguments, Tools } from "../tools.ts";
import { engineAnswer } from "./engine-answer.ts";
import { type EngineImage, ImageEngine } from "./image-engine.ts";
import { registryContent } from "./image-sources.ts";
import { type LaidImage, layoutStream } from "./oci-layout.ts";
import { type OpenedImage, OpenedLayout } from "./opened-layout.ts";
import { documentOf, type ImageConfiguration, platformOf, sidesOf } from "./registry-image.ts";
import { sideIn } from "./save-images.ts";
import { short } from "./table.ts";
import { isFixed } from "./tag-order.ts";

/** Loads what `images save` wrote: into this machine's engine, or into a registry, under the same digests. */
export async function loadImages({ words = [], registry, json }: Arguments, tools: Tools): Promise<number> {
  const layout = await OpenedLayout.open(words[0] as string);
  try {
    const images = await layout.images();
    const loaded =
      registry === undefined
        ? await intoEngine(layout, images, await ImageEngine.connect(tools.command))
        : await intoRegistry(layout, images, RegistryAddress.parse(registry).toString(), tools);
    if (json) console.log(JSON.stringify({ schema: 1, images: loaded }, null, 2));
    else for (const { name, digest } of loaded) tools.terminal.line(`${name}@${digest}`);
    return 0;
  } finally {
    layout.close();
  }
}

interface Loaded {
  readonly name: string;
  readonly digest: string;
}

/** What is wrong with any of them is said before anything is loaded. */
async function intoEngine(
  layout: OpenedLayout,
  images: readonly OpenedImage[],
  engine: ImageEngine,
): Promise<Loaded[]> {
  const runs = await engine.platform();
  const platform = Platform.parse(runs);
  const laid = await Promise.all(
    images.map(async ({ names, root, parts }) => {
      const sides = sidesOf(documentOf(root)).map((side) => side.platform);
      const own = sides.length > 0 ? sides : [await platformIn(layout, root)];
      if (!own.some((side) => platform.runs(side)))
        throw new Error(
          `${names[0] ?? root.digest} is for ${own.join(", ")}, and the engine at ${engine.endpoint} runs ${runs}: nothing was loaded`,
        );
      return { names, root, parts, side: sideIn(root, parts.manifests, platform) };
    }),
  );
  refuseMovesOf(await engine.images(), laid);
  const blob: Parameters<typeof layoutStream>[1] = ({ digest }, into) => pipeline(layout.read(digest), into());
  await engineAnswer(engine.client, await engine.client.loadImage(layoutStream(laid, blob)));
  const loaded = await engine.images();
  return laid.flatMap(({ names, root, side }) =>
    names.map((full) => {
      const name = ImageReference.parse(full).familiar;
      const is = loaded.find(({ tags }) => tags.includes(name))?.id;
      // An engine's own id is the configuration's digest, or, with containerd's store, the image's.
      if (is !== side.config && is !== root.digest)
        throw new Error(
          `${name} is ${is ?? "not there"} after the load, and neither ${side.config} nor ${root.digest}`,
        );
      return { name, digest: root.digest };
    }),
  );
}

/** An engine takes a name from one image and gives it to another without a word. */
function refuseMovesOf(here: readonly EngineImage[], laid: readonly LaidImage[]): void {
  for (const { names, side, root } of laid)
    for (const name of names.map((full) => ImageReference.parse(full)).filter(({ tag = "" }) => isFixed(tag))) {
      const is = here.find(({ tags }) => tags.includes(name.familiar))?.id;
      if (is !== undefined && is !== side.config && is !== root.digest)
        throw new Error(
          `${name.familiar} stands for ${short(is)} on this engine and would move: a version is one image for good; nothing was loaded`,
        );
    }
}

async function platformIn(layout: OpenedLayout, root: OpenedImage["root"]): Promise<Platform> {
  const { config } = documentOf(root);
  const chunks: Buffer[] = [];
  for await (const chunk of layout.read(config?.digest ?? root.digest)) chunks.push(chunk as Buffer);
  const configuration: ImageConfiguration = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const platform = platformOf(configuration);
  if (platform === "")
    throw new Error(`${root.digest} is no image: its configuration names no platform; nothing was loaded`);
  return Platform.parse(platform);
}

async function intoRegistry(
  layout: OpenedLayout,
  images: readonly OpenedImage[],
  domain: string,
  tools: Tools,
): Promise<Loaded[]> {
  const content = registryContent(tools, DockerCredentials.read());
  const wanted = images.flatMap((image) =>
    image.names.map((name) => {
      const { path, tag = "latest" } = ImageReference.parse(name);
      return { image, place: { domain, path }, tag };
    }),
  );
  await refuseMoves(content, wanted);
  for (const { image, place, tag } of wanted) {
    await tools.terminal.step(`load ${nameOf(place, tag)}`, async () => {
      await copyParts(layout, image, place, content);
      await content.putManifest(place, tag, image.root);
    });
  }
  return wanted.map(({ image, place, tag }) => ({ name: nameOf(place, tag), digest: image.root.digest }));
}

/** Before the first byte: a version that stands for something else already would have to move. */
async function refuseMoves(
  content: RegistryContent,
  wanted: readonly { readonly image: OpenedImage; readonly place: Place; readonly tag: string }[],
): Promise<void> {
  for (const { image, place, tag } of wanted) {
    const is = await content.digestOf(place, tag);
    if (is !== undefined && is !== image.root.digest && isFixed(tag))
      throw new Error(
        `${nameOf(place, tag)} stands for ${short(is)} and would move to ${short(image.root.digest)}: a version is one image for good; nothing was loaded`,
      );
  }
}

async function copyParts(
  layout: OpenedLayout,
  image: OpenedImage,
  place: Place,
  content: RegistryContent,
): Promise<void> {
  for (const blob of image.parts.blobs)
    if (!(await content.hasBlob(place, blob.digest)))
      await content.putBlob(place, blob, () => layout.read(blob.digest));
  for (const manifest of image.parts.manifests)
    if (manifest.digest !== image.root.digest) await content.putManifest(place, manifest.digest, manifest);
}
