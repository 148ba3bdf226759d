import type { Construct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import { requireTextMap } from "../terraform/literal.ts";

/** @throws {ConstructError} for what the provider puts into no container as a file */
export function checkFiles(scope: Construct, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(requireTextMap(scope, "files", files))) {
    if (!file.startsWith("/"))
      throw new ConstructError(scope, "files", { subject: "path", rule: "must be absolute", got: file });
    if (content === "")
      throw new ConstructError(scope, "files", `${file} is empty, which the provider takes for missing: write a line`);
  }
}
