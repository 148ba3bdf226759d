import { InvalidValueError } from "./invalid-value-error.ts";

const KIBI = 1024;
const FACTORS: Readonly<Record<string, number>> = { "": 1, b: 1, k: KIBI, m: KIBI ** 2, g: KIBI ** 3, t: KIBI ** 4 };

const SHAPE = 'write it like "64k" or "10m"';

/** A number of bytes, written as Docker and Nginx both read it: `64k` is 64 × 1024. */
export class ByteSize {
  /** @throws InvalidValueError when `text` is no whole number with or without `k`, `m`, `g` or `t` */
  static parse(text: string): ByteSize {
    const match = typeof text === "string" ? /^(\d+)(?:([kmgt])(?:i?b)?|b)?$/i.exec(text) : null;
    if (!match) {
      const rule = "must be a whole number, with k, m, g or t for multiples of 1024";
      throw new InvalidValueError({ subject: "size", rule, got: text, remedy: SHAPE });
    }
    return ByteSize.bytes(Number(match[1]) * (FACTORS[match[2]?.toLowerCase() ?? ""] ?? 1), text);
  }

  static mebibytes(count: number): ByteSize {
    return ByteSize.bytes(count * KIBI ** 2, count);
  }

  static kibibytes(count: number): ByteSize {
    return ByteSize.bytes(count * KIBI, count);
  }

  private static bytes(bytes: number, got: unknown): ByteSize {
    if (!Number.isSafeInteger(bytes) || bytes < 0) {
      const rule = `must be a whole number of bytes from 0 to ${Number.MAX_SAFE_INTEGER}`;
      throw new InvalidValueError({ subject: "size", rule, got, remedy: SHAPE });
    }
    return new ByteSize(bytes);
  }

  private constructor(readonly bytes: number) {}

  compare(other: ByteSize): number {
    return this.bytes - other.bytes;
  }

  /** The shortest exact spelling in `m`, `k` or plain bytes: Nginx has no `g` for buffers. */
  toString(): string {
    if (this.bytes > 0 && this.bytes % KIBI ** 2 === 0) return `${this.bytes / KIBI ** 2}m`;
    if (this.bytes > 0 && this.bytes % KIBI === 0) return `${this.bytes / KIBI}k`;
    return `${this.bytes}`;
  }
}
