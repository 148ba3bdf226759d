// @ts-check
import { get } from "node:http";

/**
 * Asks a page one request after the other, each on a connection of its own, until standard input ends: node
 * request-loop.mjs PORT NAME. Prints what came of them as JSON. No request is tried again.
 */

const [port, name] = process.argv.slice(2);
let running = true;
process.stdin.on("end", () => {
  running = false;
});
process.stdin.resume();

/** @type {{ ok: number, failed: string[] }} */
const answers = { ok: 0, failed: [] };
while (running) {
  const problem = await ask();
  if (problem) answers.failed.push(problem);
  else answers.ok += 1;
}
console.log(JSON.stringify(answers));

/** @returns {Promise<string | undefined>} */
function ask() {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, headers: { Host: name }, agent: false, timeout: 10_000 };
    const call = get(options, (response) => {
      response.resume();
      response.on("error", (error) => resolve(error.message));
      response.on("end", () => resolve(response.statusCode === 200 ? undefined : `status ${response.statusCode}`));
    });
    call.on("timeout", () => call.destroy(new Error("no answer within 10 s")));
    call.on("error", (error) => resolve(error.message));
  });
}
