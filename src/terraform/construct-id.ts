import type { Construct } from "constructs";
import { ConstructError } from "./construct-error.ts";

const ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Returns `id` if it stays itself in Terraform's names. Why: CDKTF drops the other characters, so that `a.b` and
 * `ab` become one name and one of the two resources silently vanishes; `1abc` synthesizes and Terraform refuses it.
 *
 * @throws {ConstructError}
 */
export function constructId(scope: Construct, id: string): string {
  if (typeof id === "string" && ID.test(id)) return id;
  throw new ConstructError(scope, "id", {
    subject: "construct id",
    rule: "must begin with a letter and hold only letters, digits, - and _, 64 at most",
    got: id,
    remedy: typeof id === "string" ? suggestion(id) : "use a word",
  });
}

function suggestion(id: string): string {
  const mended = id
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z]+/, "")
    .slice(0, 64);
  return mended && ID.test(mended) ? `use ${JSON.stringify(mended)}` : "use a word";
}
