import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { gzip } from "./gzip/gzip.ts";

/** What an instance gets at launch, as the API takes it. */
export interface UserData {
  /** For `user_data_base64`. */
  readonly base64: string;
  /** What counts against the limit: the bytes before base64. */
  readonly bytes: number;
  readonly gzipped: boolean;
}

/** EC2's limit, before base64. */
export const USER_DATA_LIMIT = 16_384;

/**
 * `text` as user data, compressed only where it must be: what is plain can be read in the console.
 *
 * @throws InvalidValueError when it is over EC2's limit even compressed; the message has both sizes
 */
export function userData(text: string): UserData {
  const plain = Buffer.from(text, "utf8");
  const gzipped = plain.length > USER_DATA_LIMIT;
  const bytes = gzipped ? compressed(text, plain) : plain;
  if (bytes.length > USER_DATA_LIMIT) {
    throw new InvalidValueError({
      subject: "user data",
      rule: `must be at most ${USER_DATA_LIMIT} bytes`,
      got: `${plain.length} bytes, ${bytes.length} compressed`,
      remedy: "give the host fewer or smaller files of your own, or let one of them fetch the rest",
    });
  }
  return { base64: bytes.toString("base64"), bytes: bytes.length, gzipped };
}

const known = new Map<string, Buffer>();

/** Why kept: it takes a fifth of a second, and whoever tests a stack synthesizes one host again and again. */
function compressed(text: string, plain: Buffer): Buffer {
  const bytes = known.get(text) ?? gzip(plain);
  known.set(text, bytes);
  return bytes;
}
