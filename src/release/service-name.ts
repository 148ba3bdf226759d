import { InvalidValueError } from "../values/invalid-value-error.ts";

// label = letter *( letter / digit / "-" ), 40 characters at most, no dash at the end
const NAME = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/**
 * @param subject what is called so, e.g. `task name`
 * @throws InvalidValueError when `name` cannot name a service: dashes become underscores in Nginx's variables, so no underscore may come in
 */
export function serviceName(name: string, subject = "service name"): string {
  if (!NAME.test(name)) {
    throw new InvalidValueError({
      subject,
      rule: "must be at most 40 lower-case letters, digits and inner dashes, a letter first",
      got: name,
    });
  }
  return name;
}
