import type { ChildProcess } from "node:child_process";

/** How a program ended, and what it wrote to both of its outputs, in the order in which it came. */
export interface EndedChild {
  readonly status: number | null;
  readonly output: string;
}

/** Waits until `child`, whose outputs are piped, has ended. @throws what kept it from being started */
export function endOf(child: ChildProcess): Promise<EndedChild> {
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  return new Promise((done, fail) => {
    child.once("error", fail).once("close", (status) => done({ status, output }));
  });
}
