import { InvalidValueError } from "./invalid-value-error.ts";

const HIGHEST_ID = 2_147_483_647;
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/; // useradd's, upper case and dots too

/**
 * Who a container runs as: `name|uid[:group|gid]`. A name is one of the image's own /etc/passwd and /etc/group, a number
 * need not be.
 *
 * @throws InvalidValueError when no image has such a user
 */
export function containerUser(text: string): string {
  const parts = typeof text === "string" ? text.split(":") : [];
  if (parts.length >= 1 && parts.length <= 2 && parts.every(isUser)) return text;
  const rule = "must be a name or a number, with or without a group behind a colon";
  throw new InvalidValueError({ subject: "user", rule, got: text, remedy: 'write it like "app" or "1000:1000"' });
}

function isUser(part: string): boolean {
  return /^[0-9]+$/.test(part) ? Number(part) <= HIGHEST_ID : NAME.test(part);
}
