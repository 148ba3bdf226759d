import type { IConstruct } from "constructs";
import { type InvalidValue, InvalidValueError } from "../values/invalid-value-error.ts";

/**
 * A declaration that cannot be synthesized: construct path, property, rule, value got, remedy. Why the path comes
 * first: a stack has many ports and names, and only the path tells which one to mend.
 */
export class ConstructError extends Error {
  /** The path of the construct that is declared wrongly; not the construct, which would print the whole tree. */
  readonly path: string;

  constructor(
    scope: IConstruct,
    readonly property: string,
    problem: InvalidValue | string,
  ) {
    super(
      `${scope.node.path || scope.constructor.name}: ${property}: ${
        typeof problem === "string" ? problem : new InvalidValueError(problem).message
      }`,
    );
    this.name = "ConstructError";
    this.path = scope.node.path;
  }
}

/** Several declarations of one construct that are wrong together, so that a person mends them in one go. */
export class ConstructErrors extends AggregateError {
  constructor(errors: readonly ConstructError[]) {
    super(errors, errors.map((error) => error.message).join("\n"));
    this.name = "ConstructErrors";
  }
}

/**
 * Runs `read` and puts the construct path and property in front of what a value refuses. Anything but a refused
 * value passes through untouched: a defect must not look like a typing mistake.
 *
 * @throws {ConstructError}
 */
export function atProperty<T>(scope: IConstruct, property: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidValueError) throw new ConstructError(scope, property, error);
    throw error;
  }
}

/**
 * Runs each check and throws what failed together. Checks are independent: one failing does not stop the next.
 *
 * @throws {ConstructError} when one failed
 * @throws {ConstructErrors} when several did
 */
export function collectErrors(checks: ReadonlyArray<() => unknown>): void {
  const failures: ConstructError[] = [];
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      if (error instanceof ConstructErrors) failures.push(...(error.errors as ConstructError[]));
      else if (error instanceof ConstructError) failures.push(error);
      else throw error;
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new ConstructErrors(failures);
}

/**
 * Checks every rule of options, by the option that each is about, and throws what is broken together.
 *
 * @param propertyOf what an option is called in the error
 * @throws {ConstructError} when one is broken
 * @throws {ConstructErrors} when several are
 */
export function checkRules(
  scope: IConstruct,
  rules: Readonly<Record<string, () => unknown>>,
  propertyOf: (option: string) => string = (option) => option,
): void {
  collectErrors(
    Object.entries(rules).map(
      ([option, check]) =>
        () =>
          atProperty(scope, propertyOf(option), check),
    ),
  );
}
