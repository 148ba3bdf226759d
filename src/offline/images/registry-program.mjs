import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Debian's registry: the installed one, or the package's program unpacked into `folder`, so that no service starts. */
export async function registryProgram(folder, run) {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    if (directory && existsSync(join(directory, "docker-registry"))) return join(directory, "docker-registry");
  }
  const unpacked = join(folder, "docker-registry");
  const program = join(unpacked, "usr/bin/docker-registry");
  if (existsSync(program)) return program;

  const download = `${unpacked}.download`;
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  const fetch = () => run("apt-get", ["download", "-q", "docker-registry"], { cwd: download });
  // A machine that never asked for the lists of packages knows none.
  await fetch().catch(() => run("apt-get", ["update", "-q"]).then(fetch));
  const [file] = readdirSync(download).filter((name) => name.endsWith(".deb"));
  await run("dpkg-deb", ["--extract", join(download, file), download]);
  rmSync(unpacked, { recursive: true, force: true });
  renameSync(download, unpacked);
  return program;
}
