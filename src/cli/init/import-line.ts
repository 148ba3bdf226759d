import { printed, quoted } from "./code.ts";
import { moduleName } from "./module-name.ts";

/** `import { A, B } from "…";`, broken where it gets too long. */
export function importLine(names: readonly string[], from: string): string {
  const end = ` from ${quoted(moduleName(from))};`;
  const list = { properties: names.map((name) => [name, undefined] as const) };
  return `import ${printed(list, 0, "import ".length, end.length)}${end}`;
}
