/**
 * One program out of a Debian package, of any processor's, without installing the package.
 *
 * node debian-program.mjs SUITE ARCHITECTURE PACKAGE PATH FOLDER    puts it into FOLDER under its own name
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { mmdebstrap } from "../../offline/images/mmdebstrap.mjs";
import { runCommand } from "../../offline/images/run-command.mjs";

const [suite, architecture, name, path, folder] = process.argv.slice(2);
if (!folder)
  throw new Error(
    `usage: debian-program.mjs SUITE ARCHITECTURE PACKAGE PATH FOLDER, got ${process.argv.slice(2).join(" ")}`,
  );
const work = mkdtempSync(join(tmpdir(), "slipway-debian-program-"));
try {
  const tarFile = join(work, "package.tar");
  const args = ["--variant=extract", `--architectures=${architecture}`, `--include=${name}`];
  await mmdebstrap({ suite, target: tarFile, args }, runCommand);
  await runCommand("tar", ["-xf", tarFile, "-C", work, `./${path}`]);
  await runCommand("install", ["-D", "-m", "0755", join(work, path), join(folder, basename(path))]);
} finally {
  rmSync(work, { recursive: true, force: true });
}
