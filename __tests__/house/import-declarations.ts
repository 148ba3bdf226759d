import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "@swc/core";
import { ROOT } from "./house.ts";

/** An `import` of a source file, or an `export` from another one, as it is written. */
export interface ImportDeclaration {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** The names there, and what they are called here. */
  readonly imported: readonly string[];
  readonly local: readonly string[];
}

/** The declarations of `file`, relative to the root, that import. */
export function importDeclarations(file: string): ImportDeclaration[] {
  const { body } = parseSync(readFileSync(join(ROOT, file), "utf8"), { syntax: "typescript", target: "es2022" });
  return body.flatMap((item) => {
    if (item.type === "ExportAllDeclaration" || (item.type === "ExportNamedDeclaration" && item.source)) {
      const specifier = item.source?.value as string;
      return [{ from: file, specifier, typeOnly: "typeOnly" in item && item.typeOnly, imported: [], local: [] }];
    }
    if (item.type !== "ImportDeclaration") return [];
    const imported = item.specifiers.map((each) =>
      each.type === "ImportSpecifier" ? (each.imported?.value ?? each.local.value) : "*",
    );
    const local = item.specifiers.map((each) => each.local.value);
    return [{ from: file, specifier: item.source.value, typeOnly: item.typeOnly, imported, local }];
  });
}
