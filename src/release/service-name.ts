import { InvalidValueError } from "../values/invalid-value-error.ts";

// label = letter *( letter / digit / "-" ), 40 characters at most, no dash at the end
const NAME = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** @throws InvalidValueError when `name` cannot name a service: dashes become underscores in Nginx's variables, so no underscore may come in */
export function serviceName(name: string): string {
  if (!NAME.test(name)) {
    throw new InvalidValueError({
      subject: "service name",
      rule: "must be at most 40 lower-case letters, digits and inner dashes, a letter first",
      got: name,
    });
  }
  return name;
}
