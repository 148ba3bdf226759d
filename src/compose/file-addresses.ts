import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { neighbourPattern, type Reference } from "./neighbours.ts";
import type { FileAddress, MountSource } from "./translated-service.ts";

/** What a mounted file says of neighbours: the text to replace, and what it asks of whom. */
export interface AddressInFile extends FileAddress, Reference {}

/** What Nginx says before an address that it speaks something else than HTTP to. */
const NO_HTTP = /(?:fastcgi|uwsgi|scgi|memcached)_pass\s+$/;

/**
 * The neighbours that a mounted file names, an Nginx configuration for one: `backend:8000`, or `//backend` where that is no
 * `upstream` of the file itself. What stands elsewhere in the same letters is left alone, and the whole place with it.
 */
export function fileAddresses(
  mount: MountSource,
  directory: string,
  names: ReadonlyMap<string, string>,
): AddressInFile[] {
  if (mount.kind !== "file") return [];
  const path = resolve(directory, mount.file);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const found = new Map<string, AddressInFile & { count: number }>();
  for (const match of text.matchAll(neighbourPattern(names))) {
    const [whole, scheme, , named = "", digits] = match;
    const service = names.get(named);
    const port = digits === undefined ? undefined : Number(digits);
    if (service === undefined || (scheme === undefined && port === undefined)) continue;
    if (port === undefined && new RegExp(`upstream\\s+${named}\\s`).test(text)) continue;
    const place = port === undefined ? `//${named}` : `${named}:${digits}`;
    const isTcp =
      NO_HTTP.test(text.slice(0, match.index)) || (scheme !== undefined && !/^(?:https?|wss?)$/.test(scheme));
    const { count = 0, tcp = isTcp } = found.get(place) ?? {};
    const asked = port ?? (whole.startsWith("http:") ? 80 : undefined);
    found.set(place, {
      text: place,
      service,
      isBare: false,
      tcp: tcp || isTcp || undefined,
      count: count + 1,
      ...(asked !== undefined && { port: asked }),
    });
  }
  return [...found.values()].filter(({ text: place, count }) => text.split(place).length - 1 === count);
}
