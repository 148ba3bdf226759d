import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { writtenFiles } from "../../src/cli/init/init.ts";
import { readComposeFile } from "../../src/compose/compose-file.ts";
import type { HostKind } from "../../src/compose/read-service.ts";
import { translate } from "../../src/compose/translate.ts";
import type { Translation } from "../../src/compose/translated-service.ts";

/** A folder called `shop` with a compose file and what else is given. */
export function composeFolder(compose: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(mkdtempSync(join(tmpdir(), "slipway-compose-")), "shop");
  for (const [path, text] of Object.entries({ ...files, "compose.yaml": compose })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

export function translated(folder: string, host: HostKind = "local"): Translation {
  return translate(readComposeFile(join(folder, "compose.yaml")), {
    host,
    directory: folder,
    ...(host === "aws" && { domain: "shop.example.com" }),
  });
}

/** The text of the stack that is written for a compose file beside the project. */
export function stackText(folder: string, host: HostKind = "local"): string {
  const files = writtenFiles(translated(folder, host), host, "compose.yaml");
  return files.find(({ path }) => path === "shop.ts")?.text ?? "";
}

/** What stands between the host's line and the sites', or the end, without the indentation of the class. */
export function serviceText(
  compose: string,
  files: Readonly<Record<string, string>> = {},
  host: HostKind = "local",
): string {
  const text = stackText(composeFolder(compose, files), host);
  const body = /const host = (?:[^;]*);\n([\s\S]*?)\n {2}\}\n/.exec(text)?.[1] ?? text;
  const services = body.split(/\n\n {4}const (?:domain|site) = /)[0] ?? "";
  return services.replace(/^ {4}/gm, "").trim();
}
