import type { ChildProcess } from "node:child_process";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../free-port.ts";
import { requireProgram, spawnBound } from "../program.ts";

const START_TIMEOUT_MS = 20_000;

/**
 * A plain registry, the program of Debian's package `docker-registry` without the service that the package starts. It keeps
 * its layers in a folder and listens on the loopback address only.
 */
export class RegistryServer {
  private constructor(
    readonly port: number,
    private readonly process: ChildProcess,
  ) {}

  static async start(runDir: string): Promise<RegistryServer> {
    const program = (await requireProgram(process.execPath, [join(__dirname, "registry-program.mjs")])).trim();
    const port = await freePort();
    const storage = join(runDir, "registry");
    mkdirSync(storage, { recursive: true });
    const configuration = {
      version: 0.1,
      log: { level: "warn" },
      storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
      http: { addr: `127.0.0.1:${port}`, secret: "one process needs no shared secret" },
    };
    const file = join(runDir, "registry.yml");
    writeFileSync(file, JSON.stringify(configuration, null, 2));
    const logFile = openSync(join(runDir, "registry.log"), "a");
    const child = spawnBound(program, ["serve", file], {
      env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: "none" },
      stdio: ["ignore", logFile, logFile],
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline && child.exitCode === null) {
      try {
        await fetch(`http://127.0.0.1:${port}/v2/`, { signal: AbortSignal.timeout(2_000) });
        return new RegistryServer(port, child);
      } catch {
        await sleep(100);
      }
    }
    const said = readFileSync(join(runDir, "registry.log"), "utf8").trim();
    throw new Error(`${program} did not start\n${said}`);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
  }
}
