import { readInteger } from "../syntax/go-text.ts";

const NAMES =
  /^(SIG)?(ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|URG|USR1|USR2|VTALRM|WINCH|XCPU|XFSZ|RTMIN(\+([1-9]|1[0-5]))?|RTMAX(-([1-9]|1[0-4]))?)$/;

/** Whether the builder takes `text` as a signal: a number that is not 0, or a name that Linux has. */
export function isStopSignal(text: string): boolean {
  if (!/^[-+]?[0-9]+$/.test(text)) return NAMES.test(text.toUpperCase());
  return (readInteger(text) ?? 0n) !== 0n;
}
