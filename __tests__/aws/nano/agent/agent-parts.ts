import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where the agent's parts are, which a test may read one by one. */
export const PARTS = join(__dirname, "../../../../src/host-agent/lib/slipway");

/** Where those are that a nano has for itself. */
export const NANO_PARTS = join(__dirname, "../../../../src/aws/nano/agent/lib/slipway");

const RELEASE = "a1".repeat(32);

/** How a test lays out a host for single parts of the agent, below a folder that each test makes anew. */
export function hostFiles(root: () => string) {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root(), path)), { recursive: true });
    writeFileSync(join(root(), path), text);
  };
  return {
    write,
    /** A program of the host's, in shell. */
    program(name: string, text: string): void {
      write(`bin/${name}`, `#!/bin/sh\n${text}\n`);
      chmodSync(join(root(), "bin", name), 0o755);
    },
    /** What the host serves. */
    serves(manifest: object): void {
      write("var/lib/slipway/serving.json", JSON.stringify({ version: 1, release: RELEASE }));
      write(`var/lib/slipway/releases/${RELEASE}.json`, JSON.stringify(manifest));
    },
  };
}
