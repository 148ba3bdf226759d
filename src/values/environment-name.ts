import { refusalOf } from "./invalid-value-error.ts";

const LONGEST = 24;
// words of letters and digits with single dashes between them, as names of stacks, roles and parameters are made of
const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** What the names of previews begin with, and no others do, so that no clean-up can take one for the other. */
const PREVIEW = "preview-";

/** @throws InvalidValueError for a name of which no stack can be named */
export function environmentName(name: string): string {
  const refuse = refusalOf("environment name", name);
  checkName(name, refuse);
  if (name.startsWith(PREVIEW) || name === "preview")
    return refuse("must not be that of a preview", 'write Environment.preview("pr-42", { expiresAfter: "3d" })');
  return name;
}

/** The name of the preview `name`, e.g. `preview-pr-42` for `pr-42`. @throws InvalidValueError */
export function previewName(name: string): string {
  const refuse = refusalOf("preview name", name);
  checkName(name, refuse);
  if (name.startsWith(PREVIEW)) return refuse("must be without its prefix", `write "${name.slice(PREVIEW.length)}"`);
  return `${PREVIEW}${name}`;
}

/** Whether an environment of that name is a preview. */
export function isPreview(environment: string): boolean {
  return environment.startsWith(PREVIEW);
}

function checkName(name: string, refuse: (rule: string, remedy?: string) => never): void {
  if (typeof name !== "string" || name === "") refuse("must not be empty", 'write e.g. "staging"');
  if (name.length > LONGEST) refuse(`must have at most ${LONGEST} characters`, `it has ${name.length}`);
  if (NAME.test(name)) return;
  const mended = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  refuse(
    "must begin with a letter and hold lower-case letters, digits and single dashes between them",
    NAME.test(mended) ? `use "${mended}"` : 'write e.g. "staging"',
  );
}
