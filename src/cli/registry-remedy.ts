import { readLockfile } from "./lockfile.ts";

/** What resolvers and engines say of a registry that cannot be reached. */
const UNREACHABLE =
  /no such host|name resolution|server misbehaving|i\/o timeout|connection refused|network is unreachable/i;
const IMAGE =
  /(?:source metadata for|pull access denied for|(?:read|pull|pulling) (?:docker )?image) ['"]?([\w./-]+(?::[\w.-]+)?)/i;
/** What BuildKit says before Docker 23, which is what it asked in place of the image. */
const MANIFEST = /https?:\/\/[^/"\s]+\/v2\/([\w./-]+)\/manifests\/([\w.-]+)/;

/**
 * What to do where an image is wanted from a registry that cannot be reached, while others have stand-ins here: which
 * those are; `undefined` where that is not what happened.
 */
export function registryRemedy(failure: string, lockfile = process.env.SLIPWAY_LOCKFILE): string | undefined {
  const [, path, tag] = MANIFEST.exec(failure) ?? [];
  const image = IMAGE.exec(failure)?.[1] ?? (path && `${path.replace(/^library\//, "")}:${tag}`);
  if (image === undefined || !UNREACHABLE.test(failure) || !lockfile) return undefined;
  const known = Object.keys(readLockfile(lockfile).images ?? {});
  if (known.length === 0) return undefined;
  const names = known.map((name) => name.replace(/^docker\.io\/(library\/)?/, "")).sort();
  return `its registry does not answer here and nothing stands in for ${image}; there are ${names.join(", ")}`;
}
