import { InvalidValueError } from "../values/invalid-value-error.ts";

/** A file in an archive. */
export interface ArchivedFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly content: string;
  /** Octal digits, e.g. `0644`. */
  readonly permissions: string;
}

const BLOCK = 512;
const LONGEST_PATH = 99;

/**
 * Files as a tar archive of POSIX's `ustar` format: sorted, root's, without a time. Why not a library: the same files
 * must be the same bytes on every machine, and that is all that is asked of it.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
 */
export function ustar(files: readonly ArchivedFile[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return Buffer.concat([...sorted.flatMap(entry), Buffer.alloc(2 * BLOCK)]);
}

function entry({ path, content, permissions }: ArchivedFile): Buffer[] {
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    throw new InvalidValueError({ subject: "path", rule: `must be at most ${LONGEST_PATH} bytes`, got: path });
  }
  const bytes = Buffer.from(content, "utf8");
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  header.write(path, 0);
  header.write(permissions.padStart(7, "0"), 100);
  header.write(octal(0, 7), 108); // user
  header.write(octal(0, 7), 116); // group
  header.write(octal(bytes.length, 11), 124);
  header.write(octal(0, 11), 136); // time
  header.fill(" ", 148, 156); // the sum counts itself as spaces
  header.write("0", 156); // a file
  header.write("ustar\0" + "00", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return [header, bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
}
