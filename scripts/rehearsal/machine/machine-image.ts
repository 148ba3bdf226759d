import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requireProgram, runProgram } from "../program.ts";
import { REHEARSAL_LABEL } from "./stand-in.ts";

/** What Canonical's machine image has and Debian's packages are called; `prepared` skips the download at boot. */
const PREPARED_PACKAGES = ["docker.io", "apparmor", "nginx", "amazon-ecr-credential-helper", "jq"];

const RECIPE = ["Dockerfile", "init", "cloud.cfg"];

export type MachineImageVariant = "bare" | "prepared";

/**
 * The image of the stand-in: `bare` installs its packages at boot, as a host on AWS does, `prepared` has them.
 * It is made once and kept by the engine, under a name that follows from all that it is made of.
 */
export class MachineImage {
  /** @param cacheDir where the root file system is written on its way to the engine */
  constructor(
    private readonly cacheDir: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Makes the image unless the engine has it. @returns its name */
  async make(variant: MachineImageVariant): Promise<string> {
    const root = (await debianRoot("id")).trim();
    const base = `${REHEARSAL_LABEL}-debian:${root}`;
    const hash = createHash("sha256").update(`${root} ${PREPARED_PACKAGES.join(" ")}`);
    for (const file of RECIPE) hash.update(readFileSync(join(__dirname, file)));
    const name = `${REHEARSAL_LABEL}-machine:${variant}-${hash.digest("hex").slice(0, 12)}`;
    if (await exists(name)) return name;
    if (!(await exists(base))) {
      this.log("making the stand-in's Debian from packages, half a minute, once");
      await this.#importRoot(base);
    }
    this.log(`making the stand-in's ${variant} machine image, half a minute, once`);
    await requireProgram("docker", [
      ...["build", "--quiet", "--target", variant, "--tag", name],
      ...["--build-arg", `BASE=${base}`, "--build-arg", `PACKAGES=${PREPARED_PACKAGES.join(" ")}`],
      __dirname,
    ]);
    await this.#forgetOlder(variant, name, base);
    return name;
  }

  /** Takes images away that an earlier recipe made. */
  async #forgetOlder(variant: MachineImageVariant, ...kept: string[]): Promise<void> {
    const listed = await requireProgram("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}"]);
    const older = listed
      .split("\n")
      .filter(
        (name) =>
          name.startsWith(`${REHEARSAL_LABEL}-machine:${variant}-`) || name.startsWith(`${REHEARSAL_LABEL}-debian:`),
      )
      .filter((name) => !kept.includes(name));
    if (older.length > 0) await runProgram("docker", ["rmi", ...older]);
  }

  async #importRoot(name: string): Promise<void> {
    mkdirSync(this.cacheDir, { recursive: true });
    const archive = join(this.cacheDir, `debian-${process.pid}.tar`);
    try {
      await debianRoot("write", archive);
      await requireProgram("docker", ["import", archive, name]);
    } finally {
      rmSync(archive, { force: true });
    }
  }
}

async function debianRoot(...args: string[]): Promise<string> {
  return await requireProgram(process.execPath, [join(__dirname, "debian-root.mjs"), ...args]);
}

async function exists(image: string): Promise<boolean> {
  return (await runProgram("docker", ["image", "inspect", image])).code === 0;
}
