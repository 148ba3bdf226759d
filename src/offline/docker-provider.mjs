// @ts-check
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MODULE = "github.com/terraform-providers/terraform-provider-docker";
const SOURCE = "github.com/kreuzwerker/terraform-provider-docker";

/**
 * A version of kreuzwerker/docker as the Go module proxy knows it. Its release tags carry a major version that its
 * module path does not, so Go reaches them by pseudo-version only.
 *
 * @typedef {object} Candidate
 * @property {string} query what Go is asked for
 * @property {string} version the directory of a filesystem mirror. What is no release carries build metadata, which
 *   Terraform accepts under a range (a pre-release it would not) and which says that it is none.
 */

/** In order of preference: 3.9.0 is what the bindings are nearest to; then the newest release; then what the proxy has. */
export const CANDIDATES = [
  { query: "v0.0.0-20251109221605-d7d7ff7f8977", version: "3.9.0" },
  { query: "v0.0.0-20260618190003-5074970c71ce", version: "4.5.0" },
  { query: "latest", version: "4.5.0+main" },
];

/**
 * The version directory for what Go resolved: a candidate's own, and for a state of the main branch the release before
 * it with the commit's time as build metadata.
 * @param {Candidate} candidate
 * @param {string} resolved a pseudo-version, e.g. `v0.0.0-20260916201441-96d331c98ff4`
 */
export function mirrorVersion(candidate, resolved) {
  const exact = CANDIDATES.find(({ query }) => query === resolved);
  if (exact) return exact.version;
  return `${candidate.version}.${/-(\d{14})-[0-9a-f]{12}$/.exec(resolved)?.[1] ?? resolved.replace(/[^0-9A-Za-z.]/g, "-")}`;
}

/**
 * Builds the provider from source through the Go module proxy, unless a build of it is in the cache, and answers the
 * folder of a filesystem mirror that holds it.
 *
 * @param {{ cacheDir: string, run: typeof import("../cli/command.mjs").run, log: (text: string) => void, platform: string }} options
 * @returns {Promise<{ folder: string, version: string }>} HOST/NAMESPACE/TYPE/VERSION/OS_ARCH of the built one
 */
export async function buildDockerProvider({ cacheDir, run, log, platform }) {
  const built = join(cacheDir, "built-providers", "kreuzwerker", "docker");
  /** @param {string} version */
  const folderOf = (version) => join(built, version, platform);
  mkdirSync(built, { recursive: true });
  const [cached] = readdirSync(built)
    .filter((version) => existsSync(join(folderOf(version), binaryName(version))))
    .sort();
  if (cached) return { folder: folderOf(cached), version: cached };

  const work = mkdtempSync(join(cacheDir, "provider-build-"));
  try {
    const env = { ...process.env, GOFLAGS: "-mod=mod", CGO_ENABLED: "0" };
    const { candidate, resolved } = await resolveCandidate(run, work, env, log);
    const version = mirrorVersion(candidate, resolved);
    const target = folderOf(version);
    if (existsSync(join(target, binaryName(version)))) return { folder: target, version };
    log(`building kreuzwerker/docker ${version} (${resolved}) from the Go module proxy, some two minutes, once`);
    writeFileSync(join(work, "go.mod"), wrapperModule(resolved));
    writeFileSync(join(work, "tools.go"), `//go:build tools\n\npackage wrapper\n\nimport _ "${MODULE}"\n`);
    const output = join(work, binaryName(version));
    const args = ["build", "-tags", "no_compose", "-trimpath", "-ldflags", "-s -w", "-o", output, MODULE];
    const { code, stderr } = await run("go", args, { cwd: work, env });
    if (code !== 0)
      throw new Error(
        `building kreuzwerker/docker ${version} failed with exit status ${code}\n${stderr.trim().split("\n").slice(-15).join("\n")}`,
      );
    mkdirSync(target, { recursive: true });
    renameSync(output, join(target, binaryName(version)));
    return { folder: target, version };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} version */
export function binaryName(version) {
  return `terraform-provider-docker_v${version.replace(/\+.*$/, "")}`;
}

/** @param {string} resolved */
export function wrapperModule(resolved) {
  return `module wrapper\n\ngo 1.25.8\n\nrequire ${MODULE} v0.0.0\n\nreplace ${MODULE} => ${SOURCE} ${resolved}\n`;
}

/**
 * @param {typeof import("../cli/command.mjs").run} run
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @param {(text: string) => void} log
 */
async function resolveCandidate(run, cwd, env, log) {
  /** @type {string[]} */
  const refusals = [];
  for (const candidate of CANDIDATES) {
    const { code, stdout, stderr } = await run("go", ["list", "-m", "-json", `${SOURCE}@${candidate.query}`], {
      cwd,
      env,
      timeout: 120_000,
    });
    if (code === 127)
      throw new Error(
        "no go in PATH to build kreuzwerker/docker with: install Go 1.21 or newer (https://go.dev/dl), or name a mirror by SLIPWAY_PROVIDER_MIRROR",
      );
    if (code === 0) {
      for (const refusal of refusals) log(refusal);
      return { candidate, resolved: /** @type {string} */ (JSON.parse(stdout).Version) };
    }
    refusals.push(
      `kreuzwerker/docker ${candidate.version} is not to be had from the Go module proxy (${stderr.trim().split("\n").pop()?.trim()})`,
    );
  }
  throw new Error(refusals.join("\n"));
}
