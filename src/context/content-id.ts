import { createHash, type Hash } from "node:crypto";

/** What may enter a content id beside the files. */
export type IdInput = string | number | boolean | undefined | readonly IdInput[] | { readonly [name: string]: IdInput };

/** What is built beside the files: arguments, target, platform and whatever else decides what comes out. */
export interface ContentInputs {
  readonly args?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly platform?: string;
  readonly [other: string]: IdInput;
}

// Enters every id, so that another way of counting can never meet the old ids.
const FORMAT = "slipway content 1";

/** 64 hexadecimal digits for a tree's digest, its Dockerfile's path and what else is declared. */
export function contentId(tree: Buffer, dockerfile: string, inputs: ContentInputs): string {
  const hash = createHash("sha256");
  for (const part of [FORMAT, tree, dockerfile]) addBytes(hash, part);
  addInput(hash, inputs);
  return hash.digest("hex");
}

/** Adds bytes behind their length, so that no two sequences of values run together into the same hash. */
function addBytes(hash: Hash, bytes: string | Buffer): void {
  const content = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(content.length));
  hash.update(length).update(content);
}

/**
 * Adds a value with its kind; names are sorted. Why undefined and empty collections count as absent: no arguments and
 * an empty list of arguments are the same build.
 */
function addInput(hash: Hash, input: IdInput): void {
  if (Array.isArray(input)) {
    addBytes(hash, `list ${input.length}`);
    for (const item of input) addInput(hash, item);
  } else if (typeof input === "object") {
    const named = Object.entries(input)
      .filter(([, value]) => !isAbsent(value))
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    addBytes(hash, `record ${named.length}`);
    for (const [name, value] of named) {
      addBytes(hash, name);
      addInput(hash, value);
    }
  } else {
    addBytes(hash, typeof input);
    addBytes(hash, String(input));
  }
}

function isAbsent(value: IdInput): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.values(value).every(isAbsent);
}
