import type { Arguments, Tools } from "../tools.ts";
import { type DeclaredImage, DeclaredImages } from "./declared-images.ts";
import { type Field, formatRows } from "./go-format.ts";
import { createdAt, humanAge } from "./human-age.ts";
import { humanSize } from "./human-size.ts";
import { runsOnEngine, runsOnHosts } from "./image-runs.ts";
import { ImageSources, platformFor } from "./image-sources.ts";
import { type ImageState, imageState } from "./image-state.ts";
import { registryImage } from "./registry-image.ts";
import { short, table } from "./table.ts";
import { tagText } from "./tag-order.ts";
import { type UndeclaredImage, undeclaredImages } from "./undeclared-images.ts";

/** Docker's own names of the columns of `docker images`. */
export const IMAGE_FIELDS: Readonly<Record<string, Field<ImageState>>> = {
  Repository: { header: "REPOSITORY", of: ({ name }) => name },
  Tag: { header: "TAG", of: ({ version, tags }) => version ?? tags[0] ?? "<none>" },
  ID: { header: "IMAGE ID", of: ({ id }) => (id === undefined ? "<none>" : short(id)) },
  Digest: { header: "DIGEST", of: ({ digest = "<none>" }) => digest },
  CreatedSince: { header: "CREATED", of: ({ created }) => humanAge(created, Date.now()) },
  CreatedAt: { header: "CREATED AT", of: ({ created }) => createdAt(created) },
  Size: { header: "SIZE", of: ({ size }) => (size === undefined ? "N/A" : humanSize(size)) },
};

const HEADERS = ["IMAGE", "VERSION", "DIGEST", "SIZE", "CREATED"];
const WIDEST_NAME = 30;

/** Every declared image, and where it is. */
export async function listImages(asked: Arguments, tools: Tools): Promise<number> {
  if (asked.format !== undefined) formatRows(asked.format, IMAGE_FIELDS, []);
  const sources = await ImageSources.open(tools, asked.operand);
  const { states, notes } = await imageStates(sources);
  if (asked.format !== undefined) {
    for (const line of formatRows(asked.format, IMAGE_FIELDS, states)) console.log(line);
    return 0;
  }
  const { declared, registry } = sources;
  const everywhere = DeclaredImages.read(sources.output).all;
  const undeclared = await undeclaredImages(registry, declared.all, everywhere).catch((error: Error) => {
    notes.push(`what else the registries keep is not known: ${error.message}`);
    return [];
  });
  if (asked.json) console.log(JSON.stringify({ schema: 1, images: states, undeclared, notes }, null, 2));
  else show(states, undeclared, notes, tools);
  return 0;
}

/** Asks registries, engine and hosts, all at once; what does not answer is a note. */
export async function imageStates(sources: ImageSources): Promise<{ states: ImageState[]; notes: string[] }> {
  const { declared, output, tools } = sources;
  const stacks = [...new Set(declared.all.map(({ stack }) => stack))];
  const ofEngine = sources.engine().then(
    async (engine) => ({ images: await engine.images(), containers: await engine.containers(), notes: [] }),
    (error: Error) => ({ images: [], containers: [], notes: [`what is here is not known: ${error.message}`] }),
  );
  const [engine, hosts, registries] = await Promise.all([
    ofEngine,
    runsOnHosts(output, stacks, tools),
    Promise.all(declared.all.map((image) => inRegistry(sources, image))),
  ]);
  const { images } = engine;
  const runs = [...runsOnEngine(engine.containers, images), ...hosts.runs];
  const states = declared.all.map((image, index) => imageState(image, { ...registries[index], images, runs }));
  const unknown = declared.unknown.map((path) => `${path} is not shown: Terraform alone knows its repository`);
  return { states, notes: [...engine.notes, ...hosts.notes, ...unknown] };
}

async function inRegistry({ registry }: ImageSources, image: DeclaredImage) {
  try {
    // Of an image of others its digest alone: Docker Hub counts whoever reads more as a pull.
    if (image.kind === "pulled") return { registryDigest: await registry.digestOf(image.place, image.wanted) };
    return { registry: await registryImage(registry, image.place, image.wanted, platformFor(image)) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

function show(
  states: readonly ImageState[],
  undeclared: readonly UndeclaredImage[],
  notes: readonly string[],
  { terminal }: Tools,
): void {
  if (states.length === 0) terminal.line("no stack here declares an image");
  const rows = states.map(({ name, version = "-", digest, size, created }) => [
    name.length > WIDEST_NAME ? `…${name.slice(1 - WIDEST_NAME)}` : name,
    version,
    short(digest),
    size === undefined ? "-" : humanSize(size),
    created === undefined ? "-" : humanAge(created, Date.now()),
  ]);
  const [head = "", ...lines] = table(HEADERS, rows);
  if (states.length > 0) terminal.line(head);
  for (const [index, state] of states.entries()) {
    terminal.line(lines[index] ?? "");
    terminal.row(`  ${where(state)}`, 4);
    for (const difference of state.differences) terminal.warn(`differs: ${difference}`);
    if (state.problem !== undefined) terminal.warn(`the registry does not say: ${state.problem}`);
  }
  if (undeclared.length > 0) terminal.line("\nin a registry, and no longer declared:");
  const others = undeclared.map(({ name, digest, tags }) => [name, short(digest), tags.map(tagText).join(", ")]);
  for (const line of others.length === 0 ? [] : table(["IMAGE", "DIGEST", "TAGS"], others)) terminal.line(line);
  for (const note of notes) terminal.warn(note);
}

function where({ path, kind, contentId, registry, engine, runs }: ImageState): string {
  return [
    path,
    ...(contentId === undefined ? [] : [`content ${short(contentId)}`]),
    ...(engine ? [kind === "built" ? "built here" : "here"] : []),
    ...(registry === "there" ? ["in the registry"] : registry === "missing" ? ["NOT in the registry"] : []),
    runs.length === 0 ? "not running" : `runs as ${runs.join(", ")}`,
  ].join("; ");
}
