import { ContextError } from "./context-error.ts";
import { compareBytes } from "./context-file.ts";
import type { WalkedPath } from "./context-walk.ts";
import type { SentPath } from "./read-tree.ts";

/**
 * The paths that are sent: those that were found, and the Dockerfile whose text is given.
 * @param given that Dockerfile's path
 * @throws ContextError where a folder or a link is in its way
 */
export function sentPaths(found: readonly WalkedPath[], given?: string): SentPath[] {
  const sent = found.map(({ path, kind }, row) => ({ path, kind, row }));
  if (given === undefined) return sent;
  const inTheWay = sent.find(({ path, kind }) => {
    if (kind !== "folder" && given.startsWith(`${path}/`)) return true;
    return path.startsWith(`${given}/`) || (path === given && kind === "folder");
  });
  if (inTheWay) {
    throw new ContextError({
      subject: "Dockerfile",
      rule: `must not take the place of ${JSON.stringify(inTheWay.path)}`,
      got: given,
      remedy: "give it another name",
    });
  }
  const others: SentPath[] = sent.filter(({ path }) => path !== given && !given.startsWith(`${path}/`));
  return [...others, { path: given, kind: "file" as const }].sort((a, b) => compareBytes(a.path, b.path));
}
