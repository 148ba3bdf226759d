import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { Translation } from "../../compose/translated-service.ts";
import type { WrittenFile } from "./written-file.ts";

/** What a project has that no image needs, and what changes with each deploy. */
const OWN = [".git", ".env", "node_modules", "cdktf.out", "*.tfstate", "*.tfstate.*", "slipway.lock.json"];

/** What became of the ignore files of contexts that hold the project itself. */
export interface IgnoreFiles {
  readonly files: readonly WrittenFile[];
  /** What a person has to do. */
  readonly remarks: readonly string[];
}

/**
 * Ignore files for the contexts that hold the project's own folder: a synth writes there, so that without one each synth
 * would be another content. One that is there is not touched.
 */
export function ignoreFiles({ services }: Translation, directory: string): IgnoreFiles {
  const contexts = services.flatMap(({ image }) => (image.kind === "pulled" ? [] : [image.context]));
  const around = [...new Set(contexts)].filter(
    (context) => !relative(resolve(directory, context), directory).startsWith(".."),
  );
  const files: WrittenFile[] = [];
  const remarks: string[] = [];
  for (const context of around) {
    const path = join(context, ".dockerignore");
    const there = resolve(directory, path);
    const within = relative(resolve(directory, context), directory);
    const lines = OWN.map((line) => (within === "" || line === ".git" ? line : `${within}/${line}`));
    if (!existsSync(there) && context === ".") files.push({ path, text: `${lines.join("\n")}\n` });
    else if (!existsSync(there)) remarks.push(`write ${path}: ${lines.join(" ")}`);
    else {
      const known = readFileSync(there, "utf8")
        .split(/\r?\n/)
        .map((line) => line.trim().replace(/^\/|\/$/g, ""));
      const missing = lines.filter(
        (line) => !known.includes(line) && !known.includes("*") && !known.includes(`**/${line}`),
      );
      if (missing.length > 0) remarks.push(`add to ${path}: ${missing.join(" ")}`);
    }
  }
  return { files, remarks };
}
