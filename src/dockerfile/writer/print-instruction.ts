import { printDuration } from "../instructions/healthcheck.ts";
import type { Add, Command, Copy, Healthcheck, Instruction, Run, Word } from "../instructions/instruction.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";
import type { Assignment } from "../syntax/instruction-words.ts";

/**
 * The ways to write `instruction`, the most readable first. Why several: COPY's words cannot hold white space where its
 * JSON form can, and a reader decides which of them says what was meant.
 */
export function printInstruction(instruction: Instruction, escapeMark: EscapeCharacter): string[] {
  const line = (...words: (string | undefined)[]) => [words.filter((word) => word).join(" ")];
  switch (instruction.keyword) {
    case "FROM": {
      const { image, as, platform } = instruction;
      return line("FROM", flag("platform", platform, escapeMark), image, as && `AS ${as}`);
    }
    case "ARG":
      return line(
        "ARG",
        ...instruction.args.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)),
      );
    case "ENV":
      return line("ENV", ...instruction.variables.map(printPair));
    case "LABEL":
      return line("LABEL", ...instruction.labels.map(printPair));
    case "RUN":
      return [printRun(instruction, escapeMark)];
    case "COPY":
    case "ADD":
      return printTransfer(instruction, escapeMark);
    case "WORKDIR":
      return line("WORKDIR", instruction.path);
    case "USER":
      return line("USER", instruction.user);
    case "EXPOSE":
      return line("EXPOSE", ...instruction.ports);
    case "VOLUME":
      return line("VOLUME", printArray(instruction.paths));
    case "CMD":
    case "ENTRYPOINT":
      return [printCommand([instruction.keyword], instruction.command)];
    case "HEALTHCHECK":
      return [printHealthcheck(instruction, escapeMark)];
    case "SHELL":
      return line("SHELL", printArray(instruction.argv));
    case "STOPSIGNAL":
      return line("STOPSIGNAL", instruction.signal);
    case "ONBUILD":
      return instruction.trigger
        ? printInstruction(instruction.trigger, escapeMark).map((text) => `ONBUILD ${text}`)
        : [];
    case "MAINTAINER":
      return [];
  }
}

function printPair({ name, value, legacy }: Assignment): string {
  return legacy ? `${name} ${value}` : `${name}=${value}`;
}

function printArray(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
}

/** `--name=value`, or nothing where there is no value. */
function flag(
  name: string,
  value: Word | number | boolean | undefined,
  escapeMark: EscapeCharacter,
): string | undefined {
  if (value === undefined) return undefined;
  const text = String(value);
  if (/^[-\w./:@%+,=$*?~{}]*$/.test(text)) return `--${name}=${text}`;
  const quoted = [...text].map((c) => (c === '"' || c === escapeMark ? escapeMark + c : c)).join("");
  return `--${name}="${quoted}"`;
}

function printRun(run: Run, escapeMark: EscapeCharacter): string {
  const head = [
    "RUN",
    ...run.mounts.map((mount) => flag("mount", mount, escapeMark)),
    ...run.devices.map((device) => flag("device", device, escapeMark)),
    flag("network", run.network, escapeMark),
    flag("security", run.security, escapeMark),
  ];
  return printCommand(head, run.command);
}

/** A shell command that starts like a flag stands behind a lone `--`. */
function printCommand(head: readonly (string | undefined)[], command: Command): string {
  const words = head.filter((word) => word !== undefined);
  if (command.form === "exec") return [...words, printArray(command.argv)].join(" ");
  const text = command.text.startsWith("--") ? `-- ${command.text}` : command.text;
  const line = (text === "" ? words : [...words, text]).join(" ");
  return [line, ...command.heredocs.map(({ name, content }) => content + name)].join("\n");
}

function printHealthcheck(check: Healthcheck, escapeMark: EscapeCharacter): string {
  const time = (name: string, seconds?: number) =>
    flag(name, seconds === undefined ? undefined : printDuration(seconds), escapeMark);
  if (!check.command) return "HEALTHCHECK NONE";
  const head = [
    "HEALTHCHECK",
    time("interval", check.interval),
    time("timeout", check.timeout),
    time("start-period", check.startPeriod),
    time("start-interval", check.startInterval),
    flag("retries", check.retries, escapeMark),
    "CMD",
  ];
  return printCommand(head, check.command);
}

function printTransfer(transfer: Copy | Add, escapeMark: EscapeCharacter): string[] {
  const { keyword, sources, files, destination, chown, chmod, link, exclude } = transfer;
  const own =
    transfer.keyword === "COPY"
      ? [flag("from", transfer.from, escapeMark), transfer.parents ? "--parents" : undefined]
      : [
          flag("checksum", transfer.checksum, escapeMark),
          flag("keep-git-dir", transfer.keepGitDir, escapeMark),
          flag("unpack", transfer.unpack, escapeMark),
        ];
  const head = [
    keyword,
    ...own,
    flag("chown", chown, escapeMark),
    flag("chmod", chmod, escapeMark),
    link ? "--link" : undefined,
    ...exclude.map((pattern) => flag("exclude", pattern, escapeMark)),
  ].filter((word) => word !== undefined);
  const names = files.map(({ name, expand }) => (expand ? `<<${name}` : `<<"${name}"`));
  const line = [...head, ...sources, ...names, destination].join(" ");
  const plain = [line, ...files.map(({ name, content }) => content + name)].join("\n");
  const json = [...head, printArray([...sources, ...names, destination])].join(" ");
  return [plain, json];
}
