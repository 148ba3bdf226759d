import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type * as TarStream from "tar-stream";
import type { Descriptor, RegistryManifest } from "../registry-content.ts";
import { byDigest, type ImageParts } from "./image-parts.ts";

/** An image as a layout names it. */
export interface LaidImage {
  /** Full references, `domain/path:tag`; the first is where it was. */
  readonly names: readonly string[];
  readonly root: RegistryManifest;
  readonly parts: ImageParts;
  /** The side that an engine gets which knows no layouts. */
  readonly side: { readonly config: string; readonly layers: readonly string[] };
}

/** Where the bytes of a blob come from: written whole into what it is handed, or read. */
export type BlobSource = (descriptor: Descriptor, into: () => Writable) => Promise<void>;

/** The names that containerd and Docker put on what they load. */
export const NAME_ANNOTATION = "io.containerd.image.name";
const TAG_ANNOTATION = "org.opencontainers.image.ref.name";

/**
 * Images as a tar of the OCI image layout, with Docker's own manifest.json in it, as Docker 25 and later write it: an
 * engine before takes the same file by `docker load`. The same images give the same bytes.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export async function writeLayout(file: string, images: readonly LaidImage[], blob: BlobSource): Promise<void> {
  const half = `${file}.part`;
  const { pack, written } = layoutPack((stream) => pipeline(stream, createWriteStream(half)));
  try {
    await Promise.all([written, fill(pack, images, blob)]);
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

/** The same as a stream. */
export function layoutStream(images: readonly LaidImage[], blob: BlobSource): Readable {
  const { pack } = layoutPack(async () => {});
  fill(pack, images, blob).catch((error: Error) => pack.destroy(error));
  return pack as unknown as Readable;
}

function layoutPack(write: (stream: Readable) => Promise<void>) {
  const pack = (require("tar-stream") as typeof TarStream).pack();
  return { pack, written: write(pack as unknown as Readable) };
}

async function fill(pack: TarStream.Pack, images: readonly LaidImage[], blob: BlobSource): Promise<void> {
  const text = (name: string, content: string | Buffer) =>
    new Promise<void>((resolve, reject) =>
      pack.entry({ ...header(name), size: Buffer.byteLength(content) }, content, (error) =>
        error ? reject(error) : resolve(),
      ),
    );
  try {
    await text("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" }));
    await text("index.json", JSON.stringify(indexOf(images)));
    await text("manifest.json", JSON.stringify(images.map(archived)));
    for (const { digest, bytes } of sorted(images.flatMap(({ parts }) => parts.manifests)))
      await text(blobPath(digest), bytes);
    for (const descriptor of sorted(images.flatMap(({ parts }) => parts.blobs)))
      await blob(
        descriptor,
        () => pack.entry({ ...header(blobPath(descriptor.digest)), size: descriptor.size }) as unknown as Writable,
      );
    pack.finalize();
  } catch (error) {
    pack.destroy(error as Error);
    throw error;
  }
}

function header(name: string) {
  return { name, mode: 0o644, mtime: new Date(0) };
}

export function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function indexOf(images: readonly LaidImage[]) {
  const manifests = images.flatMap(({ names, root: { mediaType, digest, bytes } }) =>
    names.map((name) => ({
      ...{ mediaType, digest, size: bytes.length },
      annotations: { [NAME_ANNOTATION]: name, [TAG_ANNOTATION]: name.split(":").at(-1) as string },
    })),
  );
  return { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
}

/** @see https://github.com/moby/docker-image-spec/blob/main/spec.md#combined-image-json--filesystem-changeset-format */
function archived({ names, side }: LaidImage) {
  const { config, layers } = side;
  return { Config: blobPath(config), RepoTags: names, Layers: layers.map(blobPath) };
}

function sorted<T extends { readonly digest: string }>(items: readonly T[]): T[] {
  return byDigest(items).sort((a, b) => (a.digest < b.digest ? -1 : 1));
}
