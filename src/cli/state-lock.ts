import { relative } from "node:path";

/** What Terraform says of who holds a lock, a line each under "Lock Info:". */
const FIELD = /^\s*(ID|Operation|Who|Created):\s*(\S.*?)\s*$/gm;

/**
 * Why a state could not be locked, in one line: who is at work, since when, and what to do; `undefined` for any other
 * failure. Why not Terraform's own words: those are a dozen lines, of which the first is about HTTP.
 *
 * @param folder the stack's, where Terraform runs
 */
export function lockedState(failure: string, folder?: string): string | undefined {
  if (!failure.includes("Error acquiring the state lock")) return undefined;
  const { ID: id, Who: who, Created: created, Operation: operation = "" } = fieldsOf(failure);
  const doing = operation.replace(/^OperationType/, "").toLowerCase();
  const since = created?.replace(/^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})\S* \+0000 UTC$/, "$1 $2 UTC");
  const holder = [who ?? "somebody else", ...(doing ? [`(${doing})`] : [])].join(" ");
  const at = since ? ` since ${since}` : "";
  return `${holder} is at work on this stack${at}, and nothing was done: ${remedy(failure, id, folder)}`;
}

/** A lock of this machine's own is a process's, and ends with it; one in a bucket outlives a process that was killed. */
function remedy(failure: string, id: string | undefined, folder: string | undefined): string {
  const again = "run this again when that has ended";
  if (id === undefined || /resource temporarily unavailable|being used by another process/.test(failure)) return again;
  const place = folder === undefined ? "" : ` -chdir=${relative(process.cwd(), folder) || "."}`;
  return `${again}; only if it is certain that nobody is at work any more: terraform${place} force-unlock ${id}`;
}

function fieldsOf(failure: string): Partial<Record<"ID" | "Operation" | "Who" | "Created", string>> {
  const info = failure.slice(failure.indexOf("Lock Info:"));
  if (!failure.includes("Lock Info:")) return {};
  return Object.fromEntries([...info.matchAll(FIELD)].map(([, name, value]) => [name, value]));
}
