// @ts-check
import { get } from "./early-request.mjs";

/** @typedef {import("./setup.mjs").Missing} Missing */
/** @typedef {import("./apt.mjs").Apt} Apt */

const ARCHIVE = "https://apt.releases.hashicorp.com";

/**
 * How Terraform comes to a machine that lacks it: from HashiCorp's own archive on Debian and Ubuntu, by hand elsewhere.
 * @param {string} problem
 * @param {Apt | undefined} apt
 * @param {typeof get} [ask]
 * @returns {Missing}
 */
export function terraformRequirement(problem, apt, ask = get) {
  const remedy =
    "install Terraform (https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org/docs/intro/install)";
  if (!apt) return { problem, remedy };
  return {
    problem,
    remedy,
    action: `add ${ARCHIVE} to apt's sources and install terraform`,
    fix: async () => {
      const key = await ask(`${ARCHIVE}/gpg`).catch((error) => {
        throw new Error(`${error.message}: ${remedy}`);
      });
      if (key.status !== 200) throw new Error(`${ARCHIVE}/gpg answered ${key.status}: ${remedy}`);
      await apt.addArchive({ name: "hashicorp", url: ARCHIVE, key: key.text });
      await apt.install(["terraform"]);
    },
  };
}
