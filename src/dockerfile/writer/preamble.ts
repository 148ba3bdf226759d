import { atLine, Refusal } from "../dockerfile-error.ts";
import type { Directives, EscapeCharacter } from "../syntax/directives.ts";
import { DockerfileWriter } from "./dockerfile-writer.ts";
import type { FromOptions } from "./from-options.ts";
import type { TextLike } from "./text.ts";

/** What stands before the first stage. Why a class of its own: until there is a stage there is nothing to build. */
export class Preamble<Read> {
  static start<Read>(directives: Directives, read: (text: string) => Read): Preamble<Read> {
    const lines = (["syntax", "escape", "check"] as const).flatMap((name) => {
      const value = directives[name];
      return value === undefined ? [] : [`# ${name}=${checkDirective(name, value)}\n`];
    });
    return new Preamble(lines.join(""), directives.escape ?? "\\", read);
  }

  private constructor(
    private readonly text: string,
    private readonly escapeMark: EscapeCharacter,
    private readonly read: (text: string) => Read,
  ) {}

  /** Declares a build argument that FROM may use, and stages that declare it again. */
  arg(name: string, defaultValue?: TextLike): Preamble<Read> {
    const argument = new DockerfileWriter(this.text, this.escapeMark, this.read).arg(name, defaultValue);
    return new Preamble(argument.toString(), this.escapeMark, this.read);
  }

  /** Starts the first stage. */
  from(image: string, options: FromOptions = {}): DockerfileWriter<Read> {
    return new DockerfileWriter(this.text, this.escapeMark, this.read).from(image, options);
  }
}

function checkDirective(name: keyof Directives, value: string): string {
  if (name === "escape" ? value === "\\" || value === "`" : /^\S(?:[^\r\n]*\S)?$/.test(value)) return value;
  const reason = name === "escape" ? "takes a backslash or a backtick" : "takes one line without white space around it";
  return atLine(1, () => {
    throw new Refusal(`the ${name} directive ${reason}`, value);
  });
}
