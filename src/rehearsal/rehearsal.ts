import { checkAccount } from "./account-checks.ts";
import type { SecuredName } from "./acme-sources.ts";
import { actionsOf, policyOutput, refusedBy } from "./deployer-policy.ts";
import { destroyStack } from "./destroyed-stack.ts";
import type { Check } from "./host-checks.ts";
import { hostDiagnostics } from "./host-diagnostics.ts";
import type { MemoryReading } from "./machine/memory-meter.ts";
import type { StandIn } from "./machine/stand-in.ts";
import { type RehearsedChange, rehearseChange } from "./rehearsed-change.ts";
import { checkSecured, visitorOf } from "./secured-checks.ts";
import { awaitBody, whereIs } from "./site-visit.ts";
import type { Stage } from "./stage.ts";
import { errors, plannedText, type Terraform } from "./terraform.ts";

/** What a rehearsal expects of a stack. */
export interface Expectation {
  /** The server name that the stack serves. */
  readonly name: string;
  readonly path: string;
  /** A part of the application's own body. @default - none: the name is visited when the apply is done, and any answer but a server's error is one */
  readonly text?: string;
  /** The TCP ports that may be open to everyone. */
  readonly ports: readonly number[];
  /** Seconds from boot to that body. */
  readonly withinSeconds: number;
  /** The version of the host's engine. @default - not looked at */
  readonly engine?: string;
  /** Whether an output must hold a policy for the deployer. @default - looked at where there is one */
  readonly deployerPolicy?: boolean;
  /** How many instances the stack launches; what is looked at is the one that runs services. @default 1 */
  readonly machines?: number;
  /** The names that are served by TLS, where an ACME server is played. @default - none */
  readonly secured?: readonly SecuredName[];
  /** What is changed once the stack serves. @default - nothing */
  readonly changes?: readonly RehearsedChange[];
}

/** A step and how long it took. */
export interface Timing {
  readonly step: string;
  readonly seconds: number;
}

export interface RehearsalReport {
  readonly timings: readonly Timing[];
  readonly checks: readonly Check[];
  readonly memory?: MemoryReading;
  /** What each machine said of a rehearsal that failed. */
  readonly diagnostics: readonly string[];
}

const BODY_TIMEOUT_MS = 600_000;
/** What is left for the body once the apply says that all is well. */
const LAST_VISITS_MS = 30_000;

/** One stack from its first plan to its destruction, on a stage. */
export class Rehearsal {
  readonly #timings: Timing[] = [];
  readonly #checks: Check[] = [];
  readonly #diagnostics: string[] = [];
  #memory?: MemoryReading;
  #policies?: string[];

  constructor(
    private readonly stage: Stage,
    private readonly terraform: Terraform,
    private readonly expected: Expectation,
    /** Folders and files that were made of the stack, to be searched for secrets. */
    private readonly made: readonly string[],
    private readonly log: (line: string) => void,
  ) {}

  get report(): RehearsalReport {
    return { timings: this.#timings, checks: this.#checks, memory: this.#memory, diagnostics: this.#diagnostics };
  }

  /** Creates everything, looks at the host and its site, and destroys everything. */
  async run(): Promise<void> {
    try {
      await this.deploy();
    } finally {
      await this.destroy();
    }
  }

  /** Creates everything, looks at the host and its site, and plans once more. */
  async deploy(): Promise<void> {
    await this.#timed("terraform init", () => this.terraform.init());
    await this.#timed("terraform validate", () => this.terraform.validate());
    try {
      await this.#serve();
      const machine = await this.#machine();
      await this.#timed("checks", () => this.#look(machine));
      await this.#timed("second plan", () => this.#secondPlan());
      for (const change of this.expected.changes ?? []) await this.#timed(change.what, () => this.#change(change));
    } catch (error) {
      for (const machine of this.stage.room.machines) this.#diagnostics.push(await hostDiagnostics(machine));
      const refused = this.stage.account.front.calls.filter((call) => call.error);
      this.#diagnostics.push(
        ...refused.map(({ caller, service, action, error: why }) => `${caller} ${service}:${action} ${why}`),
      );
      throw error;
    }
  }

  /** Destroys everything, and sees that nothing is left. */
  async destroy(): Promise<void> {
    await this.#timed("terraform destroy", () => this.#destroy());
  }

  async #serve(): Promise<void> {
    const { name, path, text, withinSeconds } = this.expected;
    const visiting = new AbortController();
    const answer = () => this.#awaitPage(BODY_TIMEOUT_MS, visiting.signal);
    // Without a text of its own the page cannot be told from the one that a server has before its first release.
    const early = text === undefined ? undefined : answer();
    early?.catch(() => {}); // An apply that fails is what is told.
    try {
      await this.#timed("terraform apply", async () => {
        const { code, stdout, stderr } = await this.terraform.apply();
        if (code !== 0) throw new Error(`terraform apply failed\n${errors(`${stdout}\n${stderr}`)}`);
      });
      await this.#machine();
    } catch (error) {
      visiting.abort();
      throw error;
    }
    const lastVisits = setTimeout(() => visiting.abort(), LAST_VISITS_MS);
    const { at, address, status } = await (early ?? answer()).finally(() => clearTimeout(lastVisits));
    const { started } = await this.#machine();
    const since = (moment: number): number => (at - moment) / 1000;
    const what = text === undefined ? "the first answer" : "the application's body";
    this.#timings.push({ step: `from boot to ${what}`, seconds: since(started) });
    this.log(`${name} answers at ${address} ${since(started).toFixed(1)} s after the boot`);
    if (text === undefined) {
      this.#checks.push({ what: `${name}${path} answers once the apply is done`, ok: true, seen: `status ${status}` });
      return;
    }
    // A build may take longer than a boot; the host can serve nothing before its release is there.
    const seconds = since(Math.max(started, this.#released()));
    this.#checks.push({
      what: `${name}${path} answers with the application's body within ${withinSeconds} s of boot and release`,
      ok: seconds < withinSeconds,
      seen: `${seconds.toFixed(1)} s`,
    });
  }

  async #look(machine: StandIn): Promise<void> {
    const { stage, made } = this;
    const { ports, engine, secured: names = [] } = this.expected;
    const address = (await this.#address()) ?? "";
    const state = await this.terraform.state();
    this.#memory = stage.room.memoryOf(machine.instanceId);
    this.#checks.push(...(await checkAccount({ stage, machine, address, ports, engine, made, state })));
    const addressOf = (name: string): Promise<string | undefined> => whereIs(stage.account, name);
    if (stage.acme) this.#checks.push(...(await checkSecured({ names, ca: stage.acme.root, addressOf })));
    this.#policies = policyOutput(await this.terraform.outputs());
  }

  async #secondPlan(): Promise<void> {
    const actions = await this.terraform.plan();
    this.#checks.push({
      what: "a second plan is empty",
      ok: actions.length === 0,
      seen: actions.map(plannedText).join("; ") || "no action",
    });
  }

  async #destroy(): Promise<void> {
    const { ledger, instances } = this.stage.account;
    const { outcome, checks } = await destroyStack(this.terraform, ledger);
    this.#checks.push(...checks);
    await instances.settled();
    const machines = this.stage.room.machines.length;
    const { code, stdout, stderr } = outcome;
    this.#checks.push({
      what: "destroy takes everything away",
      ok: code === 0 && machines === 0,
      seen: code === 0 ? `${machines} machines left` : errors(`${stdout}\n${stderr}`),
    });
    this.#comparePolicy();
  }

  /** Holds the policy for the deployer against everything that this deploy did, its end included. */
  #comparePolicy(): void {
    if (!this.#policies && !this.expected.deployerPolicy) return;
    const asks = this.stage.account.asksOf("deployer");
    const refused = refusedBy(this.#policies ?? [], asks);
    this.#checks.push({
      what: "the policy for whoever deploys allows what the deploy did",
      ok: refused.length === 0,
      seen: refused.join("; ") || `${actionsOf(asks).length} actions by ${asks.length} questions`,
    });
  }

  /** When the first release was there, in milliseconds of the epoch. */
  #released(): number {
    const { calls } = this.stage.account.front;
    return calls.find(({ action, status }) => action === "PutParameter" && status < 300)?.at ?? 0;
  }

  #address(): Promise<string | undefined> {
    return whereIs(this.stage.account, this.expected.name);
  }

  /** Visits the page, by TLS where its name has a certificate, until it answers as it should. */
  #awaitPage(timeoutMs: number, signal?: AbortSignal): ReturnType<typeof awaitBody> {
    const { name, path, text, secured = [] } = this.expected;
    const how = visitorOf(secured, name, this.stage.acme?.root);
    return awaitBody(() => this.#address(), { name, path, how, text, timeoutMs, signal });
  }

  async #change(change: RehearsedChange): Promise<void> {
    this.#checks.push(...(await rehearseChange(this.terraform, change)));
    const served = await this.#awaitPage(LAST_VISITS_MS).then(
      ({ address }) => ({ ok: true, seen: address }),
      (error: Error) => ({ ok: false, seen: error.message }),
    );
    this.#checks.push({ what: `after ${change.what} ${this.expected.name} answers`, ...served });
  }

  /** The machine that runs services. */
  async #machine(): Promise<StandIn> {
    const { machines } = this.stage.room;
    const { machines: wanted = 1 } = this.expected;
    if (machines.length !== wanted)
      throw new Error(`the stack must launch ${wanted} instances, got ${machines.length}`);
    for (const machine of machines) {
      if (wanted === 1 || (await machine.exec("docker", "ps", "-q")).stdout.trim() !== "") return machine;
    }
    throw new Error("no machine runs a service");
  }

  async #timed(step: string, work: () => Promise<void>): Promise<void> {
    this.log(step);
    const began = Date.now();
    try {
      await work();
    } finally {
      this.#timings.push({ step, seconds: (Date.now() - began) / 1000 });
    }
  }
}
