/** A prefix code: for each symbol the number of its bits (0 when it never occurs) and the bits, the first one lowest. */
export interface HuffmanCode {
  readonly lengths: readonly number[];
  readonly bits: readonly number[];
}

/** The shortest code for symbols that occur so often, with no word longer than `longest` bits (RFC 1951, 3.2.2). */
export function huffmanCode(frequencies: readonly number[], longest: number): HuffmanCode {
  for (let weights = frequencies; ; weights = weights.map((weight) => Math.ceil(weight / 2))) {
    const lengths = depths(weights);
    if (Math.max(...lengths) <= longest) return { lengths, bits: canonical(lengths) };
  }
}

interface Tree {
  readonly weight: number;
  readonly symbols: readonly number[];
}

/** The depth of each symbol in Huffman's tree. Ties go by age, so that one text has one code. */
function depths(weights: readonly number[]): number[] {
  const lengths = weights.map(() => 0);
  const used = weights.flatMap((weight, symbol) => (weight > 0 ? [{ weight, symbols: [symbol] }] : []));
  const trees: Tree[] = used.sort((a, b) => a.weight - b.weight);
  for (const tree of trees.length === 1 ? trees : []) lengths[tree.symbols[0] as number] = 1;
  while (trees.length > 1) {
    const [a, b] = trees.splice(0, 2) as [Tree, Tree];
    const joined = { weight: a.weight + b.weight, symbols: [...a.symbols, ...b.symbols] };
    for (const symbol of joined.symbols) lengths[symbol] = (lengths[symbol] ?? 0) + 1;
    const at = trees.findIndex((tree) => tree.weight > joined.weight);
    trees.splice(at < 0 ? trees.length : at, 0, joined);
  }
  return lengths;
}

/** Words of one length count upwards in the order of their symbols; Deflate sends a word's highest bit first. */
function canonical(lengths: readonly number[]): number[] {
  const bits = lengths.map(() => 0);
  let next = 0;
  for (let length = 1; length <= Math.max(...lengths); length += 1) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      bits[symbol] = reversed(next, length);
      next += 1;
    }
    next <<= 1;
  }
  return bits;
}

function reversed(value: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit += 1) result |= ((value >> bit) & 1) << (length - 1 - bit);
  return result;
}
