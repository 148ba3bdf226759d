import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synth } from "../synth.ts";
import type { Arguments, Tools } from "../tools.ts";
import { declaredStage } from "./declared-dockerfile.ts";
import { type DeclaredImage, DeclaredImages } from "./declared-images.ts";
import { humanSize } from "./human-size.ts";
import { ImageSources, platformFor } from "./image-sources.ts";
import { notThere } from "./inspect-image.ts";
import { originsOf } from "./layer-origin.ts";
import { type ImageConfiguration, type ImageSide, registryImage } from "./registry-image.ts";
import { lastColumn, short, table } from "./table.ts";

/** A step of an image's history. */
export interface HistoryEntry {
  /** The layer that it made; absent where it changed the configuration alone. */
  readonly digest?: string;
  readonly size: number;
  readonly createdBy: string;
  /** The line of the Dockerfile; absent for what came with the base. */
  readonly line?: number;
  /** Paths of other declared images that have the same layer. */
  readonly sharedWith: readonly string[];
}

/** What an ignore file kept out of a build. */
interface LeftOut {
  readonly contentId: string;
  readonly directory: string;
  readonly ignoreFile: string;
  readonly leftOut: readonly {
    readonly path: string;
    readonly folder: boolean;
    readonly line?: number;
    readonly pattern?: string;
  }[];
}

/** The layers of an image, which line made each, and who else has it. */
export async function imageHistory({ words = [], json }: Arguments, tools: Tools): Promise<number> {
  const { output, contexts } = await tools.terminal.step("synthesize all stacks", () => synthWithContexts(tools));
  const sources = new ImageSources(tools, output, DeclaredImages.read(output));
  const image = sources.declared.find(words[0] as string);
  const side = await sideOf(sources, image);
  if (side === undefined) throw new Error(notThere(image));
  // What is kept there is not asked: Docker Hub counts whoever reads a manifest as a pull.
  const asked = sources.declared.all.filter(({ place }) => place.domain !== "docker.io");
  const others = asked.filter(({ name, wanted }) => name !== image.name || wanted !== image.wanted);
  const owners = await layerOwners(sources, others);
  const entries = historyOf(side, image, sources.output, owners);
  const context = contexts.find(({ contentId }) => contentId === image.contentId);
  const ignored = context?.leftOut ?? [];
  if (json) {
    const { path, name } = image;
    const own = { path, name, digest: side.digest, size: side.size, history: entries, leftOut: ignored };
    console.log(JSON.stringify({ schema: 1, image: own }, null, 2));
    return 0;
  }
  show(image, side, entries, tools);
  const { terminal } = tools;
  if (context === undefined) return 0;
  terminal.line(ignored.length === 0 ? "no ignore file kept anything out" : `kept out by ${context.ignoreFile}:`);
  for (const { path, folder, line, pattern } of ignored)
    terminal.row(`  ${path}${folder ? "/" : ""} (line ${line}: ${pattern})`, 4);
  return 0;
}

function show(image: DeclaredImage, side: ImageSide, entries: readonly HistoryEntry[], { terminal }: Tools): void {
  terminal.line(image.path);
  terminal.line(`  ${image.name}`);
  terminal.line(`  ${side.digest}`);
  const headers = ["LAYER", "SIZE", "LINE", "CREATED BY"];
  // What stands behind its instructions a builder has added.
  const first = entries.findIndex(({ line }) => line !== undefined);
  const rows = entries.map(({ digest, size, line, createdBy }, index) => [
    short(digest),
    digest === undefined ? "0B" : humanSize(size),
    line === undefined ? (index < first ? "base" : "-") : `${line}`,
    createdBy,
  ]);
  const lines = table(headers, rows);
  for (const [index, line] of lines.entries()) {
    terminal.row(line, lastColumn(lines, headers));
    const { sharedWith = [] } = entries[index - 1] ?? {};
    if (sharedWith.length > 0) terminal.row(`  shared with ${sharedWith.join(", ")}`, 4);
  }
}

function historyOf(
  { configuration, layers }: ImageSide,
  image: DeclaredImage,
  output: string,
  owners: ReadonlyMap<string, readonly string[]>,
): HistoryEntry[] {
  const history: NonNullable<ImageConfiguration["history"]> = configuration.history ?? layers.map(() => ({}));
  const stage = declaredStage(output, image);
  const origins = stage === undefined ? [] : originsOf(history, stage);
  let layer = 0;
  return history.map(({ created_by: text = "", empty_layer: empty = false }, index) => {
    const own = empty ? undefined : layers[layer++];
    const { line, source } = origins[index] ?? {};
    return {
      ...(own === undefined ? {} : { digest: own.digest }),
      size: own?.size ?? 0,
      createdBy: source ?? text.replace(/^\/bin\/sh -c #\(nop\)\s+/, "").replace(/ # buildkit$/, ""),
      ...(line === undefined ? {} : { line }),
      sharedWith: own === undefined ? [] : (owners.get(own.digest) ?? []),
    };
  });
}

/** Which declared images have which layers, by the layers' digests; what no registry has yet shares nothing. */
async function layerOwners(sources: ImageSources, others: readonly DeclaredImage[]): Promise<Map<string, string[]>> {
  const owners = new Map<string, string[]>();
  const sides = await Promise.all(others.map((other) => sideOf(sources, other).catch(() => undefined)));
  for (const [index, side] of sides.entries()) {
    for (const { digest } of side?.layers ?? [])
      owners.set(digest, [...new Set([...(owners.get(digest) ?? []), others[index]?.path as string])]);
  }
  return owners;
}

async function sideOf({ registry }: ImageSources, image: DeclaredImage): Promise<ImageSide | undefined> {
  return (await registryImage(registry, image.place, image.wanted, platformFor(image)))?.side;
}

/** Synthesizes, and lets the synth tell what ignore files kept out. */
async function synthWithContexts(tools: Tools): Promise<{ output: string; contexts: LeftOut[] }> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-contexts-"));
  try {
    const told = join(folder, "contexts");
    const output = await synth(tools, { SLIPWAY_CONTEXTS_COLLECT: told });
    const lines = existsSync(told) ? readFileSync(told, "utf8").split("\n").filter(Boolean) : [];
    return { output, contexts: lines.map((line) => JSON.parse(line) as LeftOut) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
