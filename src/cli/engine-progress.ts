/** How a layer of a push ends, or of a pull, whatever was done about it. */
const HAS_LAYER = /^(Pushed|Layer already exists|Mounted from |Pull complete|Already exists)/;
/** How the lines of both begin. */
const PUSHES = /^The push refers to repository /;
const PULLS = /: Pulling from \S+$/;

/**
 * How far a build, a push or a pull is, out of the plain lines of `docker buildx`, `docker push` and `docker build`. Why from these: every
 * version writes them, and a terminal of people is not where they are written to.
 */
export class EngineProgress {
  /** The step of the Dockerfile that is done now. */
  private step = "";
  /** What that says, or how many layers are there. */
  private said = "";
  private readonly steps = new Map<string, string>();
  private readonly layers = new Map<string, boolean>();
  private done: "pushed" | "pulled" = "pushed";

  /** What is done now; empty where nothing was said yet. @param width of the step's name, where what it says counts more */
  now(width = Number.POSITIVE_INFINITY): string {
    const step = this.said === "" || this.step.length <= width ? this.step : `${this.step.slice(0, width - 1)}…`;
    return [step, this.said].filter(Boolean).join(": ");
  }

  /** Takes a line, and answers what of it is worth a line in a log: a step that begins, or what no engine said. */
  read(line: string): string[] {
    const [, step, rest = ""] = /^#(\d+) (.*)$/.exec(line) ?? [];
    if (step !== undefined) return this.build(step, rest.trim());
    const [, layer, state] = /^([0-9a-f]{12}): (.*)$/.exec(line) ?? [];
    if (layer !== undefined) return this.move(layer, state ?? "");
    if (PUSHES.test(line) || PULLS.test(line)) this.begin(PUSHES.test(line) ? "pushed" : "pulled");
    return PUSHES.test(line) || /^\S+: digest: sha256:/.test(line) || line.trim() === "" ? [] : [line.trimEnd()];
  }

  private build(step: string, rest: string): string[] {
    // It turns to another step meanwhile, and comes back to one by its name.
    if (rest === "..." || rest === "") return [];
    const name = this.steps.get(step);
    if (name === undefined) {
      this.steps.set(step, rest);
      this.at(rest);
      return step === "0" || rest.startsWith("[internal]") ? [] : [rest];
    }
    this.at(name, rest === name || /^(DONE|CACHED|CANCELED)\b/.test(rest) ? "" : detail(rest));
    return [];
  }

  private begin(done: "pushed" | "pulled"): void {
    this.done = done;
    this.layers.clear();
  }

  private move(layer: string, state: string): string[] {
    this.layers.set(layer, HAS_LAYER.test(state));
    const there = [...this.layers.values()].filter(Boolean).length;
    this.at("", `${there} of ${this.layers.size} layers ${this.done}`);
    return [];
  }

  private at(step: string, said = ""): void {
    this.step = step;
    this.said = said;
  }
}

/** Without the time since the step began, which is told by whoever shows this, and with what tells a layer from others. */
function detail(text: string): string {
  return withShortDigests(text.replace(/^\d+\.\d+ /, "").replace(/(?<!@)sha256:([0-9a-f]{6})[0-9a-f]{58}/, "layer $1"));
}

/** With as much of each digest as tells it from others: a terminal would break a whole one in the middle. */
export function withShortDigests(text: string): string {
  return text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, "$1");
}
