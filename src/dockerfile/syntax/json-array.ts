import { Refusal } from "../dockerfile-error.ts";
import { trimStart, wellFormed } from "./go-text.ts";

/** Go's decoder gives up below this depth, so such text is no JSON to the builder. */
const DEEPEST_JSON = 10_000;

/**
 * The strings of a JSON array, or nothing where `text` is not JSON and means a shell command or plain words.
 * @throws Refusal when it is a JSON array that holds something else than strings
 */
export function readJsonArray(text: string): string[] | undefined {
  const trimmed = trimStart(text);
  if (!trimmed.startsWith("[")) return undefined;
  const value = parse(trimmed);
  if (!Array.isArray(value)) return undefined;
  const other = value.find((item) => typeof item !== "string");
  if (other === undefined) return value.map(wellFormed);
  if (!goDecodes(trimmed, value)) return undefined;
  throw new Refusal("JSON arrays hold strings only", other, "put each argument in double quotes");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether Go decodes the array too: it refuses deep nesting and numbers beyond a double, which JavaScript takes. */
function goDecodes(text: string, value: unknown[]): boolean {
  if (deepest(text) > DEEPEST_JSON) return false;
  return !holdsInfinity(value);
}

function deepest(json: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") most = Math.max(most, ++depth);
    else if (character === "]" || character === "}") depth--;
  }
  return most;
}

function holdsInfinity(value: unknown): boolean {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === "number" && !Number.isFinite(next)) return true;
    if (typeof next === "object" && next !== null) for (const inner of Object.values(next)) pending.push(inner);
  }
  return false;
}
