import { Refusal } from "../dockerfile-error.ts";
import { readPortSpec } from "../image-config.ts";
import type { Instruction, Keyword, Onbuild } from "../instructions/instruction.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";
import { type CommandText, type RunText, toCommand, toRunCommand } from "./command-text.ts";
import { knownFlags } from "./known-flags.ts";
import { type RunMount, toMountFlag } from "./run-mount.ts";
import { type TextLike, toExpandedWord, toListedPath, toPath, toWord } from "./text.ts";
import { ADD_OPTIONS, type AddOptions, COPY_OPTIONS, type CopyOptions, type Source, toTransfer } from "./transfer.ts";

export interface RunOptions {
  /** What the command sees besides the image. @default - nothing */
  readonly mounts?: readonly RunMount[];
  /** @default "default" */
  readonly network?: "default" | "none" | "host";
  /** @default "sandbox" */
  readonly security?: "sandbox" | "insecure";
  /** Devices by their CDI names. @default - none */
  readonly devices?: readonly string[];
}

/** Times are in seconds, of at least a thousandth. */
export interface HealthcheckOptions {
  /** @default 30 */
  readonly interval?: number;
  /** @default 30 */
  readonly timeout?: number;
  /** @default 0 */
  readonly startPeriod?: number;
  /** @default 5 */
  readonly startInterval?: number;
  /** @default 3 */
  readonly retries?: number;
}

const HEALTHCHECK_OPTIONS = {
  interval: true,
  timeout: true,
  startPeriod: true,
  startInterval: true,
  retries: true,
} as const;

/** The instructions of a stage as methods. `Next` is what one more instruction makes. */
export abstract class InstructionVerbs<Next> {
  protected abstract readonly escapeMark: EscapeCharacter;

  /** @throws DockerfileError when `make` or the writer refuses the instruction `keyword` */
  protected abstract append(keyword: Keyword, make: () => Instruction): Next;

  /** Declares the build argument `name`. */
  arg(name: string, defaultValue?: TextLike): Next {
    return this.append("ARG", () => ({ keyword: "ARG", args: [toArgument(name, defaultValue, this.escapeMark)] }));
  }

  /** Sets environment variables; none sees another of the same call. */
  env(variables: Readonly<Record<string, TextLike>>): Next {
    return this.append("ENV", () => ({
      keyword: "ENV",
      variables: this.pairs(variables, /^[A-Za-z_][-A-Za-z0-9_.]*$/),
    }));
  }

  label(labels: Readonly<Record<string, TextLike>>): Next {
    return this.append("LABEL", () => ({ keyword: "LABEL", labels: this.pairs(labels, /^[^=\s]+$/) }));
  }

  /** Runs `command` and keeps what it changes as a layer. */
  run(command: RunText, options: RunOptions = {}): Next {
    return this.append("RUN", () => {
      knownFlags(options, { mounts: true, network: true, security: true, devices: true });
      if (Array.isArray(command) && command.length === 0) throw new Refusal("needs a command", "[]");
      const { mounts = [], devices = [], network, security } = options;
      const flags = { mounts: mounts.map(toMountFlag), devices: [...devices], ...given({ network, security }) };
      return { keyword: "RUN", command: toRunCommand(command), ...flags };
    });
  }

  /** Copies from the context, a stage or an image; `{ name, content }` makes a file of text. */
  copy(sources: Source | readonly Source[], destination: TextLike, options: CopyOptions = {}): Next {
    const { from, parents = false } = options;
    return this.append("COPY", () => {
      knownFlags(options, COPY_OPTIONS);
      if (from?.includes("$")) throw new Refusal("takes no variable in from", from, "name a stage FROM the variable");
      const transfer = toTransfer(sources, destination, options, this.escapeMark);
      return { keyword: "COPY", ...transfer, parents, ...given({ from }) };
    });
  }

  /** Like copy, and fetches addresses and unpacks archives. */
  add(sources: Source | readonly Source[], destination: TextLike, options: AddOptions = {}): Next {
    const { checksum, keepGitDir, unpack } = options;
    return this.append("ADD", () => {
      knownFlags(options, ADD_OPTIONS);
      const transfer = toTransfer(sources, destination, options, this.escapeMark);
      return { keyword: "ADD", ...transfer, ...given({ checksum, keepGitDir, unpack }) };
    });
  }

  workdir(path: TextLike): Next {
    return this.append("WORKDIR", () => ({ keyword: "WORKDIR", path: toPath(path, this.escapeMark) }));
  }

  /** `name`, `id`, or either with `:group`. */
  user(user: string | number): Next {
    return this.append("USER", () => ({ keyword: "USER", user: toExpandedWord(user, this.escapeMark) }));
  }

  /** `8080`, `"8080/udp"` or `"8000-8010"`. */
  expose(...ports: readonly (number | string)[]): Next {
    return this.append("EXPOSE", () => ({ keyword: "EXPOSE", ports: ports.map(toPort) }));
  }

  volume(...paths: readonly TextLike[]): Next {
    return this.append("VOLUME", () => ({
      keyword: "VOLUME",
      paths: paths.map((path) => toListedPath(path, this.escapeMark)),
    }));
  }

  /** The default command, or the entry point's default arguments; an empty list takes away the base image's. */
  cmd(command: CommandText): Next {
    return this.append("CMD", () => ({ keyword: "CMD", command: toCommand(command) }));
  }

  entrypoint(command: CommandText): Next {
    return this.append("ENTRYPOINT", () => ({ keyword: "ENTRYPOINT", command: toCommand(command) }));
  }

  /** Asks `command` whether the container is healthy; `"none"` switches off the base image's check. */
  healthcheck(command: CommandText | "none", options: HealthcheckOptions = {}): Next {
    const { interval, timeout, startPeriod, startInterval, retries } = options;
    const times = given({ interval, timeout, startPeriod, startInterval, retries });
    return this.append("HEALTHCHECK", () => {
      knownFlags(options, HEALTHCHECK_OPTIONS);
      if (command !== "none") return { keyword: "HEALTHCHECK", command: toCommand(command), ...times };
      const [first] = Object.keys(times);
      if (first) throw new Refusal("takes no times with none", first, "leave them out");
      return { keyword: "HEALTHCHECK" };
    });
  }

  /** The shell that later shell forms run in, e.g. `["/bin/bash", "-o", "pipefail", "-c"]`. */
  shell(argv: readonly string[]): Next {
    return this.append("SHELL", () => ({ keyword: "SHELL", argv: [...argv] }));
  }

  stopsignal(signal: string | number): Next {
    return this.append("STOPSIGNAL", () => ({
      keyword: "STOPSIGNAL",
      signal: toExpandedWord(signal, this.escapeMark),
    }));
  }

  /** What runs when somebody builds upon the image: `onbuild((image) => image.copy(".", "/app"))`. */
  onbuild(trigger: (image: InstructionVerbs<Instruction>) => Instruction): Next {
    return this.append("ONBUILD", () => {
      const instruction = trigger(new LoneInstruction(this.escapeMark));
      const { keyword } = instruction;
      if (keyword === "ONBUILD" || keyword === "FROM" || keyword === "MAINTAINER") {
        throw new Refusal(`takes no ${keyword}`, keyword);
      }
      return { keyword: "ONBUILD", trigger: instruction } satisfies Onbuild;
    });
  }

  private pairs(values: Readonly<Record<string, TextLike>>, name: RegExp) {
    return Object.entries(values).map(([key, value]) => {
      if (!name.test(key)) throw new Refusal("has a name that no variable or label can have", key);
      return { name: toWord(key, this.escapeMark), value: toWord(value, this.escapeMark) };
    });
  }
}

/** Verbs that give the instruction itself. */
class LoneInstruction extends InstructionVerbs<Instruction> {
  constructor(protected override readonly escapeMark: EscapeCharacter) {
    super();
  }

  protected override append(keyword: Keyword, make: () => Instruction): Instruction {
    try {
      return make();
    } catch (error) {
      throw error instanceof Refusal ? error.inside(keyword) : error;
    }
  }
}

/** An ARG's name and default. */
export function toArgument(name: string, defaultValue: TextLike | undefined, escapeMark: EscapeCharacter) {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Refusal("has a name that no build argument can have", name);
  return defaultValue === undefined ? { name } : { name, value: toWord(defaultValue, escapeMark) };
}

function toPort(port: number | string): string {
  const text = String(port);
  const spec = readPortSpec(text);
  if (text.includes("$") && !/\s/.test(text)) return text;
  if (!spec || spec.mapped || spec.first < 1) {
    throw new Refusal("takes ports from 1 to 65535", text, 'write 8080, "8080/udp" or "8000-8010"');
  }
  return text;
}

/** The fields of `values` that have a value. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
