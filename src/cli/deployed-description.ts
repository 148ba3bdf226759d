import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DESCRIPTION_FILE, type StackDescription } from "../terraform/stack-description.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";

/** What is known of what is deployed. */
export interface Deployed {
  readonly description?: StackDescription;
  /** What a reader should know of it. */
  readonly note?: string;
}

/** What is kept, and of which state. */
interface Kept extends Edition {
  readonly format: 1;
  readonly description: StackDescription;
}

/** Which edition of a state, as Terraform itself counts them. */
interface Edition {
  readonly lineage?: unknown;
  readonly serial?: unknown;
}

type Stack = Pick<SynthesizedStack, "name" | "folder" | "localStatePath">;

/**
 * What a stack said of itself when it was deployed last, kept beside its state. Why not what the last synth said: a synth
 * deploys nothing, and a review before an apply is about what serves. A backend elsewhere takes no such file, so that there
 * it lies in the stack's folder and knows what was deployed from here.
 */
export class DeployedDescription {
  constructor(private readonly stack: Stack) {}

  /** What the last synth said of the stack; nothing where no construct of it says what it is. */
  get declared(): StackDescription | undefined {
    return readJson(join(this.stack.folder, DESCRIPTION_FILE)) as StackDescription | undefined;
  }

  read(): Deployed {
    const kept = readJson(this.file) as Kept | undefined;
    if (kept?.format !== 1) {
      if (!this.hasResources) return {};
      return {
        note: `what is deployed of ${this.stack.name} is not described here: it was deployed from elsewhere or by other means than slipway up, or its first deploy did not end`,
      };
    }
    const { lineage, serial } = this.edition;
    if (lineage === kept.lineage && serial === kept.serial) return { description: kept.description };
    const note = `the state of ${this.stack.name} has changed since the last up that ended well, which is what this compares with: a deploy that failed, or other means`;
    return { description: kept.description, note };
  }

  /** Keeps what was just deployed. */
  keep(description: StackDescription | undefined): void {
    if (description === undefined) {
      this.forget();
      return;
    }
    const kept: Kept = { format: 1, ...this.edition, description };
    writeFileSync(this.file, `${JSON.stringify(kept, null, 2)}\n`);
  }

  forget(): void {
    rmSync(this.file, { force: true });
  }

  /** Whether the state has anything, as far as it can be seen from here. */
  private get hasResources(): boolean {
    const { localStatePath: path } = this.stack;
    if (path === undefined) return true;
    const state = readJson(resolve(this.stack.folder, path)) as { resources?: unknown[] } | undefined;
    return (state?.resources ?? []).length > 0;
  }

  private get edition(): Edition {
    const { folder, localStatePath: path } = this.stack;
    const { lineage, serial } = (path === undefined ? {} : (readJson(resolve(folder, path)) ?? {})) as Edition;
    return { lineage, serial };
  }

  private get file(): string {
    const { folder, localStatePath: path } = this.stack;
    return path === undefined ? join(folder, "slipway.deployed.json") : `${resolve(folder, path)}.slipway.json`;
  }
}

/** The content of a JSON file; nothing where it is not there, or is none. */
function readJson(file: string): unknown {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
