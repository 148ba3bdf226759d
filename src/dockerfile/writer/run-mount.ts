import { Refusal } from "../dockerfile-error.ts";
import type { Word } from "../instructions/instruction.ts";
import { convertMount } from "../instructions/read-run.ts";

/** Who owns what a mount brings, and with which permission bits. */
interface Ownership {
  /** Octal, e.g. `"0400"`. */
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** Files of the context, of a stage or of an image, seen during one RUN. */
export interface BindMount {
  readonly type: "bind";
  readonly target: string;
  /** @default - the root of `from` */
  readonly source?: string;
  /** A stage or an image. @default - the build context */
  readonly from?: string;
  /** What is written is dropped afterwards. @default false */
  readonly readWrite?: boolean;
}

/** A folder that outlives the build, e.g. for a package manager's downloads. */
export interface CacheMount extends Ownership {
  readonly type: "cache";
  readonly target: string;
  /** @default - the target */
  readonly id?: string;
  readonly source?: string;
  readonly from?: string;
  /** @default "shared" */
  readonly sharing?: "shared" | "private" | "locked";
  readonly readOnly?: boolean;
}

/** A folder in memory. */
export interface TmpfsMount {
  readonly type: "tmpfs";
  readonly target: string;
  /** e.g. `"64m"`. @default - no limit */
  readonly size?: string;
}

/** A secret of the build, as a file or as a variable; it enters no layer. */
export interface SecretMount extends Ownership {
  readonly type: "secret";
  readonly id: string;
  /** @default "/run/secrets/" and the id */
  readonly target?: string;
  /** The variable that holds it, in place of a file. @default - a file */
  readonly env?: string;
  /** Fail without it. @default false */
  readonly required?: boolean;
}

/** The agent of whoever builds. */
export interface SshMount extends Ownership {
  readonly type: "ssh";
  readonly id?: string;
  readonly target?: string;
  readonly required?: boolean;
}

export type RunMount = BindMount | CacheMount | TmpfsMount | SecretMount | SshMount;

const FIELD_NAMES: Readonly<Record<string, string>> = { readWrite: "rw", readOnly: "ro" };

/** `mount` as RUN's flag says it. Variables in it are the builder's, but for `from`, which takes none. */
export function toMountFlag(mount: RunMount): Word {
  const { type, ...fields } = mount;
  const words = [`type=${type}`];
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === false) continue;
    if (/["'`\\\n\r]/.test(String(value))) {
      throw new Refusal("takes no quote, backslash or line feed in a mount", value, "choose another path or name");
    }
    const field = `${FIELD_NAMES[name] ?? name}=${value}`;
    words.push(field.includes(",") ? `"${field}"` : field);
  }
  const flag = words.join(",");
  try {
    convertMount(flag, (value) => (value.includes("$") ? {} : { text: value }));
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`cannot be built: ${error.problem.reason}`, flag);
    throw error;
  }
  return flag;
}
