import type { Descriptor, RegistryManifest } from "../registry-content.ts";
import { documentOf } from "./registry-image.ts";

/** Everything that an image is made of. */
export interface ImageParts {
  /** The image's own last: a registry takes an index only when it has what that names. */
  readonly manifests: readonly RegistryManifest[];
  /** Configurations and layers, each once. */
  readonly blobs: readonly Descriptor[];
}

/** Walks from a manifest, or an index, to all that it names. @param read answers a manifest by its digest */
export async function imageParts(
  root: RegistryManifest,
  read: (digest: string) => Promise<RegistryManifest>,
): Promise<ImageParts> {
  const { manifests = [], config, layers = [] } = documentOf(root);
  const children = await Promise.all(manifests.map(async ({ digest }) => imageParts(await read(digest), read)));
  const blobs = [...children.flatMap((each) => each.blobs), ...(config ? [config] : []), ...layers];
  return {
    manifests: byDigest([...children.flatMap((each) => each.manifests), root]),
    blobs: byDigest(blobs.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }))),
  };
}

/** Each digest once. */
export function byDigest<T extends { readonly digest: string }>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [item.digest, item])).values()];
}
