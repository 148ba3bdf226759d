import { InvalidValueError } from "./invalid-value-error.ts";

const NAMES =
  /^(SIG)?(ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|RTMIN(\+([1-9]|1[0-5]))?|RTMAX(-([1-9]|1[0-4]))?)$/;
const HIGHEST = 64;

/** Whether Linux has a signal called `text`, with or without SIG, in either case. */
export function isSignalName(text: string): boolean {
  return NAMES.test(text.toUpperCase());
}

/** @throws InvalidValueError when the engine cannot stop a container by `signal`, a name or a number as text */
export function stopSignal(signal: string): string {
  const isText = typeof signal === "string";
  if (isText && (isSignalName(signal) || (/^[1-9][0-9]?$/.test(signal) && Number(signal) <= HIGHEST))) return signal;
  const rule = `must be a signal of Linux, by its name or as text by its number from 1 to ${HIGHEST}`;
  throw new InvalidValueError({ subject: "stop signal", rule, got: signal, remedy: 'write it like "SIGINT"' });
}
