import { isDeepStrictEqual } from "node:util";
import { DockerfileError, Refusal } from "../dockerfile-error.ts";
import type { Instruction } from "../instructions/instruction.ts";
import { readInstruction } from "../instructions/read-instruction.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";
import { readSyntax } from "../syntax/read-syntax.ts";
import { printInstruction } from "./print-instruction.ts";

/**
 * `instruction` as the lines of a Dockerfile, without the last line feed. What is written is read back before it is
 * given out: text that would say something else is refused, whatever it hangs on.
 * @throws Refusal with the reason
 */
export function writeInstruction(instruction: Instruction, escapeMark: EscapeCharacter = "\\"): string {
  const { keyword } = instruction;
  if (keyword === "MAINTAINER") {
    throw new Refusal("is deprecated and never written", instruction.name, "write a label instead");
  }
  const wrong: string[] = [];
  for (const text of printInstruction(instruction, escapeMark)) {
    const read = readBack(text, escapeMark);
    if (read instanceof DockerfileError) wrong.push(read.reason);
    else if (isDeepStrictEqual(read, instruction)) return text;
    else if (read === undefined) wrong.push("it would end early, and the rest would be read as more instructions");
    else wrong.push(`the builder would read its ${differingPart(read, instruction)} as something else`);
  }
  const [reason = "its trigger is no instruction"] = wrong;
  const own = `${keyword} `;
  throw new Refusal(reason.startsWith(own) ? reason.slice(own.length) : `cannot say this: ${reason}`, keyword);
}

function readBack(text: string, escapeMark: EscapeCharacter): Instruction | DockerfileError | undefined {
  try {
    const { statements } = readSyntax(escapeMark === "`" ? `# escape=\`\n${text}` : text);
    const [statement] = statements;
    return statement && statements.length === 1 ? readInstruction(statement) : undefined;
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    if (error instanceof Refusal) return new DockerfileError({ ...error.problem, line: 1 });
    throw error;
  }
}

function differingPart(read: Instruction, instruction: Instruction): string {
  const found: Record<string, unknown> = { ...read };
  const part = Object.entries(instruction).find(([name, value]) => !isDeepStrictEqual(value, found[name]));
  return part?.[0] ?? "line";
}
