import { nameCharacter, refusalOf } from "./invalid-value-error.ts";
import { LONGEST_PATH, referenceGrammar } from "./reference-grammar.ts";
import { urlScheme } from "./url-scheme.ts";

/** The rule that a text breaks, and what to do about it. */
export interface Diagnosis {
  readonly rule: string;
  readonly remedy?: string;
}

const SHAPE = 'write it like "team/app"';

/** The name of an image inside its registry, e.g. `team/netflix-movie-catalog`: no address, no tag, no digest. */
export class RepositoryPath {
  /** @throws InvalidValueError when `text` is no path of an image reference */
  static parse(text: string): RepositoryPath {
    const refuse = refusalOf("repository path", text);
    if (typeof text !== "string" || text === "") return refuse("must not be empty", SHAPE);
    if (urlScheme(text)) return refuse("must not be a URL", SHAPE);
    if (text.includes("@")) return refuse("must not have a digest", "pin the image, not its repository");
    if (text.includes(":")) {
      return refuse("must not have a tag or a port", "the version belongs to the image, the port to the registry");
    }
    if (/^\/|\/$|\/\//.test(text)) return refuse("must have a name before, between and after its slashes", SHAPE);

    const problem = diagnosePath(text);
    if (problem) {
      const lower = text.toLowerCase();
      if (lower !== text && !diagnosePath(lower)) return refuse("must be lower case", `use "${lower}"`);
      return refuse(problem.rule, problem.remedy);
    }
    if (text.length > LONGEST_PATH) {
      return refuse(`must have at most ${LONGEST_PATH} characters`, `it has ${text.length}`);
    }
    return new RepositoryPath(text);
  }

  private constructor(private readonly text: string) {}

  /** The names between the slashes. */
  get components(): string[] {
    return this.text.split("/");
  }

  equals(other: RepositoryPath): boolean {
    return this.text === other.text;
  }

  toString(): string {
    return this.text;
  }
}

/** Which rule of path components `path` breaks, if any. */
export function diagnosePath(path: string): Diagnosis | undefined {
  const component = path.split("/").find((part) => !referenceGrammar.pathComponent.test(part));
  if (component === undefined) return undefined;
  if (component === "") return { rule: "must have a name" };
  const strange = /[^a-z0-9._-]/u.exec(component)?.[0];
  if (strange) {
    const rule = "must have names of lower-case letters, digits, dots, dashes and underscores";
    return { rule, remedy: `replace ${nameCharacter(strange)}` };
  }
  const part = component.length > 40 ? `${component.slice(0, 40)}…` : component;
  if (/^[._-]|[._-]$/.test(component)) {
    return { rule: "must have names that begin and end with a letter or a digit", remedy: `"${part}" does not` };
  }
  const rule = "must have one dot, one or two underscores or any number of dashes between letters and digits";
  return { rule, remedy: `"${part}" has others` };
}
