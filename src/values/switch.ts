import { InvalidValueError } from "./invalid-value-error.ts";

/** @throws InvalidValueError for what is neither on nor off; what is left out has its default */
export function checkSwitch(subject: string, got: boolean | undefined): void {
  if (got === undefined || typeof got === "boolean") return;
  throw new InvalidValueError({ subject, rule: "must be true or false", got });
}
