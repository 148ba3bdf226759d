import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { containersOf } from "../review/declared-lists.ts";
import { type Model, type ModelHost, readModel } from "../review/model.ts";
import { DESCRIPTION_FILE } from "../terraform/stack-description.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Command } from "./tools.ts";

const MEBIBYTE = 1024 ** 2;
/** The live one and the one that comes: of older ones a host removes the images where its disk gets full. */
const AT_ONCE = 2;
/** What an engine with containerd's image store takes more, which keeps layers compressed, too. */
const UNPACKED = 4 / 3;

/**
 * Hosts whose disks may not hold the images of two releases, a line each with the remedy. Why by what this engine has of
 * an image's repository, this content or the one before: how large an image is nobody knows before it is built. What the
 * engine does not have is left out, and layers that two images share count twice.
 */
export async function imageRoomWarnings(
  { folder }: Pick<SynthesizedStack, "folder">,
  { command }: { readonly command: Command },
): Promise<string[]> {
  const file = join(folder, DESCRIPTION_FILE);
  if (!existsSync(file)) return [];
  const model = readModel(JSON.parse(readFileSync(file, "utf8")));
  const warnings = model.hosts.map(async (host) => {
    if (!host.fit) return [];
    const sizes = await Promise.all(
      imagesOf(host, model).map(({ path, repository }) => sizeOf(path, repository, command)),
    );
    return warning(
      host,
      sizes.filter(({ mib }) => mib > 0),
    );
  });
  return (await Promise.all(warnings)).flat();
}

interface Size {
  readonly path: string;
  readonly mib: number;
}

function warning({ path, fit }: ModelHost, sizes: readonly Size[]): string[] {
  const left = fit?.disk.leftMiB ?? 0;
  const needed = AT_ONCE * sizes.reduce((sum, { mib }) => sum + mib, 0);
  if (needed <= left) return [];
  const more = Math.ceil((needed - left) / 1024);
  const list = sizes.map((size) => `${size.path} ${size.mib}`).join(", ");
  return [
    `${path}: volumeGiB: the images of the live release and the one that comes take up to ${needed} MiB, and its disk has ${left} for images: add ${more} at least, or make them smaller (${list}, as this engine has them, unpacked and compressed)`,
  ];
}

function imagesOf(host: ModelHost, { images }: Model) {
  const used = new Set(containersOf(host.release).map(({ image }) => image));
  return images.filter(({ path }) => used.has(path));
}

/** Of the newest that the engine has of the repository; 0 where it has none. */
async function sizeOf(path: string, repository: string, { run }: Command): Promise<Size> {
  const ask = async (...words: string[]) => {
    const { code, stdout } = await run("docker", ["image", ...words], { timeout: 20_000 });
    return code === 0 ? (stdout.split("\n")[0] as string).trim() : "";
  };
  const id = await ask("ls", "--format", "{{.ID}}", repository);
  const bytes = id === "" ? 0 : Number(await ask("inspect", "--format", "{{.Size}}", id));
  return { path, mib: Number.isFinite(bytes) ? Math.ceil((bytes * UNPACKED) / MEBIBYTE) : 0 };
}
