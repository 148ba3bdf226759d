import { spawn } from "node:child_process";
import { join } from "node:path";
import type { RollingHost } from "./rolling-host.ts";
import type { Crowd, Visit } from "./visitors.mjs";

const VISITORS = join(__dirname, "visitors.mjs");

export interface Load extends Pick<Crowd, "perSecond" | "slowSeconds"> {
  /** What happens meanwhile. */
  readonly meanwhile: () => Promise<void>;
}

/** What visitors of the host met while something happened, and a moment before and after. */
export async function underLoad(host: RollingHost, { meanwhile, ...crowd }: Load): Promise<Visit> {
  const words = ["-n", "5", process.execPath, VISITORS, JSON.stringify({ ...host.places, ...crowd } satisfies Crowd)];
  const visitors = spawn("nice", words, { stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  visitors.stdout.setEncoding("utf8").on("data", (more) => {
    text += more;
  });
  const ended = new Promise<void>((resolve, reject) => {
    visitors.once("error", reject);
    visitors.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`the visitors ended with ${code}`))));
  });
  // heard at once, so that its failure is nobody's surprise while the other one is awaited
  ended.catch(() => {});
  const settle = () => new Promise((resolve) => setTimeout(resolve, 1000));
  await settle();
  try {
    await meanwhile();
    await settle();
  } finally {
    visitors.stdin.end();
  }
  await ended;
  return JSON.parse(text) as Visit;
}

export interface Totals {
  readonly asked: number;
  readonly failed: number;
  readonly perSecond: number;
}

export function totalsOf({ kinds, seconds }: Visit): Totals {
  const all = Object.values(kinds);
  const sum = (key: "asked" | "failed") => all.reduce((so, kind) => so + kind[key], 0);
  return { asked: sum("asked"), failed: sum("failed"), perSecond: sum("asked") / seconds };
}
