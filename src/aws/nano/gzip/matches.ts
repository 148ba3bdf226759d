/** One step of Deflate: a byte as it is, or `length` bytes that stood `distance` bytes before. */
export type Step = { readonly byte: number } | { readonly length: number; readonly distance: number };

/** What a step costs in bits, by the code that it will be written in. */
export interface Costs {
  byte(value: number): number;
  length(length: number): number;
  distance(distance: number): number;
}

const SHORTEST = 3;
const LONGEST = 258;
const WINDOW = 32768;
const MOST_CANDIDATES = 512;

/** For each place the repetitions that begin there: for each reachable length the nearest one, longer ones further away. */
export class Matches {
  private readonly found: readonly { readonly length: number; readonly distance: number }[][];

  constructor(private readonly data: Uint8Array) {
    const last = new Map<number, number>();
    const previous = new Int32Array(data.length).fill(-1);
    this.found = Array.from(data, (_, at) => {
      if (at + SHORTEST > data.length) return [];
      const key = ((data[at] as number) << 16) | ((data[at + 1] as number) << 8) | (data[at + 2] as number);
      previous[at] = last.get(key) ?? -1;
      last.set(key, at);
      return this.longerAndLonger(at, previous);
    });
  }

  private longerAndLonger(at: number, previous: Int32Array) {
    const found: { length: number; distance: number }[] = [];
    const limit = Math.min(LONGEST, this.data.length - at);
    let best = SHORTEST - 1;
    let from = previous[at] as number;
    for (let tries = 0; tries < MOST_CANDIDATES && from >= 0 && at - from <= WINDOW && best < limit; tries += 1) {
      let length = 0;
      while (length < limit && this.data[from + length] === this.data[at + length]) length += 1;
      if (length > best) {
        found.push({ length, distance: at - from });
        best = length;
      }
      from = previous[from] as number;
    }
    return found;
  }

  /** The steps that write the data in the fewest bits. */
  cheapest(costs: Costs): Step[] {
    const total = new Float64Array(this.data.length + 1).fill(Number.POSITIVE_INFINITY);
    const steps: Step[] = new Array(this.data.length + 1);
    total[0] = 0;
    const ofLength = Array.from({ length: LONGEST + 1 }, (_, length) => (length < SHORTEST ? 0 : costs.length(length)));
    const offer = (to: number, cost: number, step: Step) => {
      if (cost >= (total[to] as number)) return;
      total[to] = cost;
      steps[to] = step;
    };
    for (let at = 0; at < this.data.length; at += 1) {
      const here = total[at] as number;
      const byte = this.data[at] as number;
      offer(at + 1, here + costs.byte(byte), { byte });
      let length = SHORTEST;
      for (const match of this.found[at] ?? []) {
        const far = costs.distance(match.distance);
        for (; length <= match.length; length += 1) {
          offer(at + length, here + far + (ofLength[length] as number), { length, distance: match.distance });
        }
      }
    }
    const path: Step[] = [];
    for (let at = this.data.length; at > 0; ) {
      const step = steps[at] as Step;
      path.push(step);
      at -= "byte" in step ? 1 : step.length;
    }
    return path.reverse();
  }
}
