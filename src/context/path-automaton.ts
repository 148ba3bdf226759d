import type { Step } from "./pattern-expression.ts";

/** The steps that may come next, and what the path looked like just before. */
interface State {
  /** Steps by number; what is inside a step of folders has the number of all steps added. */
  readonly places: readonly number[];
  readonly atStart: boolean;
  readonly afterWord: boolean;
  /** What follows a character: ASCII by code, the rest by name. */
  readonly next: (State | "matched" | undefined)[];
  readonly nextOther: Map<number, State | "matched">;
  acceptsHere?: boolean;
}

const ASCII = 128;
const SLASH = 47;
const NEWLINE = 10;
const END = -1;
const REPLACEMENT = 0xfffd;
// Bounds what a hostile pattern may keep in memory; making a state again only costs time.
const MOST_STATES = 2000;
const MOST_PLACES = 100;

/**
 * Matches paths against one expression in time linear in the path. Why not all at once: the states are made as paths
 * ask for them, so that a pattern which is never tried costs nothing.
 */
export class PathAutomaton {
  private readonly states = new Map<string, State>();
  private readonly seesWords: boolean;
  private readonly starts: readonly number[];
  /** Whether an alternative may begin anywhere in the path, not only at its beginning. */
  private readonly floats: boolean;
  private readonly marks: Uint32Array;
  private round = 0;
  private first: State;

  constructor(private readonly steps: readonly Step[]) {
    this.seesWords = steps.some((step) => step.kind.endsWith("word-boundary"));
    this.starts = steps.flatMap((_, i) => (i === 0 || steps[i - 1]?.kind === "accept" ? i : []));
    this.floats = this.starts.some((start) => steps[start]?.kind !== "start");
    this.marks = new Uint32Array(2 * steps.length + 1);
    this.first = this.state(this.starts, true, false);
  }

  /** Whether the expression matches `path`; with `orParent` also whether it matches a folder above it. */
  matches(path: string, orParent: boolean): boolean {
    let state = this.first;
    for (let at = 0; at < path.length; ) {
      const code = path.codePointAt(at) as number;
      if (orParent && code === SLASH && this.accepts(state)) return true;
      const next = this.step(state, code);
      if (next === "matched") return true;
      if (next.places.length === 0) return false;
      state = next;
      at += code > 0xffff ? 2 : 1;
    }
    return this.accepts(state);
  }

  private accepts(state: State): boolean {
    state.acceptsHere ??= this.isAccepted(this.reach(state, END));
    return state.acceptsHere;
  }

  private step(state: State, code: number): State | "matched" {
    const known = code < ASCII ? state.next[code] : state.nextOther.get(code);
    if (known) return known;
    const made = this.consume(state, isSurrogate(code) ? REPLACEMENT : code);
    if (code < ASCII) state.next[code] = made;
    else state.nextOther.set(code, made);
    return made;
  }

  private consume(state: State, code: number): State | "matched" {
    const reached = this.reach(state, code);
    if (this.isAccepted(reached)) return "matched";
    const places: number[] = [];
    this.round += 1;
    if (this.floats) for (const start of this.starts) this.add(places, start);
    for (const place of reached) {
      const inside = place >= this.steps.length;
      const step = this.steps[inside ? place - this.steps.length : place] as Step;
      if (step.kind === "folders") {
        if (code !== NEWLINE) this.add(places, inside ? place : place + this.steps.length);
        if (code === SLASH) this.add(places, (inside ? place - this.steps.length : place) + 1);
      } else if ("set" in step && step.set(code)) {
        this.add(places, step.kind === "many" ? place : place + 1);
      }
    }
    return this.state(places, false, this.seesWords && isWord(code));
  }

  /** Every place that can be had from `state` without reading on, when `code` comes next. */
  private reach(state: State, code: number): number[] {
    const reached: number[] = [];
    this.round += 1;
    for (const place of state.places) this.add(reached, place);
    for (const place of reached) {
      const step = this.steps[place];
      if (step && mayPass(step, state, code)) this.add(reached, place + 1);
    }
    return reached;
  }

  /** Adds a place that this round has not added yet. */
  private add(places: number[], place: number): void {
    if (this.marks[place] === this.round) return;
    this.marks[place] = this.round;
    places.push(place);
  }

  private isAccepted(reached: readonly number[]): boolean {
    return reached.some((place) => this.steps[place]?.kind === "accept");
  }

  private state(places: readonly number[], atStart: boolean, afterWord: boolean): State {
    const made: State = { places, atStart, afterWord, next: [], nextOther: new Map() };
    if (places.length > MOST_PLACES) return made;
    const key = `${[...places].sort((a, b) => a - b).join()};${atStart}${afterWord}`;
    const known = this.states.get(key);
    if (known) return known;
    if (this.states.size >= MOST_STATES) this.forget();
    this.states.set(key, made);
    return made;
  }

  private forget(): void {
    this.states.clear();
    this.first = { ...this.first, next: [], nextOther: new Map() };
  }
}

/** Whether the step can be left behind without reading a character. */
function mayPass(step: Step, state: State, code: number): boolean {
  if (step.kind === "many" || step.kind === "maybe" || step.kind === "folders") return true;
  if (step.kind === "start") return state.atStart;
  if (step.kind === "end") return code === END;
  const boundary = state.afterWord !== (code !== END && isWord(code));
  return (step.kind === "word-boundary" && boundary) || (step.kind === "no-word-boundary" && !boundary);
}

function isWord(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}
