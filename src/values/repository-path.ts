import { refusalOf } from "./invalid-value-error.ts";
import { LONGEST_PATH } from "./reference-grammar.ts";
import { diagnosePath } from "./reference-part-mistake.ts";
import { urlScheme } from "./url-scheme.ts";

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
