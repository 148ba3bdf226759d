/**
 * Base images where no image registry can be reached: makes stand-ins for the published ones from Debian packages, keeps
 * them in a local registry, and serves them under the names that Dockerfiles use to an engine that was started with
 * `--registry-mirror http://127.0.0.1:5055`.
 *
 * By hand, as root, in a project's folder: node src/offline/images.mjs [python:3.9-slim ...]
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ImageBuilder } from "./images/image-builder.mjs";
import { imagesOfProject, officialImage } from "./images/image-names.mjs";
import { withLock } from "./images/lock.mjs";
import { Mirror } from "./images/mirror.mjs";
import { startMirror } from "./images/mirror-process.mjs";
import { runCommand } from "./images/run-command.mjs";
import { standInPins } from "./images/stand-in-pins.mjs";
import { STAND_INS } from "./images/stand-ins.mjs";

/**
 * Makes what is missing, starts the mirror if need be, and writes a lockfile with the stand-ins' digests.
 *
 * @param options.root the project, whose Dockerfiles and lockfile name images
 * @param options.cacheDir where everything slow is kept: $XDG_CACHE_HOME/slipway by default
 * @param options.log takes one line of progress
 * @param options.run `(command, args, { env, cwd }) => Promise<stdout>`, rejects when the command fails
 * @param options.names further images to serve, such as `python:3.9-slim`
 * @param options.port where the mirror listens
 * @param options.verbose whether to list the stand-ins where none was made
 * @returns {Promise<{ mirror: string, lockfile: string, stop: string | undefined }>} the engine's mirror, the lockfile's path, and the command that stops the mirror
 */
export async function standInImages({
  root = process.cwd(),
  cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "slipway"),
  log = console.log,
  run = runCommand,
  names = [],
  port = 5055,
  verbose = true,
} = {}) {
  const folder = join(cacheDir, "images");
  mkdirSync(folder, { recursive: true });
  const mirror = new Mirror(`127.0.0.1:${port}`);
  const lockfile = standInPins(cacheDir);

  return withLock(join(folder, "lock"), log, async () => {
    // What other projects of this machine are pinned to stays: they may be at work with this very file.
    const { tags, unknown } = wantedTags([...imagesOfProject(root, process.env), ...names, ...pinnedIn(lockfile)]);
    const stop = await startMirror(mirror, { folder, log });
    const builder = new ImageBuilder({ mirror, folder, run, log });
    const missing = [];
    for (const repository of tags.keys()) {
      if ((await mirror.digest(repository, builder.tag(repository))) === undefined) missing.push(repository);
    }
    if (missing.length > 0) await builder.make(missing);

    const images = {};
    for (const [repository, wanted] of tags) {
      await mirror.tag(repository, builder.tag(repository), wanted);
      const digest = await mirror.digest(repository, builder.tag(repository));
      for (const tag of [...wanted].sort()) images[`docker.io/library/${repository}:${tag}`] = digest;
    }
    writeFileSync(`${lockfile}.new`, `${JSON.stringify({ version: 1, images }, null, 2)}\n`);
    renameSync(`${lockfile}.new`, lockfile);

    for (const line of standInLines({ tags, unknown, listed: verbose || missing.length > 0 })) log(line);
    log(`served at ${mirror.url}`);
    return { mirror: mirror.url, lockfile, stop };
  });
}

/**
 * What is said of the stand-ins: all of them where one is new or somebody wants to know, a line otherwise; what nothing
 * stands in for, always.
 */
export function standInLines({ tags, unknown, listed }) {
  const what = "base images are stand-ins, not the published ones";
  return [
    ...(listed
      ? [
          `${what}:`,
          ...STAND_INS.map(
            ({ repository, description }) =>
              `  ${repository}: ${description} (${[...tags.get(repository)].join(", ")})`,
          ),
        ]
      : [`${what}: ${STAND_INS.length} of them, --verbose lists them`]),
    ...[...unknown].map((name) => `  nothing stands in for ${name}`),
  ];
}

/** The images that a lockfile names. */
function pinnedIn(lockfile) {
  return existsSync(lockfile) ? Object.keys(JSON.parse(readFileSync(lockfile, "utf8")).images ?? {}) : [];
}

/** The tags to serve by repository, and the names that nothing here stands in for. */
function wantedTags(names) {
  const tags = new Map(STAND_INS.map((standIn) => [standIn.repository, new Set(standIn.tags)]));
  const unknown = new Set();
  for (const name of names) {
    const image = officialImage(name);
    if (image && tags.has(image.repository)) tags.get(image.repository).add(image.tag);
    else unknown.add(name.replace(/^docker\.io\//, ""));
  }
  return { tags, unknown };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  standInImages({ names: process.argv.slice(2) }).then(
    ({ lockfile, stop }) => {
      console.log(`their digests: ${lockfile}`);
      if (stop) console.log(`stop the mirror with: ${stop}`);
    },
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}
