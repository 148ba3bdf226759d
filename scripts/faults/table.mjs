// @ts-check
import { FAULTS } from "./list.mjs";

/** The table of docs/faults.md. */
export function faultTable() {
  const head =
    "| | what happens | a visitor sees | the operator reads | what heals it | what the test would find |\n|---|---|---|---|---|---|\n";
  const rows = FAULTS.map(({ number, name, what, visitor, operator, heals, control, shown }) => {
    const everywhere = shown.some(({ project }) => project !== "faults") ? ", in CI too" : "";
    return `| ${number} | **${name}**${everywhere}: ${what} | ${visitor} | ${operator} | ${heals} | ${control} |`;
  });
  return `${head}${rows.join("\n")}\n`;
}
