import { join } from "node:path";
import type { Construct } from "constructs";
import { stagedCopy } from "../terraform/staged-file.ts";

/** A script of this layer where an apply finds it. */
export interface StagedScript {
  readonly command: string;
  /** Where the script finds what all of them share. */
  readonly environment: { readonly SLIPWAY_AWS_CLI: string };
}

/** Puts a script of this layer, and the part by which it asks AWS, into the synthesized output. */
export function stagedScript(scope: Construct, name: string, ...words: readonly string[]): StagedScript {
  return {
    command: ["sh", stagedPart(scope, name), ...words].join(" "),
    environment: { SLIPWAY_AWS_CLI: stagedPart(scope, "aws-cli.sh") },
  };
}

/** Puts a file that a script of this layer reads into the synthesized output. */
export function stagedPart(scope: Construct, name: string): string {
  return stagedCopy(scope, join(__dirname, name));
}
