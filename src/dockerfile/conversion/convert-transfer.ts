import type { Add, Copy } from "../instructions/instruction.ts";
import { readInteger } from "../syntax/go-text.ts";
import { isFileMode } from "./file-mode.ts";
import { readSourceKind, type SourceKind } from "./git-address.ts";

/** A COPY or ADD whose variables are replaced; nothing where a value is not known. */
export interface TransferWords {
  readonly chown?: string;
  readonly chmod?: string;
  readonly checksum?: string;
  readonly sources: readonly (string | undefined)[];
}

/** A fault without its line. */
export interface Fault {
  readonly rule: string;
  readonly reason: string;
}

const DIGEST = /^(sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;

/** Why the build fails at `it`, with the values that `words` tells. */
export function transferFault(it: Copy | Add, words: TransferWords): Fault | undefined {
  const { chown = "", chmod = "", checksum = "", sources } = words;
  if (it.link && chown !== "" && isByName(chown)) {
    return { rule: "SW1054", reason: `--link takes the user and group of --chown by number, not ${chown}` };
  }
  if (chmod !== "" && !isFileMode(chmod)) return { rule: "SW1053", reason: `${chmod} is no file mode` };
  const kinds = sources.map((source) => (source === undefined ? undefined : sourceKind(source)));
  if (checksum !== "") {
    if (sources.length !== 1) return { rule: "SW1055", reason: "--checksum takes exactly one source" };
    if (kinds[0]?.kind === "path") return { rule: "SW1055", reason: "--checksum takes a source that is downloaded" };
    if (kinds[0]?.kind === "http" && !DIGEST.test(checksum)) {
      return { rule: "SW1055", reason: `${checksum} is no digest such as sha256:…` };
    }
  }
  for (const kind of kinds) {
    if (kind?.kind === "bad") return { rule: "SW1056", reason: kind.reason };
    if (it.keyword === "COPY" && kind && kind.kind !== "path") {
      return { rule: "SW1056", reason: "COPY takes no address; ADD does" };
    }
  }
  return undefined;
}

const PATH: SourceKind = { kind: "path" };

/** Whether `text` is a Git repository, an address to download from, or a path of the context. */
export function sourceKind(text: string): SourceKind {
  return text.includes(":") ? readSourceKind(text) : PATH;
}

/** Whether a user or group is not a number; `root` counts as one. */
function isByName(chown: string): boolean {
  const [user = "", ...group] = chown.split(":");
  const groupName = group.join(":");
  return [user, groupName].some((name) => name !== "" && !isNumber(name));
}

function isNumber(text: string): boolean {
  return text === "root" || readInteger(text, 32n) !== undefined;
}
