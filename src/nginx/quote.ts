import { InvalidValueError } from "../values/invalid-value-error.ts";

/** Nginx reads its files through a buffer of 4096 bytes; a longer token is refused as `too long parameter`. */
const LONGEST_TOKEN = 4095;
const BARE = /^[A-Za-z0-9_./:@%+*=~^,&?!<>()|-]+$/;
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Prints `value` as one token that Nginx reads back as exactly `value`: bare where that is safe, else in double
 * quotes. Why it can refuse: Nginx has no escape for `$`, and no text may carry a line end into a header.
 *
 * @throws InvalidValueError when there is no token for the value
 * @see https://github.com/nginx/nginx/blob/release-1.22.1/src/core/ngx_conf_file.c (ngx_conf_read_token)
 */
export function quote(value: string, subject = "nginx text"): string {
  const refuse = (rule: string, remedy?: string): never => {
    throw new InvalidValueError({ subject, rule, got: value, remedy });
  };
  if (typeof value !== "string") return refuse("must be text");
  if (value.includes("$"))
    return refuse('must not hold "$"', "nginx reads a variable there and knows no escape for it");
  if (CONTROL.test(value)) return refuse("must not hold control characters", "write it on one line");
  if (LONE_SURROGATE.test(value)) return refuse("must be well-formed Unicode", "remove the half surrogate pair");
  const token = BARE.test(value) ? value : `"${value.replace(/[\\"]/g, "\\$&")}"`;
  if (Buffer.byteLength(token) > LONGEST_TOKEN) {
    return refuse(`must have at most ${LONGEST_TOKEN} bytes with its quotes`, "nginx reads no longer token");
  }
  return token;
}
