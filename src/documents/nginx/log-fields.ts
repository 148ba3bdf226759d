import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { oneOf } from "./argument.ts";

const logged = oneOf(
  "$body_bytes_sent",
  "$host",
  "$http_user_agent",
  "$remote_addr",
  "$request_id",
  "$request_method",
  "$request_time",
  "$status",
  "$time_iso8601",
  "$upstream_addr",
  "$upstream_response_time",
  "$uri",
);

/** What a line of the access log may hold; no query, cookie or authorization, since tokens travel there. */
export type LogFields = Readonly<Record<string, Parameters<typeof logged>[0]>>;

/** The shape of one line of the access log: a JSON object, a field a variable. */
export function logFields(fields: LogFields): string {
  const members = Object.entries(fields).map(([field, variable]) => {
    if (!/^[a-z_]+$/.test(field)) {
      throw new InvalidValueError({ subject: "log field", rule: "must be lower-case letters", got: field });
    }
    return `"${field}":"${logged(variable)}"`;
  });
  return `'{${members.join(",")}}'`;
}
