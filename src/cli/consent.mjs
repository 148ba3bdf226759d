// @ts-check

/** @typedef {"root" | "ci" | "install" | "ask" | "none"} Consent */

/**
 * Whether the machine may be changed, and who said so: root and CI mean it, `--install` says it, a terminal can be asked;
 * otherwise nobody has.
 *
 * @param {{ uid: number | undefined, env: NodeJS.ProcessEnv, install: boolean, interactive: boolean }} situation
 * @returns {Consent}
 */
export function consentOf({ uid, env, install, interactive }) {
  if (install) return "install";
  if (isCi(env)) return "ci";
  if (uid === 0) return "root";
  return interactive ? "ask" : "none";
}

/** @param {NodeJS.ProcessEnv} env */
export function isCi(env) {
  return env.CI !== undefined && !["", "0", "false"].includes(env.CI.toLowerCase());
}

/** What consents to installing on a command line; the second is its former name, which is taken for one release more. */
const WORDS = ["--install", "--yes"];

/**
 * Whether the words of a script's command line consent to installing, and the rest of them.
 * @param {readonly string[]} words
 */
export function consentIn(words) {
  return { install: words.some((word) => WORDS.includes(word)), rest: words.filter((word) => !WORDS.includes(word)) };
}
