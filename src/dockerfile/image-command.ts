import type { Command } from "./instructions/instruction.ts";
import type { Statement } from "./statement.ts";

/** What an image runs when it is started, as far as its Dockerfile decides. */
export interface ImageCommand {
  /** Absent where the base image's counts. */
  readonly entrypoint?: readonly string[];
  /** Absent where the base image's counts. */
  readonly cmd?: readonly string[];
  /** The shell that shell forms run in. @default ["/bin/sh", "-c"] */
  readonly shell?: readonly string[];
}

const DEFAULT_SHELL = ["/bin/sh", "-c"];

/**
 * What is started after `statements`, which build upon `base`. Only the last CMD and ENTRYPOINT count, and an ENTRYPOINT
 * drops a CMD that came with the base.
 */
export function readImageCommand(statements: readonly Statement[], base: ImageCommand = {}): ImageCommand {
  let { entrypoint, cmd, shell } = base;
  let ownCmd = false;
  for (const statement of statements) {
    if (statement.keyword === "SHELL") shell = statement.argv;
    else if (statement.keyword === "CMD") {
      cmd = argvOf(statement.command, shell);
      ownCmd = true;
    } else if (statement.keyword === "ENTRYPOINT") {
      entrypoint = argvOf(statement.command, shell);
      if (!ownCmd) cmd = [];
    }
  }
  return { ...(entrypoint ? { entrypoint } : {}), ...(cmd ? { cmd } : {}), ...(shell ? { shell } : {}) };
}

function argvOf(command: Command, shell: readonly string[] = DEFAULT_SHELL): readonly string[] {
  return command.form === "exec" ? command.argv : [...shell, command.text];
}

/** The arguments that the container's first process starts with; nothing where the base image has a say in them. */
export function startArguments({ entrypoint, cmd }: ImageCommand): readonly string[] | undefined {
  return entrypoint && cmd ? [...entrypoint, ...cmd] : undefined;
}
