// @ts-check
import { run, which } from "./command.mjs";
import { isAtLeast } from "./version-order.cjs";

/** The oldest Terraform that has everything the emitted JSON uses; OpenTofu began at 1.6. */
export const OLDEST_TERRAFORM = "1.5.0";

/** @typedef {{ program: string, name: "Terraform" | "OpenTofu", version: string }} TerraformTool */

/**
 * Terraform or OpenTofu, whichever is there; TERRAFORM_BINARY_NAME, as cdktf reads it, decides when set.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ tool?: TerraformTool, problem?: string }>}
 */
export async function findTerraform(env = process.env) {
  const wanted = env.TERRAFORM_BINARY_NAME;
  const candidates = wanted ? [wanted] : ["terraform", "tofu"];
  /** @type {string[]} */
  const problems = [];
  for (const program of candidates) {
    if (!program.includes("/") && !which(program, env)) continue;
    const { code, stdout, stderr } = await run(program, ["version", "-json"], {
      env: { ...env, CHECKPOINT_DISABLE: "1" },
      timeout: 30_000,
    });
    const version = code === 0 ? readVersion(stdout) : undefined;
    if (!version)
      problems.push(`${program} does not tell its version: ${(stderr || stdout).trim().split("\n")[0] ?? ""}`);
    else if (!isAtLeast(version, OLDEST_TERRAFORM))
      problems.push(`${program} must be ${OLDEST_TERRAFORM} or newer, got ${version}`);
    else return { tool: { program, version, name: /tofu/.test(program) ? "OpenTofu" : "Terraform" } };
  }
  return { problem: problems[0] ?? `no ${candidates.join(" or ")} in PATH` };
}

/** @param {string} text */
function readVersion(text) {
  try {
    const { terraform_version: version } = JSON.parse(text.slice(text.indexOf("{")));
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
