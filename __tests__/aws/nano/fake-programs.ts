import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { which } from "../../../src/cli/command.mjs";
import { STREAMED } from "../../../src/docker/buildx-build.ts";

const SOURCE = resolve(__dirname, "../../../src/aws");
/** What scripts may find besides the programs that a test pretends. */
const USUAL = ["awk", "cat", "cut", "date", "grep", "head", "mktemp", "rm", "sed", "sh", "sleep", "tail", "tr"];

const places = new Map<string, string>();
/** Where this machine has them. */
function usual(): Map<string, string> {
  for (const name of places.size > 0 ? [] : USUAL) places.set(name, which(name) as string);
  return places;
}

/** How a script ended, what it said, and what it asked of the pretended programs, a line each. */
export interface ScriptRun {
  readonly status: number | null;
  readonly output: string;
  readonly calls: readonly string[];
}

/**
 * Runs a script of src/aws with programs that only pretend: each is a piece of shell that sees its words as `$*`, may
 * keep files in `$STATE`, and is noted with every call. No other `aws` or `docker` can be found.
 */
export function runScript(
  script: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>>,
): ScriptRun {
  const folder = mkdtempSync(join(tmpdir(), "slipway-script-"));
  const calls = join(folder, "calls");
  // one that is pretended has no link: what is written there would go through it, to the machine's own
  for (const [name, found] of usual()) if (!Object.hasOwn(programs, name)) symlinkSync(found, join(folder, name));
  for (const [name, text] of Object.entries(programs)) {
    const note = `printf '%s\\n' "${name} $*" | tr '\\n' ' ' >>${calls}; echo >>${calls}`;
    writeFileSync(join(folder, name), `#!/bin/sh\nSTATE=${folder}\n${note}\n${text}\n`, { mode: 0o755, flag: "wx" });
  }
  const { status, stdout, stderr } = spawnSync("/bin/sh", [join(SOURCE, script), ...words], {
    encoding: "utf8",
    env: {
      PATH: folder,
      SLIPWAY_REGION: "eu-west-1",
      SLIPWAY_AWS_CLI: join(SOURCE, "aws-cli.sh"),
      SLIPWAY_RUN_COMMAND: join(SOURCE, "nano/run-command.sh"),
      SLIPWAY_ECR_TAGS: join(SOURCE, "ecr-tags.sh"),
      SLIPWAY_STREAMED: STREAMED,
      SLIPWAY_RELEASE_TAGS: join(SOURCE, "nano/release-tags.sh"),
      SLIPWAY_RELEASE_WINDOW: join(SOURCE, "nano/release-window.awk"),
      ...environment,
    },
  });
  const noted = existsSync(calls) ? readFileSync(calls, "utf8").split("\n") : [];
  return { status, output: stdout + stderr, calls: noted.map((line) => line.trim()).filter(Boolean) };
}

/** What the AWS command says when AWS refuses, as shell. */
export function refusal(kind: string, words = "AWS says why"): string {
  return `echo 'An error occurred (${kind}) when calling the X operation: ${words}' >&2; exit 254`;
}
