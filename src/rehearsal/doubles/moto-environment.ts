import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cachedFolder } from "../cached-folder.ts";
import { requireProgram } from "../program.ts";

const REQUIREMENTS = join(__dirname, "moto-requirements.txt");

/** The Python environment with moto and the AWS CLI, at pinned versions: made once for each state of the requirements. */
export class MotoEnvironment {
  private readonly folder: string;

  /** @param cacheDir where it is kept between rehearsals */
  constructor(cacheDir: string) {
    const id = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
    this.folder = join(cacheDir, `moto-${id}`);
  }

  /** The folder of its programs. */
  get programs(): string {
    return join(this.folder, "bin");
  }

  get isThere(): boolean {
    return existsSync(join(this.folder, "complete"));
  }

  /** How a person would make it. */
  get remedy(): string {
    return `python3 -m venv ${this.folder} && ${join(this.programs, "pip")} install -r ${REQUIREMENTS}`;
  }

  async make(log: (line: string) => void): Promise<void> {
    await cachedFolder(this.folder, log, async () => {
      log("installing moto into an environment of its own, half a minute, once");
      await requireProgram("python3", ["-m", "venv", this.folder]);
      await requireProgram(join(this.programs, "pip"), [
        ...["install", "--quiet", "--no-input", "--disable-pip-version-check", "-r", REQUIREMENTS],
      ]);
    });
  }
}
