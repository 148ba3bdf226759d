/** What a build context holds; a folder counts by itself only where nothing in it is sent. */
export type ContextFileKind = "file" | "link" | "folder";

/** One path that would be sent to the engine. */
export interface ContextFile {
  /** Relative to the context, with slashes. */
  readonly path: string;
  readonly kind: ContextFileKind;
  /** Whether its owner may execute it; the only permission that is kept. */
  readonly executable: boolean;
  /** Bytes of content; 0 for links and folders. */
  readonly size: number;
  /** Where a link points, as written in it. */
  readonly target?: string;
}

/** Text whose UTF-16 order may differ from that of its UTF-8 bytes. */
export const SURROGATE = /[\ud800-\udfff]/;

/** Orders paths by their UTF-8 bytes, the order that every machine agrees on. */
export function compareBytes(a: string, b: string): number {
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
