import { stopSignal } from "../../src/values/stop-signal.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

test.each(["SIGTERM", "TERM", "sigint", "QUIT", "USR1", "RTMIN+3", "SIGRTMAX-14", "1", "15", "64"])(
  "takes %s",
  (signal) => expect(stopSignal(signal)).toBe(signal),
);

test.each(["", "SIG", "TERMINATE", "0", "65", "-9", "+9", "015", "RTMIN+16", "RTMAX-15", "SIGTERM ", "9a"])(
  "refuses %j",
  (signal) => {
    expect(refusal(() => stopSignal(signal)).message).toContain("must be a signal of Linux");
  },
);

test.each(NO_TEXTS)("refuses %p", (got) => void refusal(() => stopSignal(got as never)));
