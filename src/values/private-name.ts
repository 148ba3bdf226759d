import { createHash } from "node:crypto";

const DIGITS = 8;
const SHAPE = new RegExp(`^private-[0-9a-f]{${DIGITS}}\\.slipway$`);

/**
 * The name that stands for the private address of `host` in a text until the address is known. Why by the host and not
 * by the reference to its address: references are numbered, and a text that is sorted by them would differ from synth
 * to synth.
 */
export function privateName(host: string): string {
  return `private-${createHash("sha256").update(host).digest("hex").slice(0, DIGITS)}.slipway`;
}

/** Whether `text` is such a name. */
export function isPrivateName(text: string): boolean {
  return SHAPE.test(text);
}
