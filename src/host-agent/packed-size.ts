import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { ReleaseManifest } from "./release-manifest.ts";

/**
 * How many characters `manifest` takes as a host is sent it, as base64 of gzip. Estimated where it holds references, which
 * become digests: hash text hardly compresses.
 *
 * @param repository what may stand before the name of an image that synth does not know yet
 */
export function packedSize(manifest: ReleaseManifest, repository: string): number {
  const sampled = (entry: Sampled) => withSamples(entry, repository);
  const text = JSON.stringify({
    ...manifest,
    agent: { document: `${manifest.host}-${hashText("name").slice(0, 21)}`, sha256: hashText("agent") },
    services: manifest.services.map(sampled),
    tasks: manifest.tasks?.map(sampled),
    schedules: manifest.schedules?.map(sampled),
  });
  return Math.ceil(gzipSync(text, { level: 6 }).length / 3) * 4;
}

type Sampled = { readonly name: string; readonly image: string; readonly spec?: string };

/** With what synth does not know yet as long as it will be. */
function withSamples(entry: Sampled, repository: string) {
  const { name, image, spec } = entry;
  return {
    ...entry,
    image: image.includes("${") ? `${repository}${name}@sha256:${hashText(name)}` : image,
    spec: spec?.includes("${") ? hashText(name).slice(0, 16) : spec,
  };
}

function hashText(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}
