import { Refusal } from "../dockerfile-error.ts";
import { type ExternalImage, externalImage } from "../image-config.ts";
import { readMount } from "../instructions/read-run.ts";
import { isStageNumber, type Stage } from "../stage.ts";
import type { Statement } from "../statement.ts";
import { lexWord } from "../syntax/word-lexer.ts";
import type { BuildFault } from "./build-fault.ts";

/** A stage, or an image that files are taken from, which BuildKit counts as a stage without a name. */
interface Node {
  readonly stage?: Stage;
  readonly image?: ExternalImage;
  readonly line: number;
  /** What files are taken from. */
  readonly sources: Set<Node>;
}

/** Why nothing is taken from where an instruction says. */
class NoSource {
  constructor(readonly fault: BuildFault) {}
}

/**
 * Who takes files from whom. Why apart from the stages: it decides which of them a build runs at all, and only those
 * can fail in what they do.
 */
export class StageGraph {
  /** What fails any build of the file, whatever its target. */
  readonly faults: BuildFault[] = [];
  private readonly nodes: Node[];
  private readonly byStage = new Map<Stage, Node>();
  private readonly byName = new Map<string, Node>();
  private readonly triggeredFaults = new Map<Stage, BuildFault[]>();
  private readonly triggeredNodes = new Set<Stage>();

  constructor(
    stages: readonly Stage[],
    private readonly escapeMark: string,
  ) {
    this.nodes = stages.map((stage) => {
      const node: Node = { stage, line: stage.from.range.start, sources: new Set() };
      this.byStage.set(stage, node);
      if (stage.name !== undefined) this.byName.set(stage.name, node);
      return node;
    });
    for (const stage of stages) this.connect(stage, stage.instructions, this.faults);
    const line = this.findCircle();
    const reason = "stages take files from each other in a circle";
    if (line !== undefined) this.faults.push({ rule: "SW1051", line, reason });
    for (const node of this.nodes) this.checkImage(node.image, node.line);
  }

  /** The stages and images that a build of `target` needs, in the order of the file; triggers may bring more. */
  reachable(target: Stage): { readonly stages: readonly Stage[]; readonly images: readonly ExternalImage[] } {
    for (;;) {
      const found = this.reach(this.byStage.get(target));
      const fresh = [...found].flatMap(({ stage }) => (stage && !this.triggeredNodes.has(stage) ? stage : []));
      if (fresh.length === 0) {
        const nodes = this.nodes.filter((node) => found.has(node));
        const images = nodes.flatMap(({ stage, image }) => image ?? (stage?.base.kind === "image" ? stage.base : []));
        return { stages: nodes.flatMap(({ stage }) => stage ?? []), images };
      }
      for (const stage of fresh) {
        this.triggeredNodes.add(stage);
        const faults: BuildFault[] = [];
        const before = this.nodes.length;
        this.connect(stage, stage.triggered, faults);
        for (const { image, line } of this.nodes.slice(before)) this.checkImage(image, line, faults);
        this.triggeredFaults.set(stage, faults);
      }
    }
  }

  /** Why `stage` cannot take files from where it says, given that a build runs it. */
  sourceFaults(stage: Stage): BuildFault[] {
    const faults = [...(this.triggeredFaults.get(stage) ?? [])];
    for (const { name, it } of namedSources(stage.effective, stage)) {
      const node = this.find(name, it);
      if (node instanceof NoSource || !node?.stage || node.stage.index < stage.index) continue;
      faults.push({ rule: "SW1050", line: it.range.start, reason: `the stage ${name} is not before this one` });
    }
    return faults;
  }

  private connect(stage: Stage, instructions: readonly Statement[], faults: BuildFault[]): void {
    const own = this.byStage.get(stage);
    for (const { name, it } of allSources(instructions)) {
      const node = it.keyword === "COPY" && isVariable(name, this.escapeMark) ? noVariable(it) : this.find(name, it);
      if (node instanceof NoSource) faults.push(node.fault);
      else own?.sources.add(node ?? this.addImage(name, it.range.start));
    }
  }

  private addImage(name: string, line: number): Node {
    const image = name === "scratch" ? undefined : externalImage(line, name, name);
    const node: Node = { ...(image ? { image } : {}), line, sources: new Set() };
    this.nodes.push(node);
    return node;
  }

  /** The node that `--from=name` means; nothing for an image. */
  private find(name: string, it: Statement): Node | NoSource | undefined {
    const line = it.range.start;
    if (it.keyword === "COPY" && isStageNumber(name)) {
      const node = this.nodes[Number(name)];
      return node ?? new NoSource({ rule: "SW1050", line, reason: `there is no stage number ${name}` });
    }
    return this.byName.get(name.toLowerCase());
  }

  /** Where the first circle closes, if stages take files from each other in one. */
  private findCircle(): number | undefined {
    const done = new Set<Node>();
    for (const start of this.nodes) {
      const path = new Set<Node>();
      const open: { readonly node: Node; readonly rest: Iterator<Node> }[] = [];
      const enter = (node: Node) => {
        path.add(node);
        open.push({ node, rest: node.sources.values() });
      };
      if (!done.has(start)) enter(start);
      for (let top = open.at(-1); top; top = open.at(-1)) {
        const { value: next } = top.rest.next();
        if (next === undefined) {
          open.pop();
          path.delete(top.node);
          done.add(top.node);
        } else if (path.has(next)) return top.node.line;
        else if (!done.has(next)) enter(next);
      }
    }
    return undefined;
  }

  private reach(target: Node | undefined): Set<Node> {
    const found = new Set<Node>();
    const waiting = target ? [target] : [];
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      if (found.has(node)) continue;
      found.add(node);
      const below = node.stage?.parent && this.byStage.get(node.stage.parent);
      waiting.push(...node.sources, ...(below ? [below] : []));
    }
    return found;
  }

  private checkImage(image: ExternalImage | undefined, line: number, faults = this.faults): void {
    if (!image || image.name === undefined || image.reference) return;
    faults.push({ rule: "SW1003", line, reason: `${image.name} is no image reference` });
  }
}

/** Whether the builder would put something else in the name's place. */
function isVariable(name: string, escapeMark: string): boolean {
  if (!/["$'<\\`\ufeff]/.test(name)) return false;
  try {
    return lexWord(name, { get: () => undefined }, { escape: escapeMark }).text !== name;
  } catch (error) {
    if (error instanceof Refusal) return true;
    throw error;
  }
}

function noVariable(it: Statement): NoSource {
  return new NoSource({ rule: "SW1007", line: it.range.start, reason: "COPY --from takes no variable" });
}

interface Source {
  readonly name: string;
  readonly it: Statement;
}

/** What instructions take files from; a mount that names nothing counts as one of `scratch`. */
function allSources(instructions: readonly Statement[]): Source[] {
  return instructions.flatMap((it): Source[] => {
    if (it.keyword === "COPY") return it.from ? [{ name: it.from, it }] : [];
    if (it.keyword !== "RUN") return [];
    return it.mounts.map((text) => ({ name: readMount(text).from || "scratch", it }));
  });
}

/** Those that must be there when the instruction runs. */
function namedSources(instructions: readonly Statement[], { conversion }: Stage): Source[] {
  return instructions.flatMap((it): Source[] => {
    if (it.keyword === "COPY") return allSources([it]);
    const mounts = conversion.mounts.get(it) ?? [];
    return mounts.flatMap((mount) => {
      const name = mount?.from || (mount?.type === "cache" ? "scratch" : "");
      return name === "" ? [] : [{ name, it }];
    });
  });
}
