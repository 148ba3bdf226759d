import { InvalidValueError } from "../../src/values/invalid-value-error.ts";

/** The error that `task` throws, held against the style of all errors: subject, rule, value got, remedy. */
export function refusal(task: () => unknown): InvalidValueError {
  try {
    task();
  } catch (error) {
    if (!(error instanceof InvalidValueError)) throw error;
    const { message, subject, rule, remedy } = error;
    expect(message.startsWith(`${subject} ${rule}, got `)).toBe(true);
    expect(subject).toMatch(/^[a-z]/);
    expect(rule).toMatch(/^(?:must|has|with) /);
    expect(remedy).toBeTruthy();
    expect(message.endsWith(`: ${remedy}`)).toBe(true);
    expect(message).not.toMatch(/[.\s]$/);
    return error;
  }
  throw new Error("nothing was refused");
}

/** Things that a program without a type checker may pass where a text is expected. */
export const NO_TEXTS: readonly unknown[] = [
  undefined,
  null,
  42,
  Number.NaN,
  true,
  {},
  [],
  ["python"],
  Symbol("x"),
  () => "python",
];
