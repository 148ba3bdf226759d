import type { Stage } from "../stage.ts";
import { layersOf } from "./layer.ts";
import { type Rule, where } from "./rule.ts";
import { isShell, type ShellCommand, shellCommands } from "./shell-command.ts";

const HOST_PROGRAMS: ReadonlySet<string> = new Set(
  "ssh vim nano shutdown service ps free top kill mount ifconfig systemctl".split(" "),
);

export const RUN_RULES: readonly Rule[] = [
  {
    id: "DL3003",
    severity: "info",
    why: "cd lasts until the end of its RUN, so the next instruction is back where it was",
    fix: "set WORKDIR before the RUN",
    check: where((it) => it.keyword === "RUN" && shellCommands(it.command).some(({ name }) => name === "cd")),
  },
  {
    id: "DL3004",
    severity: "warning",
    why: "sudo hides which user the build runs as, and stays in the image as a way to root",
    fix: "switch with USER root before and USER … after",
    check: ofCommands((commands) => commands.some(({ name }) => name === "sudo")),
  },
  {
    id: "DL3001",
    severity: "info",
    why: "this program manages a machine; a build has none, and what it starts ends with the RUN",
    fix: "leave it out, or start it from CMD or ENTRYPOINT",
    check: ofCommands((commands) => commands.some(({ name }) => HOST_PROGRAMS.has(name))),
  },
  {
    id: "DL4005",
    severity: "warning",
    why: "programs that count on /bin/sh find another shell there",
    fix: 'write SHELL ["/bin/bash", "-c"]',
    check: ofCommands((commands) => commands.some(({ name, args }) => name === "ln" && args.at(-1) === "/bin/sh")),
  },
  {
    id: "DL3047",
    severity: "info",
    why: "wget's progress fills the build's log",
    fix: "add -q, or --progress=dot:giga",
    check: ofCommands((commands) => commands.some(isNoisyWget)),
  },
  {
    id: "SW1030",
    severity: "warning",
    why: "whatever the address serves at build time runs, and a download that breaks off runs by halves",
    fix: "download to a file, check its sum, then run it",
    check: ofCommands(pipesDownloadToShell),
  },
  {
    id: "DL4006",
    severity: "info",
    why: "a pipe succeeds when its last command does, so a failure before it goes unnoticed",
    fix: 'set SHELL ["/bin/bash", "-o", "pipefail", "-c"] before, or set -o pipefail in a shell that has it',
    check: pipesWithoutPipefail,
  },
];

function ofCommands(breaks: (commands: readonly ShellCommand[]) => boolean): Rule["check"] {
  return ({ stages }) => layersOf(stages).filter(({ commands }) => breaks(commands));
}

function isNoisyWget({ name, args }: ShellCommand): boolean {
  const quiet =
    /^-[a-zA-Z]*q|^-nv$|^--(quiet|no-verbose|progress|output-file|append-output|spider|version|help)|^-[oa]$/;
  return name === "wget" && args.some((arg) => /^[^-]/.test(arg)) && !args.some((arg) => quiet.test(arg));
}

function pipesDownloadToShell(commands: readonly ShellCommand[]): boolean {
  let downloads = false;
  for (const { name, args, piped, readsPipe } of commands) {
    if (!readsPipe) downloads = false;
    if (name === "curl" || name === "wget") downloads = piped;
    else if (isShell(name === "sudo" ? (args[0] ?? "") : name) && downloads) return true;
  }
  return false;
}

function* pipesWithoutPipefail({ stages }: Parameters<Rule["check"]>[0]) {
  const shells = new Map<Stage | undefined, readonly string[]>();
  for (const stage of stages) {
    let shell = shells.get(stage.parent) ?? ["/bin/sh", "-c"];
    for (const it of stage.instructions) {
      if (it.keyword === "SHELL") shell = it.argv;
      if (it.keyword !== "RUN" || !isShell(shell[0] ?? "") || hasPipefail(shell)) continue;
      const commands = shellCommands(it.command);
      if (commands.some(({ piped }) => piped) && !setsPipefail(it.command)) yield { line: it.range.start };
    }
    shells.set(stage, shell);
  }
}

/** Not every `sh` knows the option. */
function hasPipefail([program = "", ...options]: readonly string[]): boolean {
  return /(^|\/)(bash|ash|zsh|ksh)$/.test(program) && options.some((word) => word.includes("pipefail"));
}

function setsPipefail(command: Parameters<typeof shellCommands>[0]): boolean {
  const text =
    command.form === "exec"
      ? command.argv.join(" ")
      : [command.text, ...command.heredocs.map(({ content }) => content)].join("\n");
  return text.includes("pipefail");
}
