import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { synth } from "../cli/synth.ts";
import { SynthesizedStack } from "../cli/synthesized-stack.ts";
import type { Tools } from "../cli/tools.ts";
import { withAuthority } from "./declared-authority.ts";
import { makeZones, withZones } from "./hosted-zones.ts";
import type { RehearsedStack } from "./rehearsed-stack.ts";
import type { Stage } from "./stage.ts";

/** A stack as it is on a stage: synthesized into the stage's own folder, with its state there whatever its backend is. */
export class StagedStack {
  #zones?: ReadonlyMap<string, string>;

  constructor(
    private readonly stage: Stage,
    private readonly stack: RehearsedStack,
    private readonly tools: Tools,
    /** What the app is told besides. */
    private readonly told: Readonly<Record<string, string>>,
  ) {}

  /** Where synth writes. */
  get output(): string {
    return join(this.stage.runDir, "cdktf.out");
  }

  /** Where Terraform keeps the state. */
  get state(): string {
    return join(this.stage.runDir, `terraform.${this.stack.name}.tfstate`);
  }

  /** Synthesizes it, as its project does now. @returns Terraform's folder */
  async declare(more: Readonly<Record<string, string>> = {}): Promise<string> {
    const { name, zones } = this.stack;
    const { deployerEnvironment } = this.stage;
    const surroundings = { ...deployerEnvironment, ...this.told, ...more };
    await synth(this.tools, { ...surroundings, CDKTF_OUTDIR: this.output, SLIPWAY_STACK: name });
    const { folder } = SynthesizedStack.read(this.output, name);
    this.#zones ??= await makeZones(this.stage, zones);
    const file = join(folder, "cdk.tf.json");
    const text = readFileSync(file, "utf8");
    const played = withAuthority(withZones(text, this.#zones), this.#declaredAuthorities(), this.stage.authority);
    if (played !== text) writeFileSync(file, played);
    // Terraform lets an override file replace the backend, of whatever kind: nothing that is deployed may be touched.
    const terraform = { backend: { local: { path: this.state } } };
    writeFileSync(join(folder, "rehearsal_override.tf.json"), JSON.stringify({ terraform }));
    return folder;
  }

  /** What the declared files of authorities hold, as the app finds them. */
  #declaredAuthorities(): string[] {
    const { root } = this.tools.project;
    return (this.stack.acme?.caFiles ?? []).map((file) => readFileSync(resolve(root, file), "utf8"));
  }
}
