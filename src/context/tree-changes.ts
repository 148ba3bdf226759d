import type { TreeColumns } from "./tree-columns.ts";

/** What differs between two readings of a tree, by path. */
export interface TreeChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Other content, permission, kind or link target. */
  readonly changed: readonly string[];
}

/** Compares two readings of a tree. */
export function treeChanges(before: TreeColumns, after: TreeColumns): TreeChanges {
  const rows = new Map(before.paths().map((path, row) => [path, row]));
  const added: string[] = [];
  const changed: string[] = [];
  for (const [row, path] of after.paths().entries()) {
    const old = rows.get(path);
    rows.delete(path);
    if (old === undefined) added.push(path);
    else if (before.modes[old] !== after.modes[row] || !before.digest(old).equals(after.digest(row)))
      changed.push(path);
  }
  return { added, removed: [...rows.keys()], changed };
}
