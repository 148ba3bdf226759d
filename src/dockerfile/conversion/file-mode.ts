const HIGHEST = 0o7777;

//  mode    := clause { "," clause }
//  clause  := { who } op { perm } { op { perm } }
//  who     := "a" | "u" | "g" | "o"
//  op      := "+" | "-" | "="
//  perm    := "r" | "s" | "t" | "w" | "X" | "x" | "u" | "g" | "o"
const CLAUSE = "[augo]*(?:[-+=][rstwXxugo]*)+";
const SYMBOLIC = new RegExp(`^${CLAUSE}(?:,${CLAUSE})*$`);

/** Whether the builder takes `text` for `--chmod`: octal digits up to 07777, or what chmod(1) calls symbolic. */
export function isFileMode(text: string): boolean {
  if (/^[0-7]+$/.test(text)) return Number.parseInt(text, 8) <= HIGHEST;
  return SYMBOLIC.test(text);
}
