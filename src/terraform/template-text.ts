import { isReference } from "./reference.ts";

// A token in a string is `${TfToken[TOKEN.12]}`; CDKTF replaces it by a reference when it synthesizes.
const TOKEN = /(\$\{TfToken\[[^\]]*\]\})/g;

/**
 * Escapes text so that Terraform yields it unchanged: `${` and `%{` open templates there and CDKTF does not escape
 * them. Tokens in the text stay references, which is why it must be a leaf string and never finished JSON.
 *
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
 */
export function templateText(text: string): string {
  return outsideTokens(text, escapeLiteral);
}

/** `text` with each reference in it written alike. Why: CDKTF numbers them, and the numbers differ from synth to synth. */
export function withoutReferences(text: string): string {
  return text.replace(TOKEN, () => "${}");
}

function escapeLiteral(text: string): string {
  return text.replace(/[$%](?=\{)/g, (opener) => opener + opener);
}

/** {@link templateText} for every value of a map, sorted by key so that the same map prints the same way. */
export function templateMap(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, templateText(map[key] as string)]),
  );
}

/** {@link templateText} for every text in a value; a reference stays what it is. */
export function templateValue<T>(value: T): T {
  return withTexts(value, templateText);
}

/**
 * {@link templateValue} for a value inside an expression, such as what a function is given. Why another one: CDKTF puts the
 * texts of a list or an object there between quotes as they are, so that a quote in one would end it.
 */
export function quotedValue<T>(value: T): T {
  return withTexts(value, (text) => outsideTokens(templateText(text), quotedText));
}

/** `value` with each text in it, keys included, as `change` has it. */
function withTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (typeof value !== "object" || value === null || isReference(value)) return value;
  if (Array.isArray(value)) return value.map((each) => withTexts(each, change)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [change(key), withTexts(each, change)])) as T;
}

/** Between the quotes of Terraform's language, whose escapes are JSON's. */
function quotedText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** `text` with what stands between its tokens as `change` has it. */
function outsideTokens(text: string, change: (literal: string) => string): string {
  return text
    .split(TOKEN)
    .map((part, index) => (index % 2 === 1 ? part : change(part)))
    .join("");
}
