import { appendFileSync, cpSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Wanted } from "../src/rehearsal/run-rehearsal.ts";

const ROOT = resolve(__dirname, "..");
/** The host in front, by the beginning of its resources. */
const FRONT = "front_";

/** What is tried of a front and the host behind it: nothing that happens to the one behind may touch the front. */
export const frontChanges: NonNullable<Wanted["changes"]> = ({ runDir, declare }) => {
  const next = async () => {
    const folder = join(runDir, "next-catalog");
    cpSync(join(ROOT, "stacks/apps/netflix-catalog"), folder, { recursive: true });
    appendFileSync(join(folder, "app.py"), "\n# the next version\n");
    await declare({ SLIPWAY_CATALOG_DIR: folder, SLIPWAY_VERSION: "1.0.1" });
  };
  return [
    { what: "the applications' next version", declare: next, untouched: FRONT },
    { what: "another instance of the host behind", replaced: "aws_instance.apps_", untouched: FRONT },
  ];
};
