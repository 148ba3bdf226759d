import { posix } from "node:path";
import { Refusal } from "../dockerfile-error.ts";
import { readPortSpec } from "../image-config.ts";
import type { Add, Copy, Run } from "../instructions/instruction.ts";
import { type ConvertedMount, convertMount } from "../instructions/read-run.ts";
import type { Statement } from "../statement.ts";
import type { ReadWord, VariableScope } from "../variable-scope.ts";
import type { BuildFault, BuildWarning } from "./build-fault.ts";
import { ContextUse } from "./context-use.ts";
import { transferFault } from "./convert-transfer.ts";
import { isSecretKey } from "./secret-key.ts";
import { isStopSignal } from "./stop-signal.ts";

/** What a stage takes over from the one that it builds upon. */
export interface StageStart {
  readonly scope: VariableScope;
  /** Nothing where only the base image knows it. */
  readonly workdir?: string;
  readonly hasWorkdir: boolean;
  readonly hasShell: boolean;
  /** The arguments that ARG has declared. */
  readonly declared: ReadonlySet<string>;
}

/**
 * A stage's instructions, run through as BuildKit does when it turns a file into a build: each sees the variables and
 * the folder that those before it left. Why: what a build fails at, and what its words mean, is known only there.
 */
export class StageConversion {
  readonly faults: BuildFault[] = [];
  readonly warnings: BuildWarning[] = [];
  /** The words of EXPOSE, VOLUME, USER and WORKDIR with their variables replaced; nothing for one that is not known. */
  readonly expanded = new Map<Statement, readonly (string | undefined)[]>();
  /** The mounts of each RUN; nothing where the type of one is not known. */
  readonly mounts = new Map<Statement, readonly (ConvertedMount | undefined)[]>();
  /** What it asks of the context. */
  readonly contextUse = new ContextUse();
  private readonly declared: Set<string>;
  private readonly last = new Map<string, Statement>();
  private workdir: string | undefined;
  private hasWorkdir: boolean;
  private hasShell: boolean;
  readonly scope: VariableScope;

  constructor(
    start: StageStart,
    private readonly global: VariableScope,
    private readonly escapeMark: string,
  ) {
    this.scope = start.scope;
    this.workdir = start.workdir;
    this.hasWorkdir = start.hasWorkdir;
    this.hasShell = start.hasShell;
    this.declared = new Set(start.declared);
  }

  /** What a stage upon this one starts with; `scope` is its own copy. */
  startAbove(scope: VariableScope): StageStart {
    const { workdir, hasWorkdir, hasShell, declared } = this;
    return { scope, workdir, hasWorkdir, hasShell, declared };
  }

  take(it: Statement): void {
    switch (it.keyword) {
      case "ARG":
        this.takeArgs(it);
        break;
      case "ENV": {
        const pairs = it.variables.map(({ name, value }) => [this.read(it, name), this.read(it, value)] as const);
        for (const [name, value] of pairs) {
          if (name === undefined) continue;
          if (isSecretKey(name)) this.warn("SecretsUsedInArgOrEnv", it, name);
          this.scope.assign(name, value);
        }
        this.warnOfLegacy(it, it.variables);
        break;
      }
      case "LABEL":
        for (const { name, value } of it.labels) for (const word of [name, value]) this.read(it, word);
        this.warnOfLegacy(it, it.labels);
        break;
      case "COPY":
      case "ADD":
        this.takeTransfer(it);
        break;
      case "RUN":
        this.takeRun(it);
        break;
      case "WORKDIR":
        this.takeWorkdir(it, this.read(it, it.path));
        break;
      case "USER":
        this.expanded.set(it, [this.read(it, it.user)]);
        break;
      case "EXPOSE":
        this.takePorts(it);
        break;
      case "VOLUME": {
        const paths = it.paths.map((path) => this.read(it, path));
        if (paths.includes("")) this.fail("SW1057", it, "a volume's path is empty");
        this.expanded.set(it, paths);
        break;
      }
      case "STOPSIGNAL": {
        const signal = this.read(it, it.signal);
        if (signal !== undefined && !isStopSignal(signal))
          this.fail("SW1058", it, `${signal || "nothing"} is no signal`);
        break;
      }
      case "SHELL":
        this.hasShell = true;
        break;
      case "CMD":
      case "ENTRYPOINT":
        if (it.command.form === "shell" && !this.hasShell) this.warn("JSONArgsRecommended", it, it.keyword);
        this.warnOfSecond(it);
        break;
      case "HEALTHCHECK":
        this.warnOfSecond(it);
        break;
    }
  }

  fail(rule: string, it: Statement, reason: string): void {
    this.faults.push({ rule, line: it.range.start, reason });
  }

  private warn(check: string, it: Statement, got?: string): void {
    this.warnings.push({ check, line: it.range.start, comments: it.comments, ...(got === undefined ? {} : { got }) });
  }

  /** A word's value; says what is wrong with it. */
  private read(it: Statement, word: string): string | undefined {
    return /["$'<\\`\ufeff]/.test(word) ? this.heed(it, this.scope.read(word, this.escapeMark)).text : word;
  }

  private heed(it: Statement, read: ReadWord): ReadWord {
    if (read.problem !== undefined) this.fail("SW1004", it, read.problem);
    for (const name of read.unset) if (!this.declared.has(name)) this.warn("UndefinedVar", it, name);
    return read;
  }

  private warnOfLegacy(it: Statement, pairs: readonly { readonly legacy?: true }[]): void {
    for (const { legacy } of pairs) if (legacy) this.warn("LegacyKeyValueFormat", it, it.keyword);
  }

  private warnOfSecond(it: Statement): void {
    const before = this.last.get(it.keyword);
    this.last.set(it.keyword, it);
    if (!before) return;
    const { comments } = it;
    this.warnings.push({
      check: "MultipleInstructionsDisallowed",
      line: before.range.start,
      comments,
      got: it.keyword,
    });
  }

  private takeArgs(it: Statement & { readonly keyword: "ARG" }): void {
    for (const { name, value } of it.args) {
      if (isSecretKey(name)) this.warn("SecretsUsedInArgOrEnv", it, name);
      const read = this.scope.declare(name, value, this.escapeMark, this.global);
      if (read) this.heed(it, read);
      this.declared.add(name);
    }
  }

  private takeWorkdir(it: Statement, path: string | undefined): void {
    this.expanded.set(it, [path]);
    if (!this.hasWorkdir && path !== undefined && !path.startsWith("/")) this.warn("WorkdirRelativePath", it, path);
    this.hasWorkdir = true;
    if (path?.startsWith("/")) this.workdir = posix.normalize(path);
    else this.workdir = path === undefined || this.workdir === undefined ? undefined : posix.join(this.workdir, path);
  }

  private takePorts(it: Statement & { readonly keyword: "EXPOSE" }): void {
    const words = it.ports.flatMap((port): readonly (string | undefined)[] => {
      const { words: found = [undefined], problem } = this.scope.read(port, this.escapeMark);
      if (problem !== undefined) this.fail("SW1004", it, problem);
      return found;
    });
    this.expanded.set(it, words);
    for (const word of words) {
      const spec = word === undefined ? undefined : readPortSpec(word);
      if (word !== undefined && !spec) this.fail("DL3011", it, `${word} is no port`);
      if (spec && !spec.lowerCase) this.warn("ExposeProtoCasing", it, word);
      if (spec?.mapped) this.warn("ExposeInvalidFormat", it, word);
    }
  }

  private takeTransfer(it: (Copy | Add) & Statement): void {
    const [chown, chmod] = [it.chown, it.chmod].map((word) => word && this.read(it, word));
    const checksum = it.keyword === "ADD" ? it.checksum && this.read(it, it.checksum) : undefined;
    const sources = it.sources.map((source) => this.read(it, source));
    this.read(it, it.destination);
    for (const { content, expand } of it.files) {
      if (expand) this.heed(it, this.scope.read(content, "\\", { plainQuotes: true }));
    }
    const fault = transferFault(it, { chown, chmod, checksum, sources });
    if (fault) this.fail(fault.rule, it, fault.reason);
    this.contextUse.takeTransfer(it, sources);
  }

  private takeRun(it: Run & Statement): void {
    try {
      const expand = (value: string) => {
        const read = this.scope.read(value, this.escapeMark);
        return read.problem === undefined ? this.heed(it, read) : read;
      };
      const mounts = it.mounts.map((text) => convertMount(text, expand));
      this.mounts.set(it, mounts);
      for (const mount of mounts) if (mount) this.takeMount(it, mount);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.fail("SW1006", it, error.problem.reason);
    }
    if (it.command.form === "exec" && it.command.argv.length === 0) this.fail("SW1059", it, "there is no command");
  }

  private takeMount(it: Statement, { type, from, source, target }: ConvertedMount): void {
    if (type === "secret" || type === "ssh") return;
    const place = target === undefined || target.startsWith("/") ? target : this.below(target);
    if (place === "/") this.fail("SW1006", it, "a mount cannot take the place of /");
    if (from !== "" || type === "cache") return;
    this.contextUse.takeMount(type, source);
  }

  private below(path: string): string | undefined {
    return this.workdir === undefined ? undefined : posix.join("/", this.workdir, path);
  }
}
