import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CloudConfigFile } from "./cloud-config.ts";

const SOURCE = join(__dirname, "agent");
const PROGRAMS = /^(?:slipway|bootstrap)$/;

/** The agent's files as a host carries them: each folder of `src/aws/nano/agent` stands below `/usr/local`. */
export function hostAgentFiles(): CloudConfigFile[] {
  return ["sbin", "lib/slipway"].flatMap((folder) =>
    readdirSync(join(SOURCE, folder))
      .sort()
      .map((name) => ({
        path: `/usr/local/${folder}/${name}`,
        permissions: PROGRAMS.test(name) ? "0755" : "0644",
        content: readFileSync(join(SOURCE, folder, name), "utf8"),
      })),
  );
}
