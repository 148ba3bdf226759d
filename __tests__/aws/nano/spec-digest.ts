import { createHash } from "node:crypto";

/** JSON as Terraform's `jsonencode` writes it: keys in order, and three characters that HTML minds as escapes. */
export function terraformJson(value: unknown): string {
  const text = JSON.stringify(value, (_, each) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
  return text.replace(/[<>&\u2028\u2029]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** The digest that Terraform gives a service's spec. */
export function specDigest(spec: unknown): string {
  return createHash("sha256").update(terraformJson(spec)).digest("hex").slice(0, 16);
}
