import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const DOCUMENT = readFileSync(resolve(__dirname, "../../docs/review.md"), "utf8");

/** The text of a workflow that `docs/review.md` tells people to write. */
export function documentedWorkflow(name: "review" | "review-comment"): string {
  const block = new RegExp(`^\`\\.github/workflows/${name}\\.yml\`:\\n\\n\`\`\`yaml\\n([\\s\\S]*?)^\`\`\``, "m");
  const text = block.exec(DOCUMENT)?.[1];
  if (text === undefined) throw new Error(`docs/review.md must have the workflow ${name}`);
  return text;
}
