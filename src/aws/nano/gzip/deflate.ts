import { type HuffmanCode, huffmanCode } from "./huffman-code.ts";
import { type Costs, Matches, type Step } from "./matches.ts";

// RFC 1951, 3.2.5: lengths and distances are a symbol, which names a range, and the place in the range as extra bits
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTH_BASE = [...ranges(LENGTH_EXTRA.slice(0, -1), 3), 258];
const DISTANCE_EXTRA = Array.from({ length: 30 }, (_, symbol) => Math.max(0, (symbol >> 1) - 1));
const DISTANCE_BASE = ranges(DISTANCE_EXTRA, 1);
const END = 256;
const FIRST_LENGTH = 257;
const LITERALS = FIRST_LENGTH + LENGTH_BASE.length;
const LONGEST_WORD = 15;
const LENGTH_WORD_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const PASSES = 6;

function ranges(extra: readonly number[], first: number): number[] {
  let next = first;
  return extra.map((bits) => {
    next += 1 << bits;
    return next - (1 << bits);
  });
}

function symbolOf(base: readonly number[], value: number): number {
  let symbol = base.length - 1;
  while ((base[symbol] as number) > value) symbol -= 1;
  return symbol;
}

const LENGTH_SYMBOL = Array.from({ length: 259 }, (_, length) => symbolOf(LENGTH_BASE, length));

class BitWriter {
  private readonly bytes: number[] = [];
  private used = 8;

  write(value: number, count: number): void {
    for (let bit = 0; bit < count; bit += 1) {
      if (this.used === 8) {
        this.bytes.push(0);
        this.used = 0;
      }
      this.bytes[this.bytes.length - 1] = (this.bytes.at(-1) as number) | (((value >> bit) & 1) << this.used);
      this.used += 1;
    }
  }

  word(code: HuffmanCode, symbol: number): void {
    this.write(code.bits[symbol] as number, code.lengths[symbol] as number);
  }

  finish(): Buffer {
    return Buffer.from(this.bytes);
  }
}

/** Before there is any code. Whole bits and halves only: a logarithm's last digits differ between machines. */
const GUESS: Costs = { byte: () => 8, length: () => 7, distance: (distance) => 5 + (31 - Math.clz32(distance)) / 2 };

/** The bytes of `data` as one Deflate block. Tries the codes of each pass as the costs of the next and keeps the last. */
export function deflate(data: Uint8Array): Buffer {
  const matches = new Matches(data);
  let steps = matches.cheapest(GUESS);
  for (let pass = 1; pass < PASSES; pass += 1) steps = matches.cheapest(costsOf(codesOf(steps)));
  return block(steps);
}

interface Codes {
  readonly literals: HuffmanCode;
  readonly distances: HuffmanCode;
}

function codesOf(steps: readonly Step[]): Codes {
  const literals = new Array<number>(LITERALS).fill(0);
  const distances = new Array<number>(DISTANCE_BASE.length).fill(0);
  literals[END] = 1;
  const count = (counts: number[], symbol: number) => {
    counts[symbol] = (counts[symbol] as number) + 1;
  };
  for (const step of steps) {
    if ("byte" in step) count(literals, step.byte);
    else {
      count(literals, FIRST_LENGTH + (LENGTH_SYMBOL[step.length] as number));
      count(distances, symbolOf(DISTANCE_BASE, step.distance));
    }
  }
  return { literals: huffmanCode(literals, LONGEST_WORD), distances: huffmanCode(distances, LONGEST_WORD) };
}

function costsOf({ literals, distances }: Codes): Costs {
  const cost = (code: HuffmanCode, symbol: number) => code.lengths[symbol] || LONGEST_WORD;
  return {
    byte: (value) => cost(literals, value),
    length: (length) => {
      const symbol = LENGTH_SYMBOL[length] as number;
      return cost(literals, FIRST_LENGTH + symbol) + (LENGTH_EXTRA[symbol] as number);
    },
    distance: (distance) => {
      const symbol = symbolOf(DISTANCE_BASE, distance);
      return cost(distances, symbol) + (DISTANCE_EXTRA[symbol] as number);
    },
  };
}

function block(steps: readonly Step[]): Buffer {
  const { literals, distances } = codesOf(steps);
  const out = new BitWriter();
  out.write(1, 1); // the last block
  out.write(2, 2); // with codes of its own
  header(out, literals.lengths, distances.lengths);
  for (const step of steps) {
    if ("byte" in step) out.word(literals, step.byte);
    else {
      const length = LENGTH_SYMBOL[step.length] as number;
      out.word(literals, FIRST_LENGTH + length);
      out.write(step.length - (LENGTH_BASE[length] as number), LENGTH_EXTRA[length] as number);
      const distance = symbolOf(DISTANCE_BASE, step.distance);
      out.word(distances, distance);
      out.write(step.distance - (DISTANCE_BASE[distance] as number), DISTANCE_EXTRA[distance] as number);
    }
  }
  out.word(literals, END);
  return out.finish();
}

/** The two codes' lengths, themselves run-length and Huffman coded (RFC 1951, 3.2.7). */
function header(out: BitWriter, literals: readonly number[], distances: readonly number[]): void {
  const runs = runLengths([...literals, ...distances]);
  const counts = LENGTH_WORD_ORDER.map((_, symbol) => runs.filter((run) => run.symbol === symbol).length);
  const code = huffmanCode(counts, 7);
  const ordered = LENGTH_WORD_ORDER.map((symbol) => code.lengths[symbol] as number);
  const sent = ordered.findLastIndex((length) => length > 0) + 1;
  out.write(literals.length - 257, 5);
  out.write(distances.length - 1, 5);
  out.write(sent - 4, 4);
  for (const length of ordered.slice(0, sent)) out.write(length, 3);
  for (const { symbol, extra, bits } of runs) {
    out.word(code, symbol);
    out.write(extra, bits);
  }
}

interface Run {
  readonly symbol: number;
  readonly extra: number;
  readonly bits: number;
}

function runLengths(lengths: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < lengths.length; ) {
    const length = lengths[at] as number;
    let count = 1;
    while (lengths[at + count] === length) count += 1;
    at += count;
    if (length > 0) {
      runs.push({ symbol: length, extra: 0, bits: 0 });
      count -= 1;
    }
    while (count >= 3) {
      const [symbol, least, bits] = length > 0 ? [16, 3, 2] : count > 10 ? [18, 11, 7] : [17, 3, 3];
      const taken = Math.min(count, least + (1 << bits) - 1);
      runs.push({ symbol, extra: taken - least, bits });
      count -= taken;
    }
    for (; count > 0; count -= 1) runs.push({ symbol: length, extra: 0, bits: 0 });
  }
  return runs;
}
