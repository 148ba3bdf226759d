import type { Command } from "../instructions/instruction.ts";

/** One program's call inside a shell line. */
export interface ShellCommand {
  /** The program, without its folder. */
  readonly name: string;
  /** What follows it, quotes taken off; a variable stays as written. */
  readonly args: readonly string[];
  /** The variables that are set for this call alone, as written. */
  readonly env: ReadonlyMap<string, string>;
  /** Whether it writes into a pipe. */
  readonly piped: boolean;
  /** Whether it reads what the command before it wrote. */
  readonly readsPipe: boolean;
}

/** Words that stand before a command without being one. */
const PREFIXES: ReadonlySet<string> = new Set(
  "! { if then elif else while until do exec eval time command env nohup".split(" "),
);
const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*\+?=/;
const SHELLS: ReadonlySet<string> = new Set(["sh", "bash", "ash", "dash", "zsh", "ksh"]);

/** How far the end of `$((…))` is looked for. */
const LONGEST_SUM = 200;

/** The calls that `command` makes, as far as a look at it tells. */
export function shellCommands(command: Command): readonly ShellCommand[] {
  const known = READ.get(command) ?? readCommands(command);
  READ.set(command, known);
  return known;
}

/** Many rules ask about one command. */
const READ = new WeakMap<Command, readonly ShellCommand[]>();

function readCommands(command: Command): ShellCommand[] {
  if (command.form === "shell") return splitShell([command.text, ...scripts(command)].join("\n"));
  const [program = "", option = "", script] = command.argv;
  if (isShell(program) && /^-[a-z]*c$/.test(option) && script !== undefined) return splitShell(script);
  return toCommand([...command.argv], false, false);
}

/** Whether `program` is a POSIX shell. */
export function isShell(program: string): boolean {
  return SHELLS.has(baseName(program));
}

/** The heredocs that a shell reads: the command is nothing else, or the shell itself. */
function scripts(command: Command & { readonly form: "shell" }): string[] {
  const first = command.text.trim().split(/\s/)[0] ?? "";
  if (!first.includes("<<") && !isShell(first.split("<<")[0] ?? "")) return [];
  return command.heredocs.flatMap(({ content }) => {
    const interpreter = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(content);
    const [, program = "sh", argument = ""] = interpreter ?? [];
    return isShell(baseName(program) === "env" ? argument : program) ? [content] : [];
  });
}

/** Cuts `text` into calls, those of substitutions too. Every character is looked at once. */
export function splitShell(text: string): ShellCommand[] {
  return new ShellSplitter(text).split();
}

interface Level {
  readonly words: string[];
  readonly close: string;
  readonly quoted: boolean;
  readonly word: string;
  readonly readsPipe: boolean;
}

class ShellSplitter {
  private readonly commands: ShellCommand[] = [];
  private readonly outer: Level[] = [];
  private words: string[] = [];
  private word = "";
  private inWord = false;
  private quoted = false;
  private readsPipe = false;
  private at = 0;

  constructor(private readonly text: string) {}

  split(): ShellCommand[] {
    for (; this.at < this.text.length; this.at++) this.step(this.text.charAt(this.at));
    while (this.outer.length > 0) this.leave();
    this.endCommand(false);
    return this.commands;
  }

  private step(character: string): void {
    const next = this.text.charAt(this.at + 1);
    if (character === "\\") {
      if (next !== "\n") this.add(next);
      this.at++;
    } else if (character === "$" && next === "(") {
      const sum =
        this.text.charAt(this.at + 2) === "(" ? this.text.slice(this.at, this.at + LONGEST_SUM).indexOf("))") : -1;
      if (sum > 0) this.add("$()");
      else this.enter(")");
      this.at += sum > 0 ? sum + 1 : 1;
    } else if (character === "`") {
      if (this.outer.at(-1)?.close === "`") this.leave();
      else this.enter("`");
    } else if (character === '"') {
      this.quoted = !this.quoted;
      this.add("");
    } else if (this.quoted) this.add(character);
    else this.stepOutsideQuotes(character, next);
  }

  private stepOutsideQuotes(character: string, next: string): void {
    if (character === "'") {
      const end = this.text.indexOf("'", this.at + 1);
      this.add(this.text.slice(this.at + 1, end < 0 ? undefined : end));
      this.at = end < 0 ? this.text.length : end;
    } else if (character === " " || character === "\t" || character === "\r") this.endWord();
    else if (character === "#" && !this.inWord) {
      const end = this.text.indexOf("\n", this.at);
      this.at = (end < 0 ? this.text.length : end) - 1;
    } else if (character === ")") {
      if (this.outer.at(-1)?.close === ")") this.leave();
      else this.endCommand(false);
    } else if (character === "|" && next !== "|") {
      this.endCommand(true);
      if (next === "&") this.at++;
    } else if ("\n;(|".includes(character)) this.endCommand(false);
    else if (character === "&" && !/[<>]$/.test(this.word) && next !== ">") this.endCommand(false);
    else this.add(character);
  }

  private add(text: string): void {
    this.word += text;
    this.inWord = true;
  }

  private endWord(): void {
    if (this.inWord) this.words.push(this.word);
    this.word = "";
    this.inWord = false;
  }

  private endCommand(piped: boolean): void {
    this.endWord();
    const commands = toCommand(this.words, piped, this.readsPipe);
    this.commands.push(...commands);
    if (this.words.length > 0) this.readsPipe = piped;
    this.words = [];
  }

  private enter(close: string): void {
    const { words, quoted, word, readsPipe } = this;
    this.outer.push({ words, close, quoted, word, readsPipe });
    this.words = [];
    this.word = "";
    this.inWord = false;
    this.quoted = false;
    this.readsPipe = false;
  }

  private leave(): void {
    this.endCommand(false);
    const level = this.outer.pop();
    if (!level) return;
    this.words = level.words;
    this.word = `${level.word}$()`;
    this.inWord = true;
    this.quoted = level.quoted;
    this.readsPipe = level.readsPipe;
  }
}

function toCommand(words: readonly string[], piped: boolean, readsPipe: boolean): ShellCommand[] {
  let start = 0;
  while (start < words.length && (PREFIXES.has(words[start] ?? "") || ASSIGNMENT.test(words[start] ?? ""))) start++;
  const [program, ...args] = words.slice(start);
  if (program === undefined) return [];
  const set = words.slice(0, start).filter((word) => ASSIGNMENT.test(word));
  const env = new Map(set.map((word) => [word.replace(/\+?=.*/s, ""), word.slice(word.indexOf("=") + 1)]));
  return [{ name: baseName(program), args, env, piped, readsPipe }];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
