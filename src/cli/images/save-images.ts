import { statSync } from "node:fs";
import { nameOf, type RegistryManifest } from "../registry-content.ts";
import type { Arguments, Tools } from "../tools.ts";
import type { DeclaredImage } from "./declared-images.ts";
import { humanSize } from "./human-size.ts";
import { imageParts } from "./image-parts.ts";
import { ImageSources, platformFor } from "./image-sources.ts";
import { notThere } from "./inspect-image.ts";
import { type LaidImage, writeLayout } from "./oci-layout.ts";
import { documentOf, sidesOf } from "./registry-image.ts";

/** Writes declared images from their registries into a file, by digest, as they are. */
export async function saveImages(
  { words: [typed = "", file = ""] = [], json }: Arguments,
  tools: Tools,
): Promise<number> {
  const sources = await ImageSources.open(tools);
  const images = uniqueImages(sources.declared.several(typed));
  if (images.length === 0) throw new Error(`stack ${typed} declares no image`);
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new Error(`file must be none that is a folder, got ${file}`);
  const laid = await Promise.all(images.map((image) => laidImage(sources, image)));
  const origins = new Map(
    laid.flatMap(({ parts }, index) => parts.blobs.map(({ digest }) => [digest, images[index] as DeclaredImage])),
  );
  await tools.terminal.step(`save ${laid.length} images`, () =>
    writeLayout(file, laid, (blob, into) =>
      sources.registry.blobInto((origins.get(blob.digest) as DeclaredImage).place, blob, into),
    ),
  );
  const saved = laid.map(({ names, root }) => ({ digest: root.digest, names }));
  const { size } = statSync(file);
  if (json) {
    console.log(JSON.stringify({ schema: 1, file, size, images: saved }, null, 2));
    return 0;
  }
  for (const { digest, names } of saved) tools.terminal.line(`${names[0]}@${digest}`);
  tools.terminal.line(`${file} has ${saved.length} images, ${humanSize(size)}`);
  return 0;
}

async function laidImage({ registry }: ImageSources, image: DeclaredImage): Promise<LaidImage> {
  const { place, wanted } = image;
  const root = await registry.manifest(place, wanted);
  if (root === undefined) throw new Error(notThere(image));
  const read = async (digest: string) => {
    const found = await registry.manifest(place, digest);
    if (found === undefined) throw new Error(`${nameOf(place, digest)} is not there, which ${root.digest} names`);
    return found;
  };
  const names = (image.tags.length > 0 ? image.tags : [wanted.replace(/^sha256:/, "sha256-")]).map((tag) =>
    nameOf(place, tag),
  );
  const parts = await imageParts(root, read);
  return { names, root, parts, side: sideIn(root, parts.manifests, platformFor(image)) };
}

/** The side of an image that a machine of `platform` runs; of one that has none such, the first. */
export function sideIn(
  root: RegistryManifest,
  manifests: readonly RegistryManifest[],
  platform: ReturnType<typeof platformFor>,
): LaidImage["side"] {
  const sides = sidesOf(documentOf(root));
  const chosen = sides.find((side) => platform.runs(side.platform)) ?? sides[0];
  const own =
    chosen === undefined ? root : (manifests.find(({ digest }) => digest === chosen.digest) as RegistryManifest);
  const { config, layers = [] } = documentOf(own);
  if (config === undefined) throw new Error(`${own.digest} is no image: it has no configuration`);
  return { config: config.digest, layers: layers.map(({ digest }) => digest) };
}

/** What several constructs declare alike is one image. */
function uniqueImages(images: readonly DeclaredImage[]): DeclaredImage[] {
  return [...new Map(images.map((image) => [`${image.name} ${image.wanted}`, image])).values()];
}
