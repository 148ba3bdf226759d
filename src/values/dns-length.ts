const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;

/** The limits of RFC 1035, for a rule in an error. */
export const DNS_LENGTH = `at most ${LONGEST_NAME} characters, at most ${LONGEST_LABEL} between two dots`;

export function fitsDns(name: string): boolean {
  return name.length <= LONGEST_NAME && name.split(".").every((label) => label.length <= LONGEST_LABEL);
}
