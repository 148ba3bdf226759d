import { InvalidValueError } from "../../values/invalid-value-error.ts";

const HOST = /^\$host(?::[1-9]\d{0,4})?$/;

/** What services may be told about a request; every value is Nginx's own, a constant or nothing, never the visitor's. */
const VALUES: ReadonlyMap<string, RegExp> = new Map([
  ["Host", HOST],
  ["Connection", /^\$forwarded_connection$/],
  ["Upgrade", /^\$forwarded_upgrade$/],
  ["Forwarded", /^$/],
  ["Proxy", /^$/],
  ["X-Forwarded-For", /^\$(?:remote_addr|proxy_add_x_forwarded_for)$/],
  ["X-Forwarded-Host", HOST],
  ["X-Forwarded-Port", /^[1-9]\d{0,4}$/],
  ["X-Forwarded-Prefix", /^$/],
  ["X-Forwarded-Proto", /^\$scheme$/],
  ["X-Real-IP", /^\$remote_addr$/],
  ["X-Request-ID", /^\$request_id$/],
]);

/** The words of `proxy_set_header`. @throws InvalidValueError for a header, or a value of it, that could be spoofed */
export function forwardedHeader(name: string, value: string): string[] {
  if (!VALUES.get(name)?.test(value)) {
    const rule = "must be one of the forwarded ones with its own value";
    throw new InvalidValueError({ subject: "request header", rule, got: `${name}: ${value}` });
  }
  return [name, value === "" ? '""' : value];
}
