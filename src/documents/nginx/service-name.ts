import { InvalidValueError } from "../../values/invalid-value-error.ts";

// label = letter *( letter / digit / "-" ), 40 characters at most, no dash at the end
const NAME = /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/** @throws InvalidValueError when `name` cannot name a service in Nginx: dashes become underscores there, so no underscore may come in */
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

/** The word by which Nginx knows the service, as an upstream or, behind `$`, as a variable. */
export function serviceUpstream(service: string): string {
  return `slipway_${serviceName(service).replaceAll("-", "_")}`;
}
