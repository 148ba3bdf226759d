import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Tools } from "../../cli/tools.ts";
import { requireProgram } from "../program.ts";

/** As Ubuntu 24.04 builds its Engine 29: older clients than those of Docker 25 are refused. */
const MIN_API_VERSION = "1.44";
const PROGRAMS = "/opt/slipway-rehearsal";

/** An engine that a machine runs in place of the one that its packages bring. */
export interface NewerEngine {
  readonly version: string;
  /** What `docker run` is told, so that the machine has it. */
  readonly runArguments: readonly string[];
}

/** What stands in the way of a newer engine: it is built from source, once. @param cacheDir Slipway's own cache */
export async function newerEngineProblems(
  version: string | undefined,
  cacheDir: string,
  { run }: Pick<Tools["command"], "run">,
): Promise<string[]> {
  const built = join(cacheDir, "built-programs");
  const isThere = existsSync(built) && readdirSync(built).some((name) => name.startsWith("docker-engine-"));
  if (version === undefined || isThere || (await run("go", ["version"])).code === 0) return [];
  return [
    `Docker Engine ${version} is built from source, and there is no go in PATH: install Go 1.26 or newer (https://go.dev/dl), or leave --engine out`,
  ];
}

/**
 * Makes the engine ready for machines: its programs are mounted, and systemd is told to start them instead.
 *
 * @param runDir where the units' files are written
 * @param cacheDir Slipway's own cache, where what was built is kept
 */
export async function newerEngine(version: string, runDir: string, cacheDir: string): Promise<NewerEngine> {
  const script = join(__dirname, "newer-engine.mjs");
  const folders = (await requireProgram(process.execPath, [script, version, cacheDir])).trim().split("\n");
  const inside = folders.map((_, at) => `${PROGRAMS}/${at}`);
  const path = `Environment=PATH=${inside.join(":")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;
  const dockerd = `${inside[0]}/dockerd -H fd:// --containerd=/run/containerd/containerd.sock`;
  const units = {
    docker: [path, `Environment=DOCKER_MIN_API_VERSION=${MIN_API_VERSION}`, "ExecStart=", `ExecStart=${dockerd}`],
    // containerd looks for runc where its own PATH says.
    containerd: [path],
  };
  const mounts = folders.map((folder, at) => `${folder}:${inside[at]}:ro`);
  for (const [unit, lines] of Object.entries(units)) {
    const file = join(runDir, "engine", `${unit}.service.d`, "rehearsal-engine.conf");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, ["[Service]", ...lines, ""].join("\n"));
    mounts.push(`${file}:/usr/local/lib/systemd/system/${unit}.service.d/rehearsal-engine.conf:ro`);
  }
  // Its images are containerd's, and overlays do not lie on a container's own files.
  return { version, runArguments: [...mounts, "/var/lib/containerd"].flatMap((mount) => ["-v", mount]) };
}
