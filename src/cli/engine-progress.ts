/** How a layer of a push ends, whatever was done about it. */
const HAS_LAYER = /^(Pushed|Layer already exists|Mounted from )/;

/**
 * How far a build or a push is, out of the plain lines of `docker buildx` and `docker push`. Why from these: every
 * version writes them, and a terminal of people is not where they are written to.
 */
export class EngineProgress {
  /** What is done now: the step of the Dockerfile and what it says, or how many layers are there. */
  now = "";
  private readonly steps = new Map<string, string>();
  private readonly layers = new Map<string, boolean>();

  /** Takes a line, and answers what of it is worth a line in a log: a step that begins, or what no engine said. */
  read(line: string): string[] {
    const [, step, rest = ""] = /^#(\d+) (.*)$/.exec(line) ?? [];
    if (step !== undefined) return this.build(step, rest.trim());
    const [, layer, state] = /^([0-9a-f]{12}): (.*)$/.exec(line) ?? [];
    if (layer !== undefined) return this.push(layer, state ?? "");
    return /^The push refers to repository |^\S+: digest: sha256:/.test(line) || line.trim() === ""
      ? []
      : [line.trimEnd()];
  }

  private build(step: string, rest: string): string[] {
    // It turns to another step meanwhile, and comes back to one by its name.
    if (rest === "..." || rest === "") return [];
    const name = this.steps.get(step);
    if (name === undefined) {
      this.steps.set(step, rest);
      this.now = rest;
      return step === "0" || rest.startsWith("[internal]") ? [] : [rest];
    }
    if (rest === name || /^(DONE|CACHED|CANCELED)\b/.test(rest)) this.now = name;
    else this.now = `${name}: ${detail(rest)}`;
    return [];
  }

  private push(layer: string, state: string): string[] {
    this.layers.set(layer, HAS_LAYER.test(state));
    const done = [...this.layers.values()].filter(Boolean).length;
    this.now = `${done} of ${this.layers.size} layers pushed`;
    return [];
  }
}

/** Without the time since the step began, which is told by whoever shows this, and with a digest as short as people say it. */
function detail(text: string): string {
  return text.replace(/^\d+\.\d+ /, "").replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/, "$1");
}
