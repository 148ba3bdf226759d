import { Refusal } from "../dockerfile-error.ts";
import type { Command } from "../instructions/instruction.ts";

/** A command: an argument list that runs as it is, or a line for the shell. */
export type CommandText = readonly string[] | { readonly shell: string };

/** What RUN takes besides: lines for the shell, or for the interpreter that a first line `#!…` names. */
export type RunText = CommandText | { readonly script: string };

/** `text` as an instruction's command. */
export function toCommand(text: CommandText): Command {
  if (!("shell" in text)) return { form: "exec", argv: [...text] };
  const { shell } = text;
  if (shell.includes("\n")) throw new Refusal("takes a shell command of one line", "\n", "give RUN a script instead");
  if (shell.trim() !== shell || shell === "") {
    throw new Refusal("takes a shell command without white space around it", "", "trim it");
  }
  return { form: "shell", text: shell, heredocs: [] };
}

/** `text` as the command of RUN, a script as a heredoc whose name no line of it has. */
export function toRunCommand(text: RunText): Command {
  if (!("script" in text)) return toCommand(text);
  const content = text.script.endsWith("\n") ? text.script : `${text.script}\n`;
  const lines = new Set(content.split("\n").map((line) => line.replace(/\r+$/, "")));
  let name = "EOF";
  for (let number = 1; lines.has(name); number++) name = `EOF${number}`;
  return { form: "shell", text: `<<${name}`, heredocs: [{ name, content, chomp: false }] };
}
