import { wrapped } from "../wrapped.cjs";

const WIDTH = 118;

/** `text` as lines of a comment, each with `mark` in front. */
export function commentLines(text: string, mark: string, hanging = "  "): string[] {
  const plain = text.replace(/\s*\n\s*/g, " ").replaceAll("*/", "* /");
  return wrapped(plain, WIDTH - mark.length, hanging).map((line) => `${mark}${line}`.trimEnd());
}
