import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDockerEngine } from "../../src/rehearsal/engine/docker-engine.mjs";
import { buildGoProgram } from "../../src/rehearsal/engine/go-program.mjs";

const RUNC = {
  title: "runc 1.3.6",
  module: "runc",
  packages: ["github.com/opencontainers/runc"],
  flags: ["-tags", "seccomp"],
  cgo: "1" as const,
  takes: "less than a minute",
  needs: ["gcc"],
};

let cacheDir: string;
let said: string[];
let asked: string[];
beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), "slipway-programs-"));
  said = [];
  asked = [];
});
afterEach(() => rmSync(cacheDir, { recursive: true }));

/** A Go that writes the program that it is told to build, or says why not. */
const kit = (stderr = "") => ({
  cacheDir,
  log: (text: string) => said.push(text),
  install: async (packages: readonly string[]) => void asked.push(`install ${packages.join(" ")}`),
  run: (async (program: string, args: readonly string[], { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }) => {
    asked.push(`${program} ${args[2]} ${args[3]} ${env.GOFLAGS} cgo ${env.CGO_ENABLED}: ${readdirSync(cwd).join(" ")}`);
    if (stderr) return { code: 1, stdout: "", stderr, timedOut: false };
    const folder = args[args.indexOf("-o") + 1] as string;
    for (const name of args.filter((word) => word.startsWith("github.com/")))
      writeFileSync(join(folder, name.split("/").at(-1) as string), "program");
    return { code: 0, stdout: "", stderr: "", timedOut: false };
  }) as never,
});

describe("a program that is built from source", () => {
  test("is built once, from what is pinned, and says what that takes", async () => {
    const folder = await buildGoProgram(RUNC, kit());
    expect(readdirSync(folder).sort()).toEqual(["complete", "runc"]);
    expect(said).toEqual(["building runc 1.3.6 through the Go module proxy, once: less than a minute"]);
    expect(asked).toEqual(["install gcc", "nice go build -mod=readonly -buildvcs=false cgo 1: go.mod go.sum tools.go"]);
    expect(await buildGoProgram(RUNC, kit())).toBe(folder);
    expect(asked).toHaveLength(2);
  });

  test("is built anew where a pin or a flag has changed", async () => {
    const folder = await buildGoProgram(RUNC, kit());
    expect(await buildGoProgram({ ...RUNC, flags: [] }, kit())).not.toBe(folder);
    expect(asked).toHaveLength(4);
  });

  test.each([
    ["cannot find module", "building runc 1.3.6 failed\ncannot find module"],
    ["nice: ‘go’: No such file or directory", /no go in PATH: install Go 1\.26 or newer/],
  ])("leaves nothing half done where Go says: %s", async (stderr, reason) => {
    await expect(buildGoProgram(RUNC, kit(stderr))).rejects.toThrow(reason);
    expect(readdirSync(join(cacheDir, "built-programs"))).toEqual([]);
  });

  test("a newer Docker Engine is dockerd and docker-proxy in one folder, and runc in the other", async () => {
    const folders = await buildDockerEngine(kit());
    expect(folders.flatMap((folder) => readdirSync(folder)).sort()).toEqual([
      "complete",
      "complete",
      "docker-proxy",
      "dockerd",
      "runc",
    ]);
  });
});
