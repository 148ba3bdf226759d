import type { Heredoc } from "../syntax/heredoc.ts";
import type { Command } from "./instruction.ts";

/** The command that `args` are: a JSON array as it is, other words as one text for the shell. */
export function readCommand(
  source: { readonly json: boolean; readonly heredocs: readonly Heredoc[] },
  args: readonly string[],
): Command {
  if (source.json) return { form: "exec", argv: args };
  const heredocs = source.heredocs.map(({ name, content, chomp }) => ({ name, content, chomp }));
  return { form: "shell", text: args.join(" "), heredocs };
}
