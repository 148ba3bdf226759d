import {
  type CharacterSet,
  codeOf,
  ExpressionError,
  lastNamedClassEnd,
  only,
  readClass,
  readEscape,
  readEscapedClass,
} from "./character-set.ts";

/** One step of an expression; `accept` ends an alternative. */
export type Step =
  | { readonly kind: "one" | "maybe" | "many"; readonly set: CharacterSet }
  | { readonly kind: "start" | "end" | "word-boundary" | "no-word-boundary" }
  | { readonly kind: "folders" }
  | { readonly kind: "accept" };

interface Repeat {
  readonly least: number;
  readonly most: number;
  readonly next: number;
}

const FOLDERS = "(.*/)?";
// Go takes no count with a zero in front.
const COUNTS = /^(?<least>0|[1-9][0-9]*)((?<comma>,)(?<most>0|[1-9][0-9]*)?)?$/;
const NEWLINE = 10;
const MOST_REPEATS = 1000;
// Go gives up where an expression would take 128 MiB.
const MOST_STEPS = 3_355_443;
const ACCEPT: Step = { kind: "accept" };
const ASSERTIONS: Readonly<Record<string, Step>> = {
  "^": { kind: "start" },
  $: { kind: "end" },
  "\\A": { kind: "start" },
  "\\z": { kind: "end" },
  "\\b": { kind: "word-boundary" },
  "\\B": { kind: "no-word-boundary" },
};

/**
 * Reads the expressions that patterns turn into, as Go's regexp package does. Why not JavaScript's RegExp: the two
 * read classes, escapes and braces differently, and a backtracking match of `**` after `**` may never end.
 * @throws ExpressionError where Go's regexp package refuses the expression
 */
export function readExpression(expression: string): Step[] {
  const text = [...expression];
  const namedEnd = lastNamedClassEnd(text);
  const steps: Step[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === "|") {
      steps.push(ACCEPT);
      at += 1;
      if (readRepeat(text, at)) throw new ExpressionError("missing argument to repetition operator");
    } else if (text[at] === "\\" && text[at + 1] === "Q") {
      at = readLiteral(text, at + 2, steps);
    } else {
      const { step, next } = readStep(text, at, namedEnd);
      const repeat = readRepeat(text, next);
      repeatStep(step, repeat, steps);
      at = repeat?.next ?? next;
      if (repeat && (step.kind === "folders" || readRepeat(text, at))) {
        throw new ExpressionError("invalid nested repetition operator");
      }
    }
    if (steps.length > MOST_STEPS) throw new ExpressionError("expression too large");
  }
  return [...steps, ACCEPT];
}

function readStep(text: readonly string[], at: number, namedEnd: number): { step: Step; next: number } {
  const c = text[at] as string;
  if (c === "(" && text.slice(at, at + FOLDERS.length).join("") === FOLDERS) {
    return { step: { kind: "folders" }, next: at + FOLDERS.length };
  }
  const spelled = c === "\\" ? c + (text[at + 1] ?? "") : c;
  const assertion = ASSERTIONS[spelled];
  if (assertion) return { step: assertion, next: at + spelled.length };
  const { set, next } = readSet(text, at, namedEnd);
  return { step: { kind: "one", set }, next };
}

function readSet(text: readonly string[], at: number, namedEnd: number): { set: CharacterSet; next: number } {
  const c = text[at] as string;
  if (c === "[") return readClass(text, at, namedEnd);
  if (c === ".") return { set: (code) => code !== NEWLINE, next: at + 1 };
  if (c !== "\\") return { set: only(codeOf(c)), next: at + 1 };
  const escapedClass = readEscapedClass(text, at);
  if (escapedClass) return escapedClass;
  const { code, next } = readEscape(text, at);
  return { set: only(code), next };
}

/** Reads the characters after `\Q`; a repetition behind them is of the last one. */
function readLiteral(text: readonly string[], start: number, steps: Step[]): number {
  let end = start;
  while (end < text.length && !(text[end] === "\\" && text[end + 1] === "E")) end += 1;
  const literals = text.slice(start, end).map((c): Step => ({ kind: "one", set: only(codeOf(c)) }));
  const next = Math.min(end + 2, text.length);
  const repeat = readRepeat(text, next);
  const last = literals.pop() ?? (repeat ? steps.pop() : undefined);
  steps.push(...literals);
  if (last) repeatStep(last, repeat, steps);
  else if (repeat) throw new ExpressionError("missing argument to repetition operator");
  return repeat?.next ?? next;
}

/** Reads `*` or braces with counts; braces that hold anything else stand for themselves. */
function readRepeat(text: readonly string[], at: number): Repeat | undefined {
  if (text[at] === "*") return { least: 0, most: Number.POSITIVE_INFINITY, next: at + 1 };
  if (text[at] !== "{") return undefined;
  let end = at + 1;
  while (/^[0-9,]$/.test(text[end] ?? "")) end += 1;
  const counts = COUNTS.exec(text.slice(at + 1, end).join(""));
  if (!counts || text[end] !== "}") return undefined;
  const least = Number(counts.groups?.least);
  const open = counts.groups?.comma === "," && counts.groups.most === undefined;
  const most = open ? Number.POSITIVE_INFINITY : Number(counts.groups?.most ?? least);
  if (least > MOST_REPEATS || (!open && (most > MOST_REPEATS || least > most))) {
    throw new ExpressionError("invalid repeat count");
  }
  return { least, most, next: end + 1 };
}

function repeatStep(step: Step, repeat: Repeat | undefined, steps: Step[]): void {
  if (!repeat) steps.push(step);
  else if (step.kind === "one") {
    for (let i = 0; i < repeat.least; i += 1) steps.push(step);
    if (repeat.most === Number.POSITIVE_INFINITY) steps.push({ kind: "many", set: step.set });
    else for (let i = repeat.least; i < repeat.most; i += 1) steps.push({ kind: "maybe", set: step.set });
  } else if (repeat.least > 0) steps.push(step);
}
