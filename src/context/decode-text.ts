import { isUtf8 } from "node:buffer";

const LOW_SURROGATES = 0xdc00;
// The quick test comes first: nearly every text passes it.
const ANY_SURROGATE = /[\ud800-\udfff]/;
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

/** Whether text holds a byte that {@link decodeText} could not read. */
export function hasUndecodedByte(text: string): boolean {
  return ANY_SURROGATE.test(text) && LONE_SURROGATE.test(text);
}

function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length += 1) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}
