import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A secret that was found where it must not be; never the secret itself. */
export interface Leak {
  readonly where: string;
  /** Which of the secrets, by its place in the list. */
  readonly secret: number;
}

/** Looks for `secrets`, plain and in base64, in everything under `paths`. */
export function searchFiles(paths: readonly string[], secrets: readonly string[]): Leak[] {
  return paths.flatMap(filesUnder).flatMap((file) => searchBytes(file, readFileSync(file), secrets));
}

/** Looks for `secrets` in `bytes`, and in what they hold when they are gzipped. */
export function searchBytes(where: string, bytes: Buffer, secrets: readonly string[]): Leak[] {
  const texts = [bytes, ...(bytes[0] === 0x1f && bytes[1] === 0x8b ? [gunzipSync(bytes)] : [])];
  return secrets.flatMap((text, secret) => {
    const forms = [text, Buffer.from(text).toString("base64").replace(/=+$/, "")];
    return forms.some((form) => texts.some((haystack) => haystack.includes(form))) ? [{ where, secret }] : [];
  });
}

function filesUnder(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    // Terraform's own folder holds providers, which are large and not made of the stack.
    if (entry.isSymbolicLink() || entry.name === ".terraform") return [];
    return entry.isDirectory() ? filesUnder(join(path, entry.name)) : [join(path, entry.name)];
  });
}
