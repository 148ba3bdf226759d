import { InvalidValueError } from "../../values/invalid-value-error.ts";

/** What an instance gets at launch, as the API takes it. */
export interface UserData {
  /** For `user_data_base64`. */
  readonly base64: string;
  /** What counts against the limit: the bytes before base64. */
  readonly bytes: number;
}

/** EC2's limit, before base64. */
export const USER_DATA_LIMIT = 16_384;

/**
 * `text` as user data. Why never compressed: it can be read in the console as it is, and what is long has no place in it.
 *
 * @throws InvalidValueError when it is over EC2's limit; the message has both sizes
 */
export function userData(text: string): UserData {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > USER_DATA_LIMIT) {
    throw new InvalidValueError({
      subject: "user data",
      rule: `must be at most ${USER_DATA_LIMIT} bytes`,
      got: bytes.length,
      remedy: "give the host fewer or smaller files of your own, or let one of them fetch the rest",
    });
  }
  return { base64: bytes.toString("base64"), bytes: bytes.length };
}
