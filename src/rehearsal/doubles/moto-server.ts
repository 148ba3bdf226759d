import type { ChildProcess } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import { spawnBound } from "../program.ts";
import { MotoEnvironment } from "./moto-environment.ts";
import type { MachineImageEntry } from "./published-images.ts";

const START_TIMEOUT_MS = 60_000;

export interface MotoServerProps {
  /** Where the Python environment is kept between rehearsals. */
  readonly cacheDir: string;
  /** Where the log and the list of machine images of this rehearsal go. */
  readonly runDir: string;
  readonly account: string;
  readonly machineImages: readonly MachineImageEntry[];
  readonly log: (line: string) => void;
}

/** The emulated account: moto, at pinned versions, on a loopback port of its own. */
export class MotoServer {
  private constructor(
    readonly port: number,
    /** The folder of the environment's programs; the AWS CLI is among them. */
    readonly programs: string,
    private readonly process: ChildProcess,
  ) {}

  static async start({ cacheDir, runDir, account, machineImages, log }: MotoServerProps): Promise<MotoServer> {
    const environment = new MotoEnvironment(cacheDir);
    await environment.make(log);
    const { programs } = environment;
    const images = join(runDir, "machine-images.json");
    writeFileSync(images, JSON.stringify(machineImages));
    const port = await freePort();
    const logFile = openSync(join(runDir, "moto.log"), "a");
    const child = spawnBound(join(programs, "moto_server"), ["-H", "127.0.0.1", "-p", String(port)], {
      env: {
        PATH: process.env.PATH,
        LANG: "C.UTF-8",
        MOTO_ACCOUNT_ID: account,
        MOTO_AMIS_PATH: images,
        MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
      },
      stdio: ["ignore", logFile, logFile],
    });
    const server = new MotoServer(port, programs, child);
    await server.#answers(join(runDir, "moto.log"));
    return server;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL"); // It keeps nothing, and a polite request makes it wait for open connections.
    await ended;
  }

  async #answers(logFile: string): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline && this.process.exitCode === null) {
      try {
        await fetch(`http://127.0.0.1:${this.port}/moto-api/`, { signal: AbortSignal.timeout(5_000) });
        return;
      } catch {
        await sleep(200);
      }
    }
    const lines = readFileSync(logFile, "utf8").trim().split("\n").slice(-10).join("\n");
    throw new Error(`moto did not answer on port ${this.port}\n${lines}`);
  }
}
