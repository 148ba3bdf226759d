import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { requireProgram } from "../program.ts";
import type { StandIn } from "./stand-in.ts";

const SAMPLE_MS = 500;
const MIB = 1024 * 1024;

/** What a machine needed, as its control group counted. */
export interface MemoryReading {
  readonly limitMiB: number;
  /** The most that processes held in memory that cannot be dropped. */
  readonly peakAnonymousMiB: number;
  readonly oomKills: number;
}

/** Measures a stand-in from outside while it runs. */
export class MemoryMeter {
  #peakAnonymous = 0;
  #oomKills = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  private constructor(
    private readonly directory: string,
    private readonly unified: boolean,
  ) {
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#timer.unref();
  }

  static async of(machine: StandIn): Promise<MemoryMeter> {
    const pid = (await requireProgram("docker", ["inspect", "-f", "{{.State.Pid}}", machine.container])).trim();
    const groups = readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n");
    const path = (prefix: string): string | undefined =>
      groups
        .find((line) => line.split(":")[1] === prefix)
        ?.split(":")[2]
        ?.replace(/\/init\.scope$/, ""); // where systemd puts itself
    const version1 = path("memory");
    if (version1 !== undefined) return new MemoryMeter(join("/sys/fs/cgroup/memory", version1), false);
    return new MemoryMeter(join("/sys/fs/cgroup", path("") ?? "/"), true);
  }

  /** What was measured so far. */
  read(): MemoryReading {
    this.#sample();
    const limit = Number(readFile(join(this.directory, this.unified ? "memory.max" : "memory.limit_in_bytes")));
    return {
      limitMiB: Math.round(limit / MIB),
      peakAnonymousMiB: Math.round(this.#peakAnonymous / MIB),
      oomKills: [...this.#oomKills.values()].reduce((sum, kills) => sum + kills, 0),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    const stat = readFile(join(this.directory, "memory.stat"));
    const anonymous =
      field(stat, this.unified ? "anon" : "total_rss") + field(stat, this.unified ? "shmem" : "total_shmem");
    this.#peakAnonymous = Math.max(this.#peakAnonymous, anonymous);
    // Version 2 counts for the whole subtree; version 1 counts each group by itself, and those of containers come and go.
    for (const directory of this.unified ? [this.directory] : subtree(this.directory)) {
      const kills = field(readFile(join(directory, this.unified ? "memory.events" : "memory.oom_control")), "oom_kill");
      if (kills > 0) this.#oomKills.set(directory, kills);
    }
  }
}

function subtree(directory: string): string[] {
  try {
    const below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [directory, ...below.flatMap(({ name }) => subtree(join(directory, name)))];
  } catch {
    return []; // A container inside ended between two looks.
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}
