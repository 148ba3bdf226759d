/**
 * Runs `create` without the stack trace that CDKTF takes of every token. Why: a container's resource alone makes
 * dozens of tokens, and with TypeScript's source maps the traces cost more than all else in a synth; they serve only
 * CDKTF's own messages about tokens, where the construct's path says more. An error's own trace is not touched: it is
 * written when somebody reads it.
 */
export function withoutCreationStack<T>(create: () => T): T {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => "";
  try {
    return create();
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
}
