import { isUtf8 } from "node:buffer";
import { InvalidValueError } from "../values/invalid-value-error.ts";

/** What a build context holds; a folder counts by itself only where nothing in it is sent. */
export type ContextFileKind = "file" | "link" | "folder";

/** One path that would be sent to the engine. */
export interface ContextFile {
  /** Relative to the context, with slashes. */
  readonly path: string;
  readonly kind: ContextFileKind;
  /** Whether its owner may execute it; the only permission that is kept. */
  readonly executable: boolean;
  /** Bytes of content; 0 for links and folders. */
  readonly size: number;
  /** Where a link points, as written in it. */
  readonly target?: string;
}

/** Text whose UTF-16 order may differ from that of its UTF-8 bytes. */
export const SURROGATE = /[\ud800-\udfff]/;

/** Orders paths by their UTF-8 bytes, the order that every machine agrees on. */
export function compareBytes(a: string, b: string): number {
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A build context that cannot be read, or that no engine could build. */
export class ContextError extends InvalidValueError {}

/**
 * The shortest path that means the same, as Go's `filepath.Clean` finds it. Why not Node's `normalize`: that one
 * keeps a slash at the end, and an ignore file's patterns are compared after Go's cleaning.
 */
export function cleanPath(path: string): string {
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push("..");
  }
  return (rooted ? "/" : "") + kept.join("/") || ".";
}

const LOW_SURROGATES = 0xdc00;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Text of bytes that may not be UTF-8: a byte that is no part of a character becomes a lone surrogate. Why: two
 * different broken names stay different, where Node's own decoding makes both of them U+FFFD.
 */
export function decodeText(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length > 0) text += bytes.toString("utf8", at, at + length);
    else text += String.fromCharCode(LOW_SURROGATES + (bytes[at] as number));
    at += Math.max(length, 1);
  }
  return text;
}

/** Whether text holds a byte that {@link decodeText} could not read. The quick test comes first: nearly every text passes it. */
export function hasUndecodedByte(text: string): boolean {
  return SURROGATE.test(text) && LONE_SURROGATE.test(text);
}

function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
