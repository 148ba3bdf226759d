import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { requireProgram, runProgram } from "../program.ts";
import { MACHINE_SYSTEMS, type MachineSystem, type MachineSystemName } from "./machine-system.ts";
import { REHEARSAL_LABEL } from "./stand-in.ts";

/** What hosts install at their boot, and for their first certificate; `prepared` skips the download. */
const PREPARED_PACKAGES = ["docker.io", "apparmor", "nginx", "amazon-ecr-credential-helper", "jq", "dehydrated"];

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
  async make(systemName: MachineSystemName, variant: MachineImageVariant): Promise<string> {
    const system: MachineSystem = MACHINE_SYSTEMS[systemName];
    const root = (await debianRoot("id", system.suite)).trim();
    const bases = `${REHEARSAL_LABEL}-debian:${system.suite}-`;
    const base = `${bases}${root}`;
    const apart = system.apart.join(" ");
    const hash = createHash("sha256").update(`${root} ${apart} ${PREPARED_PACKAGES.join(" ")}`);
    for (const file of RECIPE) hash.update(readFileSync(join(__dirname, file)));
    const names = `${REHEARSAL_LABEL}-machine:${systemName}-${variant}-`;
    const name = `${names}${hash.digest("hex").slice(0, 12)}`;
    if (await exists(name)) return name;
    if (!(await exists(base))) {
      this.log(`making the stand-in's ${systemName} from packages, half a minute, once`);
      await this.#importRoot(system.suite, base);
    }
    this.log(`making the stand-in's ${variant} ${systemName} machine image, half a minute, once`);
    await requireProgram("docker", [
      ...["build", "--quiet", "--target", variant, "--tag", name],
      ...[`BASE=${base}`, `APART=${apart}`, `PACKAGES=${PREPARED_PACKAGES.join(" ")}`].flatMap((arg) => [
        "--build-arg",
        arg,
      ]),
      __dirname,
    ]);
    await this.#forgetOlder([names, bases], [name, base]);
    return name;
  }

  /** Takes images away that an earlier recipe made: those whose names begin with one of `names`. */
  async #forgetOlder(names: readonly string[], kept: readonly string[]): Promise<void> {
    const listed = await requireProgram("docker", ["images", "--format", "{{.Repository}}:{{.Tag}}"]);
    const older = listed
      .split("\n")
      .filter((name) => names.some((beginning) => name.startsWith(beginning)))
      .filter((name) => !kept.includes(name));
    if (older.length > 0) await runProgram("docker", ["rmi", ...older]);
  }

  async #importRoot(suite: string, name: string): Promise<void> {
    mkdirSync(this.cacheDir, { recursive: true });
    const archive = join(this.cacheDir, `debian-${process.pid}.tar`);
    try {
      await debianRoot("write", suite, archive);
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
