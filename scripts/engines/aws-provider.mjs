// @ts-check
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { outputTail } from "../../src/cli/command.mjs";
import { configurationText, PLATFORM, pathsIn } from "../../src/offline/provider-mirror.mjs";
import { builtOnce } from "../../src/rehearsal/engine/built-once.mjs";
import { goBuild } from "../../src/rehearsal/engine/go-program.mjs";

const MODULE = "github.com/hashicorp/terraform-provider-aws";
/** Its release tags cannot be had from the Go module proxy; this state of the main branch calls itself 6.47.1. */
const REVISION = "v1.60.1-0.20260602190131-5f2286d6d836";
const SUM = "h1:haLmsj0WF7e6d2TGbk0fbz5qWdA9f8w9sNpMe6J6WqM=";
const VERSION = "6.47.1";
const SOURCE = "registry.terraform.io/hashicorp/aws";

/**
 * Builds Amazon's provider from source through the Go module proxy, once, as a filesystem mirror of Terraform's: what
 * SLIPWAY_PROVIDER_MIRROR may name.
 *
 * @param {import("../../src/rehearsal/engine/go-program.mjs").Kit} kit
 * @returns {Promise<string>} the mirror's folder
 */
export async function buildAwsProvider({ cacheDir, run, log }) {
  const title = `hashicorp/aws ${VERSION}`;
  const mirror = join(cacheDir, "built-mirrors", `aws-${VERSION}`);
  await builtOnce(mirror, title, log, async (work) => {
    log(
      `building ${title} through the Go module proxy, once: half an hour on two processors, 7 GB of Go's build cache`,
    );
    const downloaded = await run("go", ["mod", "download", "-json", `${MODULE}@${REVISION}`], { cwd: work });
    if (downloaded.code !== 0) throw new Error(`downloading ${title} failed\n${outputTail(downloaded)}`);
    const { Dir: folder, Sum: sum } = JSON.parse(downloaded.stdout);
    if (sum !== SUM) throw new Error(`${MODULE}@${REVISION} must have the sum ${SUM}, got ${sum}`);
    // Go's own copy is read-only, and as a requirement of another module it would not be the main one, with its go.sum.
    const source = join(work, "source");
    cpSync(folder, source, { recursive: true });
    makeWritable(source);
    const place = join(work, SOURCE, VERSION, PLATFORM);
    mkdirSync(place, { recursive: true });
    const output = join(place, `terraform-provider-aws_v${VERSION}`);
    await goBuild(run, title, source, "0", ["-p", "2", "-ldflags", "-s -w", "-o", output, "."]);
    rmSync(source, { recursive: true });
  });
  return mirror;
}

/**
 * Terraform's configuration with which Amazon's provider comes from that mirror and from nowhere else, and every other as
 * before. Beside the common one, because other runs on this machine read that.
 *
 * @param {string} mirror
 * @param {string} file where it is written
 */
export function configureAwsProvider(mirror, file) {
  const own = `  filesystem_mirror {\n    path    = ${JSON.stringify(mirror)}\n    include = ["${SOURCE}"]\n  }\n`;
  const others = pathsIn(configurationText()).map(
    (path) => `  filesystem_mirror {\n    path    = ${JSON.stringify(path)}\n    exclude = ["${SOURCE}"]\n  }\n`,
  );
  const rest = others.length > 0 ? others.join("") : `  direct {\n    exclude = ["${SOURCE}"]\n  }\n`;
  writeFileSync(file, `provider_installation {\n${own}${rest}}\n`);
}

/** Folders of Go's module cache are read-only, and so are their copies. @param {string} folder */
function makeWritable(folder) {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) makeWritable(join(folder, entry.name));
}
