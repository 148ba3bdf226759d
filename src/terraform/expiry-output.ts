/** The output of a preview's stack that says when its time is over, in UTC as RFC 3339 has it. */
export const EXPIRY_OUTPUT = "slipway_expires";
