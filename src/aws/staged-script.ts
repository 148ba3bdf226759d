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
  const stage = (file: string) => stagedCopy(scope, join(__dirname, file));
  return {
    command: ["sh", stage(name), ...words].join(" "),
    environment: { SLIPWAY_AWS_CLI: stage("aws-cli.sh") },
  };
}
