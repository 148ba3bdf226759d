// @ts-check

import { COMMON_OPTIONS, OPTIONS, VERBS } from "./verb-table.mjs";
import { wrapped } from "./wrapped.cjs";

/** @typedef {import("./verb-table.mjs").Verb} Verb */

const GROUPS = /** @type {const} */ ({
  deploy: "Stacks",
  image: "Images that stacks declare",
  host: "A host that is deployed, by its path or id; the only one needs no name",
  machine: "This machine",
});

const EXIT_CODES = `Exit codes: 0 done; 1 it failed, or something is not healthy; 2 the command line
is wrong; 3 the machine lacks something; 4 a rule of --fail-on is broken; 75 the
host cannot be asked now; 130 it was interrupted.`;

/** What is printed for `slipway --help`: every verb in a line. */
export function overallUsage() {
  const width = Math.max(...VERBS.map((verb) => call(verb).length));
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const verbs = VERBS.filter((verb) => verb.group === group);
    return `${title}:\n${verbs.flatMap((verb) => row(call(verb), width, verb.summary)).join("\n")}`;
  });
  return [
    "usage: slipway <verb> [operands] [options]",
    ...groups,
    `Options of every verb:\n${optionRows([...COMMON_OPTIONS, "version"])}`,
    "slipway <verb> --help has the verb's own options and examples.",
    EXIT_CODES,
  ].join("\n\n");
}

/**
 * What is printed for `slipway VERB --help`.
 * @param {Verb} verb
 */
export function verbUsage(verb) {
  return [
    `usage: slipway ${call(verb)} [options]`,
    `  ${verb.summary}`,
    `Options:\n${optionRows([...(verb.options ?? []), ...COMMON_OPTIONS])}`,
    `Examples:\n${verb.examples.map((example) => `  ${/^slipway /.test(example) ? `npx ${example}` : example}`).join("\n")}`,
  ].join("\n\n");
}

/** @param {Verb} verb */
function call({ name, positionals = [] }) {
  return [name, ...positionals].join(" ");
}

/** @param {readonly string[]} names */
function optionRows(names) {
  const spelled = names.map((name) => {
    const { short, value, summary } = /** @type {import("./verb-table.mjs").Option} */ (OPTIONS[name]);
    return {
      words: [[`--${name}`, ...(short ? [`-${short}`] : [])].join(", "), value].filter(Boolean).join(" "),
      summary,
    };
  });
  const width = Math.max(...spelled.map(({ words }) => words.length));
  return spelled.flatMap(({ words, summary }) => row(words, width, summary)).join("\n");
}

/**
 * A line of two columns that fits 80; a summary that does not goes on below.
 * @param {string} left
 * @param {number} width
 * @param {string} summary
 */
function row(left, width, summary) {
  return wrapped(summary, 80 - width - 4, "").map(
    (line, index) => `  ${(index === 0 ? left : "").padEnd(width)}  ${line}`,
  );
}
