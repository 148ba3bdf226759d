import { Refusal } from "../dockerfile-error.ts";
import { lowerCase } from "../syntax/go-text.ts";
import { nearest } from "./nearest.ts";

/** What a flag takes: `--link[=true]`, `--from=x` once, or `--mount=x` any number of times. */
export type FlagKind = "boolean" | "text" | "texts";

type Value<K extends FlagKind> = K extends "boolean" ? boolean : K extends "text" ? string : readonly string[];

/** The flags that were given. */
export type Flags<Kinds extends Record<string, FlagKind>> = { readonly [name in keyof Kinds]?: Value<Kinds[name]> };

/** Reads `words` as the flags `kinds`. @throws Refusal on an unknown flag, one given twice, one with the wrong value */
export function readFlags<const Kinds extends Record<string, FlagKind>>(
  words: readonly string[],
  kinds: Kinds,
): Flags<Kinds> {
  const values: Record<string, boolean | string | string[]> = {};
  for (const word of words) {
    const equals = word.indexOf("=");
    const flag = equals < 0 ? word : word.slice(0, equals);
    const value = equals < 0 ? undefined : word.slice(equals + 1);
    const name = flag.slice(2);
    if (!Object.hasOwn(kinds, name)) {
      const meant = nearest(name, Object.keys(kinds));
      throw new Refusal("has an unknown flag", flag, meant && `did you mean --${meant}?`);
    }
    const earlier = values[name];
    if (kinds[name] === "texts") values[name] = [...(Array.isArray(earlier) ? earlier : []), needValue(flag, value)];
    else if (earlier !== undefined) throw new Refusal("takes a flag once", flag);
    else values[name] = kinds[name] === "boolean" ? readBoolean(flag, value) : needValue(flag, value);
  }
  return values as Flags<Kinds>;
}

function needValue(flag: string, value: string | undefined): string {
  if (value === undefined) throw new Refusal("has a flag without a value", flag, `write ${flag}=…`);
  return value;
}

function readBoolean(flag: string, value = "true"): boolean {
  const text = lowerCase(value);
  if (text !== "true" && text !== "false") throw new Refusal(`${flag} takes true or false`, value);
  return text === "true";
}
