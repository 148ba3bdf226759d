import { InvalidValueError } from "./invalid-value-error.ts";

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * @param subject what is called so, e.g. `secret`
 * @throws InvalidValueError when no shell has a variable of this `name`
 */
export function checkVariableName(subject: string, name: string): void {
  if (VARIABLE.test(name)) return;
  const rule = "must be letters, digits and underscores, a letter first";
  throw new InvalidValueError({ subject, rule, got: name });
}
