import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { HostKind } from "../../compose/read-service.ts";
import type { ImageSource, Translation } from "../../compose/translated-service.ts";
import { plainText } from "../../compose/variable-text.ts";
import { lockKey } from "../../docker/lockfile.ts";
import { DEFAULT_REGISTRY_IMAGE } from "../../docker/registry-image.ts";
import { Dockerfile } from "../../dockerfile/dockerfile.ts";
import { readReference } from "../../dockerfile/image-config.ts";
import { DEFAULT_NGINX_IMAGE } from "../../hosts/local/local-host-props.ts";

/** The tags that a project's stack asks for, base images included, fully named as the lockfile has them. */
export function imageReferences({ services }: Translation, host: HostKind, directory: string): string[] {
  const isBuilt = services.some(({ image }) => image.kind !== "pulled");
  const own = host === "local" ? [DEFAULT_NGINX_IMAGE, ...(isBuilt ? [DEFAULT_REGISTRY_IMAGE] : [])] : [];
  const names = [...own, ...services.flatMap(({ image }) => namesOf(image, directory))];
  const keys = names.flatMap((name) => {
    const reference = readReference(name);
    return reference === undefined || reference.digest !== undefined ? [] : [lockKey(reference)];
  });
  return [...new Set(keys)].sort();
}

function namesOf(image: ImageSource, directory: string): string[] {
  if (image.kind !== "built") return [plainText(image.image)];
  const path = join(resolve(directory, image.context), image.dockerfile ?? "Dockerfile");
  const text = image.inline ?? (existsSync(path) ? readFileSync(path, "utf8") : "");
  try {
    const buildArgs = Object.fromEntries(Object.entries(image.args).map(([name, value]) => [name, plainText(value)]));
    return Dockerfile.parse(text, { buildArgs }).images.flatMap(({ name }) => name ?? []);
  } catch {
    return []; // the synth says what is wrong with it
  }
}
