import type { EndedChild } from "../ended-child.ts";

/** What Terraform said in one line: it breaks a message where the line ends, and puts a bar before each. */
export function unbroken({ output }: Pick<EndedChild, "output">): string {
  return output.replace(/\s*\n[│|]?\s*/g, " ");
}

/** The lines of a plan that say what would happen to what. */
export function plannedLines({ output }: Pick<EndedChild, "output">): readonly string[] {
  return output.match(/(?<=^ {2}# )(?!.*will be read).*/gm) ?? [];
}
