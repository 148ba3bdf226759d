import { resolve, sep } from "node:path";

const MESSAGE = /^(?:Uncaught )?(?:ConstructErrors?|AggregateError)(?: \[.*?\])?: (.*)$/;
const FRAME = /^\s+at .*?\(?((?:[A-Za-z]:)?[^\s()]+\.[cm]?[jt]s):(\d+):\d+\)?$/;
const NOT_THEIRS = /[\\/]node_modules[\\/]|^node:/;
/** Where Slipway's own code lies: src in a clone, lib in the package, wherever that is linked from. */
const OWN = resolve(__dirname, "..");

/**
 * What a refused declaration says, without the interpreter's trace, and the user's line that declared it; undefined
 * when the program ended for another reason, whose trace is then worth reading.
 */
export function synthProblem(stderr: string, own = OWN): string | undefined {
  const lines = stderr.split(/\r?\n/);
  const start = lines.findIndex((line) => MESSAGE.test(line));
  if (start === -1) return undefined;
  const first = MESSAGE.exec(lines[start] as string)?.[1] as string;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^\s+at /.test(line));
  const message = [first, ...rest.slice(0, Math.max(0, end))].filter((line) => line.trim() !== "");
  const isTheirs = (file: string) => !NOT_THEIRS.test(file) && !file.startsWith(`${own}${sep}`);
  const place = rest.map((line) => FRAME.exec(line)).find((frame) => frame && isTheirs(frame[1] as string));
  return place ? `${message.join("\n")}\n  declared at ${place[1]}:${place[2]}` : message.join("\n");
}
