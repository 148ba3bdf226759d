import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { sha256 } from "../registry-client.ts";
import type { Descriptor } from "../registry-content.ts";
import type { ExportedLayer } from "./exported-layer.ts";
import type { BlobSource, LaidImage } from "./oci-layout.ts";

/** What an engine tells of an image, as far as another one is made of it. */
interface EngineSource {
  readonly Os: string;
  readonly Architecture: string;
  readonly Variant?: string;
  /** With what only a container has, on engines before 28. */
  readonly Config: object;
}

/**
 * What an image's configuration may have, by its specification and Docker's own.
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 * @see https://github.com/moby/docker-image-spec/blob/main/spec.md
 */
const CONFIGURED = new Set([
  ...["User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal"],
  ...["ArgsEscaped", "Healthcheck", "OnBuild", "Shell"],
]);

/**
 * An image of one layer with the configuration of another, as it is. Why it is not `docker import --change`: that knows
 * neither a stop signal nor triggers, nor values of several lines.
 */
export function singleLayerImage(
  { Os: os, Architecture: architecture, Variant: variant, Config }: EngineSource,
  layer: ExportedLayer,
  { names, createdBy }: { readonly names: readonly string[]; readonly createdBy: string },
): { readonly image: LaidImage; readonly blob: BlobSource } {
  const created = new Date().toISOString();
  const configuration = document("application/vnd.oci.image.config.v1+json", {
    ...{ created, architecture, os, ...(variant ? { variant } : {}) },
    config: Object.fromEntries(Object.entries(Config).filter(([key, value]) => CONFIGURED.has(key) && value !== null)),
    rootfs: { type: "layers", diff_ids: [layer.descriptor.digest] },
    history: [{ created, created_by: createdBy }],
  });
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const { bytes, descriptor } = document(mediaType, {
    ...{ schemaVersion: 2, mediaType, config: configuration.descriptor, layers: [layer.descriptor] },
  });
  const root = { mediaType, digest: descriptor.digest, bytes };
  const blobs = [configuration.descriptor, layer.descriptor];
  return {
    image: {
      ...{ names, root, parts: { manifests: [root], blobs } },
      side: { config: configuration.descriptor.digest, layers: [layer.descriptor.digest] },
    },
    blob: ({ digest }, into) =>
      pipeline(digest === layer.descriptor.digest ? layer.read() : Readable.from([configuration.bytes]), into()),
  };
}

function document(mediaType: string, content: object): { readonly bytes: Buffer; readonly descriptor: Descriptor } {
  const bytes = Buffer.from(JSON.stringify(content));
  return { bytes, descriptor: { mediaType, digest: sha256(bytes), size: bytes.length } };
}
