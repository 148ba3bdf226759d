import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const NAME = /^slipway-(\d+)-[0-9a-f]+\.tfplan$/;

/**
 * Lets `work` have a file for a plan, which holds secrets: its owner alone reads it, and it is gone when `work` has ended,
 * whatever ends it. What a run left that was killed without a word goes first. Why each run has a name of its own: it must
 * never apply what another one planned meanwhile, nor take that one's plan away while a person is asked about it.
 *
 * @param folder the stack's own, where its state may lie, too
 */
export async function withPlanFile<T>(folder: string, work: (file: string) => Promise<T>): Promise<T> {
  for (const name of readdirSync(folder)) {
    const [, pid] = NAME.exec(name) ?? [];
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(folder, name), { force: true });
  }
  const file = join(folder, `slipway-${process.pid}-${randomBytes(6).toString("hex")}.tfplan`);
  // Terraform writes into a file that is there and lets it be whose it is; one of its own everybody could read
  writeFileSync(file, "", { mode: 0o600, flag: "wx" });
  const remove = () => rmSync(file, { force: true });
  const ended = (signal: NodeJS.Signals) => {
    remove();
    for (const each of ENDINGS) process.off(each, ended);
    process.kill(process.pid, signal);
  };
  for (const each of ENDINGS) process.on(each, ended);
  process.on("SIGINT", ignore);
  process.on("exit", remove);
  try {
    return await work(file);
  } finally {
    remove();
    for (const each of ENDINGS) process.off(each, ended);
    process.off("SIGINT", ignore);
    process.off("exit", remove);
  }
}

/** What ends a process at once. Ctrl-C does not: it is for Terraform while that runs, and at a question it is a no. */
const ENDINGS = ["SIGTERM", "SIGHUP"] as const;
const ignore = () => {};

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
