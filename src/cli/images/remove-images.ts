import { CONTENT_LABEL, STACK_LABEL } from "../../values/engine-label.ts";
import { stackNames } from "../stack-names.ts";
import type { Arguments, Tools } from "../tools.ts";
import { humanSize } from "./human-size.ts";
import type { EngineContainer, EngineImage, ImageEngine } from "./image-engine.ts";
import { imageHolders } from "./image-holders.ts";
import { ImageSources } from "./image-sources.ts";
import { short } from "./table.ts";

/** The newest of a repository that stay, whatever is declared: what a revert builds upon is among them. */
const KEPT = 3;

/** Removes a declared image from this engine, which nothing runs. */
export async function removeImage(asked: Arguments, tools: Tools): Promise<number> {
  const sources = await ImageSources.open(tools);
  const image = sources.declared.find(asked.words?.[0] as string);
  const engine = await sources.engine();
  const [images, containers] = [await engine.images(), await engine.containers()];
  const own = images.filter(
    ({ labels, tags, digests }) =>
      (image.contentId !== undefined && labels[CONTENT_LABEL] === image.contentId) ||
      tags.some((tag) => image.tags.some((each) => tag === `${image.name}:${each}`)) ||
      digests.includes(`${image.name}@${image.wanted}`),
  );
  if (own.length === 0) throw new Error(`this engine does not have ${image.path}, ${image.name}`);
  const deployed = imageHolders(sources.output).find(
    ({ by, run }) =>
      by.startsWith("what is deployed") && [image.contentId, image.wanted].some((each) => run.has(each ?? "")),
  );
  const why = own.flatMap((each) => usedBy(each, containers));
  if (why.length === 0 && deployed !== undefined) why.push(`${deployed.by}, and a service runs it`);
  if (why.length > 0) {
    tools.terminal.fail(`${image.path} stays: ${why.join("; ")}: deploy without it, or take the stack down`);
    return 1;
  }
  return remove(own, engine, asked, tools);
}

/** Removes from this engine what stacks built and no longer declare, which nothing runs, and no last release names. */
export async function pruneImages(asked: Arguments, tools: Tools): Promise<number> {
  const [stack] = asked.words ?? [];
  const sources = await ImageSources.open(tools, stack);
  const engine = await sources.engine();
  const [images, containers] = [await engine.images(), await engine.containers()];
  const stacks = stack === undefined ? stackNames(sources.output) : [stack];
  const ours = images.filter(
    ({ labels }) => stacks.includes(labels[STACK_LABEL] ?? "") && labels[CONTENT_LABEL] !== undefined,
  );
  const held = imageHolders(sources.output);
  const newest = newestOf(
    ours,
    new Map(await Promise.all(ours.map(async ({ id }) => [id, await engine.createdAt(id)] as const))),
  );
  const gone = ours.filter((image) => {
    const names = [image.labels[CONTENT_LABEL] ?? "", ...image.digests.map((digest) => digest.split("@").at(-1) ?? "")];
    return (
      usedBy(image, containers).length === 0 &&
      !held.some((each) => names.some((name) => each.names.has(name))) &&
      !newest.has(image.id)
    );
  });
  if (gone.length === 0) {
    tools.terminal.line(
      `nothing to remove: ${ours.length} images of ${stacks.join(", ")} are declared, in use or among the newest ${KEPT}`,
    );
    return 0;
  }
  return remove(gone, engine, asked, tools);
}

/** By its id or a name: an engine may know a container's image by the side of it that runs. */
function usedBy({ id, tags, digests }: EngineImage, containers: readonly EngineContainer[]): string[] {
  return containers
    .filter(({ imageId, image }) => imageId === id || [...tags, ...digests].includes(image))
    .map(({ name, state }) => `the container ${name} has it (${state})`);
}

/** The newest of each repository, by the times at which they were made. */
function newestOf(images: readonly EngineImage[], times: ReadonlyMap<string, number>): Set<string> {
  const timeOf = ({ id }: EngineImage) => times.get(id) ?? 0;
  const repositories = new Map<string, EngineImage[]>();
  for (const image of images)
    for (const name of new Set(image.tags.map((tag) => tag.replace(/:[^:/]+$/, ""))))
      repositories.set(name, [...(repositories.get(name) ?? []), image]);
  const newest = [...repositories.values()].flatMap((own) => own.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, KEPT));
  return new Set(newest.map(({ id }) => id));
}

/** Says what goes, asks, and lets it go: each name first, so that a layer that others have stays. */
async function remove(
  images: readonly EngineImage[],
  engine: ImageEngine,
  { dryRun, autoApprove }: Arguments,
  { terminal }: Tools,
): Promise<number> {
  for (const { id, tags, digests, size } of images)
    terminal.line(`${tags[0] ?? digests[0] ?? id}, ${short(id)}, ${humanSize(size)}${dryRun ? " would go" : ""}`);
  if (dryRun) return 0;
  if (!autoApprove && !(await terminal.confirm(`Remove ${images.length} from the engine?`))) {
    terminal.fail(
      terminal.interactive
        ? "nothing was removed"
        : "nothing was removed, for nobody can be asked here: add --auto-approve",
    );
    return 1;
  }
  for (const image of images) await removeOne(image, engine);
  terminal.line(`removed ${images.length}`);
  return 0;
}

/** The names first, so that what others have stays; then what an engine keeps of it without one. */
async function removeOne({ id, tags, digests }: EngineImage, engine: ImageEngine): Promise<void> {
  for (const name of tags.length > 0 ? tags : digests) await engine.client.getImage(name).remove();
  const left = (await engine.images()).find((each) => each.id === id);
  for (const name of left === undefined ? [] : [...left.tags, ...left.digests]) {
    await engine.client.getImage(name).remove();
  }
  if (tags.length === 0 && digests.length === 0) await engine.client.getImage(id).remove();
}
