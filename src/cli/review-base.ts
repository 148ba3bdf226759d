import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { DESCRIPTION_FILE, PREVIOUS_DESCRIPTION_FILE } from "../terraform/stack-description.ts";
import { DeployedDescription } from "./deployed-description.ts";
import { synth } from "./synth.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Tools } from "./tools.ts";

/** What a review compares with. */
export interface Base {
  /** For people, e.g. `main` or `the synth before`. */
  readonly name: string;
  /** What a synth wrote of the stack; absent where there is nothing to compare with. */
  readonly description?: string;
  /** The stack's folder of that synth, with the contexts that it staged. */
  readonly folder?: string;
  /** Why there is nothing, where there should be. */
  readonly note?: string;
}

/** What an app's earlier synth left of a stack in `folder`: an output folder, or the stack's own. */
export function baseInFolder(folder: string, stack: string): Base {
  const found = [join(folder, "stacks", stack), folder].find((each) => existsSync(join(each, DESCRIPTION_FILE)));
  if (found === undefined) {
    const note = `${folder} has no ${DESCRIPTION_FILE} of ${stack}, so this is a review against nothing: synthesize there by this release of Slipway`;
    return { name: folder, note };
  }
  return { name: folder, folder: found, description: readFileSync(join(found, DESCRIPTION_FILE), "utf8") };
}

/**
 * The synth before the one that was just made in the stack's `folder`: the last one that said something else. Why not
 * simply the last one: a second review of the same change would compare it with itself.
 *
 * @param before what was there before the synth that was just made
 */
export function previousBase(folder: string, before: string | undefined): Base {
  const previous = join(folder, PREVIOUS_DESCRIPTION_FILE);
  const name = "the synth before";
  if (existsSync(previous)) return { name, folder, description: readFileSync(previous, "utf8") };
  if (before !== undefined) return { name, folder, description: before };
  return { name, note: "No earlier synth is here, so this is a review against nothing." };
}

/** What synths before left of each stack below an app's output folder, by its name. */
export function describedBefore(output: string): ReadonlyMap<string, string> {
  const stacks = join(output, "stacks");
  const names = existsSync(stacks) ? readdirSync(stacks) : [];
  const described = names.filter((name) => existsSync(join(stacks, name, DESCRIPTION_FILE)));
  return new Map(described.map((name) => [name, readFileSync(join(stacks, name, DESCRIPTION_FILE), "utf8")]));
}

/** What is deployed of a stack. */
export function deployedBase(stack: SynthesizedStack): Base {
  const { description, note } = new DeployedDescription(stack).read();
  const name = "what is deployed";
  if (description !== undefined) return { name, folder: stack.folder, description: JSON.stringify(description), note };
  const why = note ?? `${stack.name} is not deployed from here`;
  return { name, note: `${why}, so this is a review against nothing` };
}

/**
 * Synthesizes the stack of a git revision in a work tree of its own, by the packages that are installed here, and lets
 * `use` read it there.
 *
 * @throws for a revision that git does not know
 */
export async function withRevision<T>(
  revision: string,
  stack: string,
  tools: Tools,
  use: (base: Base) => Promise<T> | T,
): Promise<T> {
  const { project, command } = tools;
  const git = async (...args: readonly string[]) => {
    const result = await command.run("git", ["-C", project.root, ...args]);
    return result.code === 0 ? result.stdout.trim() : undefined;
  };
  const commit = await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  const top = await git("rev-parse", "--show-toplevel");
  if (commit === undefined || commit === "" || top === undefined)
    throw new Error(`--base must be a folder or a revision that git knows here, got ${JSON.stringify(revision)}`);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway-base-")));
  const tree = join(folder, "tree");
  try {
    if ((await git("worktree", "add", "--detach", "--quiet", tree, commit)) === undefined)
      throw new Error(`git makes no work tree of ${revision} in ${tree}: try it by hand`);
    const root = join(tree, relative(realpathSync(top), realpathSync(project.root)));
    return await use(await synthesized(root, { revision, stack, tools }));
  } finally {
    await git("worktree", "remove", "--force", tree);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function synthesized(
  root: string,
  { revision, stack, tools }: { revision: string; stack: string; tools: Tools },
): Promise<Base> {
  const packages = join(tools.project.root, "node_modules");
  if (existsSync(packages) && !existsSync(join(root, "node_modules")))
    symlinkSync(packages, join(root, "node_modules"));
  try {
    const output = await synth(
      { ...tools, project: { ...tools.project, root } },
      { SLIPWAY_STACK: stack, CDKTF_OUTDIR: join(root, tools.project.output) },
    );
    const found = baseInFolder(output, stack);
    if (found.description !== undefined) return { ...found, name: revision };
    return {
      name: revision,
      note: `${revision} has no stack ${stack} that says what it is, so this is a review against nothing.`,
    };
  } catch (error) {
    const [first = "", next = ""] = `${error instanceof Error ? error.message : error}`.split("\n").slice(1);
    const why = first.endsWith(":") ? `${first} ${next.trim()}` : first;
    return {
      name: revision,
      note: `${revision} does not synthesize, so this is a review against nothing: ${why.replaceAll(root, ".")}`,
    };
  }
}

/** Whether `--base` names a folder. */
export function isFolder(path: string): boolean {
  const found = resolve(path);
  return existsSync(found) && statSync(found).isDirectory();
}
