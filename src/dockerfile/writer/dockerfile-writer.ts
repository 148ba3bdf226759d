import { DockerfileError, Refusal } from "../dockerfile-error.ts";
import type { Instruction, Keyword } from "../instructions/instruction.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";
import { type FromOptions, toFrom } from "./from-options.ts";
import { InstructionVerbs } from "./instruction-verbs.ts";
import { writeInstruction } from "./write-instruction.ts";

/**
 * A Dockerfile in the making: each method gives a longer one and leaves this one as it is. `Read` is what the finished
 * text is read as.
 */
export class DockerfileWriter<Read> extends InstructionVerbs<DockerfileWriter<Read>> {
  constructor(
    private readonly text: string,
    protected override readonly escapeMark: EscapeCharacter,
    private readonly read: (text: string) => Read,
  ) {
    super();
  }

  /** Starts another stage. */
  from(image: string, options: FromOptions = {}): DockerfileWriter<Read> {
    const gap = /(^|\n)(FROM|ARG) /.test(this.text) ? "\n" : "";
    return this.append("FROM", () => toFrom(image, options, this.escapeMark), gap);
  }

  /** Says why the next instruction is as it is. */
  comment(text: string): DockerfileWriter<Read> {
    const lines = text.split(/\r\n|[\r\n]/).map((line) => `# ${line}`.trimEnd());
    return new DockerfileWriter(`${this.text}${lines.join("\n")}\n`, this.escapeMark, this.read);
  }

  toDockerfile(): Read {
    return this.read(this.text);
  }

  override toString(): string {
    return this.text;
  }

  protected override append(keyword: Keyword, make: () => Instruction, gap = ""): DockerfileWriter<Read> {
    try {
      const written = writeInstruction(make(), this.escapeMark);
      return new DockerfileWriter(`${this.text}${gap}${written}\n`, this.escapeMark, this.read);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new DockerfileError({ ...error.inside(keyword).problem, line: `${this.text}${gap}`.split("\n").length });
    }
  }
}
