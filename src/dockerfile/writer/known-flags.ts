import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { type OptionNames, refuseUnknownOptions } from "../../values/known-options.ts";
import { Refusal } from "../dockerfile-error.ts";

/** Refuses an option that the instruction does not have. @throws Refusal with the nearest name that is known */
export function knownFlags<T extends object>(options: T, names: OptionNames<T>): void {
  try {
    refuseUnknownOptions("instruction", options, names);
  } catch (error) {
    if (error instanceof InvalidValueError) throw new Refusal(`option ${error.rule}`, error.got, error.remedy);
    throw error;
  }
}
