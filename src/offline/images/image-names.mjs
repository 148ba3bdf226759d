import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The images that a Dockerfile's FROM lines name, build arguments replaced by their defaults. */
export function imagesOfDockerfile(text) {
  const args = new Map();
  const stages = new Set(["scratch"]);
  const images = [];
  for (const line of text.replace(/\\\r?\n/g, " ").split(/\r?\n/)) {
    const arg = /^\s*ARG\s+(\w+)=["']?([^\s"']*)/i.exec(line);
    if (arg) args.set(arg[1], arg[2]);

    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line);
    if (!from) continue;
    const image = from[1].replace(
      /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
      (_, a, usual, b) => args.get(a ?? b) || usual || "",
    );
    if (image && !stages.has(image.toLowerCase())) images.push(image);
    if (from[2]) stages.add(from[2].toLowerCase());
  }
  return images;
}

/** Folders that hold no application of a project's: hidden ones, tests, what was installed or made. */
const PASSED_OVER = /^(\.|__|node_modules$|lib$|cdktf\.out$)/;
const DOCKERFILE = /^(?:.+\.)?Dockerfile(?:\..+)?(?<!\.dockerignore)$/;
const PROGRAM = /(?<!\.d)\.[cm]?[jt]s$/;
const DEPTH = 6;

/**
 * The images that the project's Dockerfiles, applications checked out elsewhere, its lockfile and its stacks name. Why by
 * the text of the stacks: they synthesize once what they name is pinned, which is what this is for. What they build from
 * outside of the project, as one that was begun beside a compose file does, has its Dockerfile there.
 */
export function imagesOfProject(root, environment) {
  const elsewhere = ["SLIPWAY_CATALOG_DIR", "SLIPWAY_FRONTEND_DIR"]
    .flatMap((name) => (environment[name] ? [join(environment[name], "Dockerfile")] : []))
    .filter((file) => existsSync(file));
  const lockfile = join(root, "slipway.lock.json");
  const programs = filesUnder(root, DEPTH, PROGRAM).map((file) => readFileSync(file, "utf8"));
  const outside = programs
    .flatMap((text) => stringsOf(text, "context"))
    .filter((context) => context.startsWith(".."))
    .map((context) => join(root, context))
    .filter((folder) => existsSync(folder));
  const dockerfiles = [root, ...outside].flatMap((folder) => filesUnder(folder, DEPTH, DOCKERFILE));
  return [
    ...[...new Set([...dockerfiles, ...elsewhere])].flatMap((file) => imagesOfDockerfile(readFileSync(file, "utf8"))),
    ...programs.flatMap((text) => stringsOf(text, "\\w*image")).filter((name) => officialImage(name) !== undefined),
    ...(existsSync(lockfile) ? Object.keys(JSON.parse(readFileSync(lockfile, "utf8")).images) : []),
  ];
}

/** The texts that stand as they are after a key. */
function stringsOf(text, key) {
  return [...text.matchAll(new RegExp(`\\b${key}:\\s*(["'\`])([^"'\`$]+)\\1`, "gi"))].map(([, , value]) => value);
}

function filesUnder(folder, depth, pattern) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && pattern.test(entry.name));
  const folders = depth > 0 ? entries.filter((entry) => entry.isDirectory() && !PASSED_OVER.test(entry.name)) : [];
  return [
    ...files.map(({ name }) => join(folder, name)),
    ...folders.flatMap(({ name }) => filesUnder(join(folder, name), depth - 1, pattern)),
  ];
}

/** An official image's repository and tag, or undefined for any other image and for one that is pinned by digest. */
export function officialImage(name) {
  const match =
    /^(?:(?:docker\.io|index\.docker\.io)\/)?(?:library\/)?([a-z0-9]+(?:[._-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?$/.exec(
      name,
    );
  return match ? { repository: match[1], tag: match[2] ?? "latest" } : undefined;
}
