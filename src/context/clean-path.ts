/**
 * The shortest path that means the same, as Go's `filepath.Clean` finds it. Why not Node's `normalize`: that one
 * keeps a slash at the end, and an ignore file's patterns are compared after Go's cleaning.
 */
export function cleanPath(path: string): string {
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push("..");
  }
  return (rooted ? "/" : "") + kept.join("/") || ".";
}
