import type { StageConversion } from "./conversion/stage-conversion.ts";
import {
  type BaseImage,
  type ExposedPort,
  type ExternalImage,
  externalImage,
  type ImageCommand,
  readImageCommand,
  readPortSpec,
  startArguments,
} from "./image-config.ts";
import type { From, Healthcheck, Keyword } from "./instructions/instruction.ts";
import { type Mount, readMount } from "./instructions/read-run.ts";
import type { Statement } from "./statement.ts";
import { readInteger } from "./syntax/go-text.ts";

/** A build argument that a Dockerfile declares. */
export interface BuildArgument {
  readonly name: string;
  /** The default as written. */
  readonly default?: string;
  readonly line: number;
}

/** A build secret that a RUN asks for. */
export interface SecretUse {
  readonly id: string;
  /** Whether the build fails without it. */
  readonly required: boolean;
  readonly line: number;
}

/** Where an instruction takes files from besides the context. */
export interface FileSource {
  readonly by: "COPY" | "RUN";
  readonly from: string;
  readonly line: number;
}

/** What a stage is made of; `Dockerfile` makes stages. */
export interface StageParts {
  readonly index: number;
  readonly from: Statement<From>;
  /** Without the FROM. */
  readonly instructions: readonly Statement[];
  /** What the ONBUILD instructions of the stage below add in front, each at this stage's FROM. */
  readonly triggered: readonly Statement[];
  readonly base: BaseImage;
  /** The stage that `base` is. */
  readonly parent?: Stage;
  /** What the instructions come to, one after the other. */
  readonly conversion: StageConversion;
}

/** A FROM and what follows it: one image, whose settings build upon those of the stage it starts from. */
export class Stage {
  readonly index: number;
  readonly name?: string;
  readonly from: Statement<From>;
  /** Its own, without those that it is triggered to. */
  readonly instructions: readonly Statement[];
  readonly base: BaseImage;
  readonly parent?: Stage;
  /** What the ONBUILD instructions of the stage below add in front, each at this stage's FROM. */
  readonly triggered: readonly Statement[];
  /** What the instructions come to, one after the other. */
  readonly conversion: StageConversion;

  constructor(parts: StageParts) {
    this.index = parts.index;
    this.name = parts.from.as;
    this.from = parts.from;
    this.instructions = parts.instructions;
    this.base = parts.base;
    this.parent = parts.parent;
    this.triggered = parts.triggered;
    this.conversion = parts.conversion;
  }

  /** The stage at the bottom of those that this one builds upon; itself, where it starts from an image. */
  get lowest(): Stage {
    return this.lineage[0] ?? this;
  }

  /** The last instruction `keyword` of this stage, or else of the stages below. */
  last<K extends Keyword>(keyword: K): Extract<Statement, { keyword: K }> | undefined {
    for (const stage of this.lineage.toReversed()) {
      const found = stage.effective.findLast((instruction) => instruction.keyword === keyword);
      if (found) return found as Extract<Statement, { keyword: K }>;
    }
    return undefined;
  }

  /** What EXPOSE says, each port once, in the order of the file; ports that hang on an unknown variable are missing. */
  get exposedPorts(): readonly ExposedPort[] {
    const ports = new Map<string, ExposedPort>();
    for (const stage of this.lineage) {
      for (const instruction of stage.effective) {
        if (instruction.keyword !== "EXPOSE") continue;
        for (const spec of stage.expand(instruction).map((text) => readPortSpec(text ?? ""))) {
          for (let port = spec?.first ?? 1; spec && port <= spec.last; port++) {
            const key = `${port}/${spec.protocol}`;
            if (!ports.has(key)) ports.set(key, { port, protocol: spec.protocol, line: instruction.range.start });
          }
        }
      }
    }
    return [...ports.values()];
  }

  /** The paths that VOLUME names, each once, in the order of the file; as written where a variable is not known. */
  get declaredVolumes(): readonly string[] {
    const paths = this.lineage.flatMap((stage) =>
      stage.effective.flatMap((it) =>
        it.keyword === "VOLUME" ? it.paths.map((path, index) => stage.expand(it)[index] ?? path) : [],
      ),
    );
    return [...new Set(paths)];
  }

  /** The user that the image runs as, as written where a variable is not known, empty upon `scratch`; absent where the base image's counts. */
  get user(): string | undefined {
    for (const stage of this.lineage.toReversed()) {
      const own = stage.effective.findLast((instruction) => instruction.keyword === "USER");
      if (own) return stage.expand(own)[0] ?? own.user;
    }
    return this.lowest.base.kind === "scratch" ? "" : undefined;
  }

  /** The health check; without a command it switches off the base image's. Absent where that one counts. */
  get healthCheck(): Statement<Healthcheck> | undefined {
    return this.last("HEALTHCHECK");
  }

  /** The entry point as an argument list, the shell in front of a shell form; absent where the base image's counts. */
  get entrypoint(): readonly string[] | undefined {
    return this.imageCommand.entrypoint;
  }

  /** The entry point's default arguments, or the command where there is none; absent where the base image's count. */
  get cmd(): readonly string[] | undefined {
    return this.imageCommand.cmd;
  }

  /** Entry point and command in one list; absent where the base image has a say. */
  get startArguments(): readonly string[] | undefined {
    return startArguments(this.imageCommand);
  }

  /** What ARG declares in this stage. */
  get buildArguments(): readonly BuildArgument[] {
    return this.instructions.flatMap((it) => (it.keyword === "ARG" ? argumentsOf(it) : []));
  }

  /** The secrets that RUN mounts ask for. */
  get secrets(): readonly SecretUse[] {
    return this.mounts.flatMap(({ mount, line }) => {
      const id = mount.source || mount.id || mount.target?.split("/").at(-1);
      return mount.type === "secret" && id ? [{ id, required: isTrue(mount.required), line }] : [];
    });
  }

  /** Where COPY and RUN mounts take files from besides the context: stages by name or number, and images. */
  get sources(): readonly FileSource[] {
    const copies = this.effective.flatMap((it): FileSource[] =>
      it.keyword === "COPY" && it.from ? [{ by: "COPY", from: it.from, line: it.range.start }] : [],
    );
    const mounts = this.mounts.flatMap(({ mount, line }): FileSource[] =>
      mount.from ? [{ by: "RUN", from: mount.from, line }] : [],
    );
    return [...copies, ...mounts].sort((a, b) => a.line - b.line);
  }

  /** The images among `sources`, given the stages that the file has. */
  imageSources(stages: readonly Stage[]): readonly ExternalImage[] {
    return this.sources
      .filter(({ by, from }) => namesImage(stages, from, by))
      .map(({ from, line }) => externalImage(line, from, from));
  }

  /** The words of `instruction`, an EXPOSE, VOLUME, USER or WORKDIR, with the variables as they are there; nothing for one not known. */
  expand(instruction: Statement): readonly (string | undefined)[] {
    return this.conversion.expanded.get(instruction) ?? [];
  }

  /** Every instruction that the build runs in this stage. */
  get effective(): readonly Statement[] {
    return this.triggered.length === 0 ? this.instructions : [...this.triggered, ...this.instructions];
  }

  /** The stages that this one builds upon, the lowest first, and itself. */
  private get lineage(): readonly Stage[] {
    const stages: Stage[] = [this];
    for (let below = this.parent; below; below = below.parent) stages.push(below);
    return stages.reverse();
  }

  private get imageCommand(): ImageCommand {
    const nothing: ImageCommand = this.lowest.base.kind === "scratch" ? { entrypoint: [], cmd: [] } : {};
    return this.lineage.reduce((below, stage) => readImageCommand(stage.effective, below), nothing);
  }

  private get mounts(): readonly { readonly mount: Mount; readonly line: number }[] {
    return this.effective.flatMap((it) =>
      it.keyword === "RUN" ? it.mounts.map((text) => ({ mount: readMount(text), line: it.range.start })) : [],
    );
  }
}

/** The stage that `--from=name` means: by name in any letter case, or by number. */
export function findStage(stages: readonly Stage[], name: string): Stage | undefined {
  return isStageNumber(name) ? stages[Number(name)] : stagesByName(stages).get(name.toLowerCase());
}

function stagesByName(stages: readonly Stage[]): ReadonlyMap<string, Stage> {
  let byName = STAGES_BY_NAME.get(stages);
  if (!byName) {
    byName = new Map(stages.flatMap((stage) => (stage.name === undefined ? [] : [[stage.name, stage]])));
    STAGES_BY_NAME.set(stages, byName);
  }
  return byName;
}

/** Whether the name that COPY or a mount of RUN takes files from is an image and no stage; only COPY counts stages. */
export function namesImage(stages: readonly Stage[], name: string, by: FileSource["by"]): boolean {
  if (by === "COPY" && isStageNumber(name)) return false;
  return name !== "scratch" && stagesByName(stages).get(name.toLowerCase()) === undefined;
}

/** What Go's `strconv.Atoi` reads. */
export function isStageNumber(text: string): boolean {
  return readInteger(text) !== undefined;
}

/** A file of many stages asks once per COPY. */
const STAGES_BY_NAME = new WeakMap<readonly Stage[], ReadonlyMap<string, Stage>>();

/** The build arguments that `instruction` declares. */
export function argumentsOf(instruction: Extract<Statement, { keyword: "ARG" }>): BuildArgument[] {
  return instruction.args.map(({ name, value }) => ({
    name,
    ...(value === undefined ? {} : { default: value }),
    line: instruction.range.start,
  }));
}

function isTrue(text = "false"): boolean {
  return /^(1|t|true)$/i.test(text);
}
