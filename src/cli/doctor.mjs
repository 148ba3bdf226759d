// @ts-check
import { Apt } from "./apt.mjs";
import { dependenciesProblem } from "./node-modules.mjs";
import { operatingSystemProblem } from "./operating-system.mjs";
import { loadPreparation } from "./project.mjs";
import { inOneLine, inspect } from "./setup.mjs";

/**
 * Says what set-up finds on this machine and what it would miss, and changes nothing: 0 where a stack can be deployed, 3
 * where something is missing.
 *
 * @param {import("./terminal.mjs").Terminal} terminal
 * @param {import("./project.mjs").Project} project
 * @param {{ json?: boolean }} asked
 * @returns {Promise<number>}
 */
export async function doctor(terminal, project, { json = false }) {
  const { plan } = await loadPreparation(project);
  const { mirror } =
    (await plan?.({ terminal, log: terminal.note.bind(terminal), verb: "doctor", install: false })) ?? {};
  const { terraform, engine, missing } = await terminal.step("look at this machine", () =>
    inspect(terminal, { tools: true, mirror, apt: Apt.find(terminal) }),
  );
  const unfit = operatingSystemProblem(process.platform);
  const packages = dependenciesProblem(project.root);
  const found = [
    ...(unfit ? [{ problem: unfit, remedy: "" }] : []),
    ...missing.map(({ problem, remedy }) => ({ problem, remedy })),
    ...(packages ? [{ problem: packages, remedy: "npm ci" }] : []),
  ];
  if (json) {
    const about = engine?.state === "running" ? { version: engine.version, endpoint: engine.endpoint } : null;
    const document = { schema: 1, ready: found.length === 0, node: process.versions.node };
    console.log(JSON.stringify({ ...document, terraform: terraform ?? null, engine: about, missing: found }, null, 2));
  } else {
    for (const each of found) terminal.fail(inOneLine(each));
    terminal.headline(
      found.length === 0 ? "this machine is ready" : "this machine is not ready; slipway setup installs",
    );
  }
  return found.length === 0 ? 0 : 3;
}
