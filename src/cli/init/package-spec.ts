import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** This package's own description, from the source and from the compiled file alike. */
const OWN = resolve(__dirname, "../../..", "package.json");

/** What this package says of itself. */
export interface OwnPackage {
  readonly name: string;
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export function ownPackage(): OwnPackage {
  return JSON.parse(readFileSync(OWN, "utf8"));
}

/**
 * How a project asks npm for this package: by its version, or, where it did not come from a registry, by the tarball or
 * the folder that it came from, so that the project gets the very one that wrote it.
 */
export function packageSpec(folder = dirname(OWN), { name, version } = ownPackage()): string {
  const modules = dirname(folder);
  const list = join(modules, ".package-lock.json");
  if (!existsSync(list)) return `^${version}`;
  const { packages } = JSON.parse(readFileSync(list, "utf8")) as { packages?: Record<string, { resolved?: string }> };
  const { resolved } = packages?.[`node_modules/${name}`] ?? {};
  if (resolved?.startsWith("file:")) return `file:${resolve(modules, "..", resolved.slice("file:".length))}`;
  return resolved !== undefined && /^git|\.tgz$/.test(resolved) && !resolved.includes(`/-/${name}-`)
    ? resolved
    : `^${version}`;
}
