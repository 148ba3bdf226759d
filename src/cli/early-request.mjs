// @ts-check
import { run } from "./command.mjs";

/**
 * What is asked of the network before anything is installed, one GET. Why curl: it goes through the proxies that the
 * environment names, which Node's own fetch does not; that is for machines without curl.
 *
 * @param {string} url
 * @param {{ timeout?: number }} [options] milliseconds until the answer is whole
 * @returns {Promise<{ status: number, text: string }>}
 */
export async function get(url, { timeout = 15_000 } = {}) {
  const words = ["--silent", "--show-error", "--max-time", `${timeout / 1000}`, "--write-out", "\\n%{http_code}", url];
  const { code, stdout, stderr } = await run("curl", words);
  if (code === 127) return fetched(url, timeout);
  if (code !== 0)
    throw new Error(`${new URL(url).host} does not answer (${stderr.trim() || `curl ended with ${code}`})`);
  const end = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) };
}

/**
 * Whether a service answers: any HTTP answer below 500 counts, silence and refusal do not.
 * @param {string} url
 * @param {{ timeout?: number }} [options]
 * @returns {Promise<boolean>}
 */
export function answers(url, options = { timeout: 4000 }) {
  return get(url, options).then(
    ({ status }) => status < 500,
    () => false,
  );
}

/**
 * @param {string} url
 * @param {number} timeout
 */
async function fetched(url, timeout) {
  try {
    const answer = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(timeout) });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    const { message, cause } = /** @type {Error} */ (error);
    throw new Error(`${new URL(url).host} does not answer (${cause instanceof Error ? cause.message : message})`);
  }
}
