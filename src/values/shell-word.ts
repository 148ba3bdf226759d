const PLAIN = /^[A-Za-z0-9_.,:=@%/+-]+$/;

/** `text` as one word of a POSIX shell, whatever is in it; plain text stays as it is, for people to read. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
