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
const DEPTH = 6;

/** The images that the project's Dockerfiles, applications checked out elsewhere and its lockfile name. */
export function imagesOfProject(root, environment) {
  const elsewhere = ["SLIPWAY_CATALOG_DIR", "SLIPWAY_FRONTEND_DIR"]
    .flatMap((name) => (environment[name] ? [join(environment[name], "Dockerfile")] : []))
    .filter((file) => existsSync(file));
  const lockfile = join(root, "slipway.lock.json");
  return [
    ...[...dockerfilesUnder(root, DEPTH), ...elsewhere].flatMap((file) =>
      imagesOfDockerfile(readFileSync(file, "utf8")),
    ),
    ...(existsSync(lockfile) ? Object.keys(JSON.parse(readFileSync(lockfile, "utf8")).images) : []),
  ];
}

function dockerfilesUnder(folder, depth) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && DOCKERFILE.test(entry.name));
  const folders = depth > 0 ? entries.filter((entry) => entry.isDirectory() && !PASSED_OVER.test(entry.name)) : [];
  return [
    ...files.map(({ name }) => join(folder, name)),
    ...folders.flatMap(({ name }) => dockerfilesUnder(join(folder, name), depth - 1)),
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
