import { containerUser } from "../../src/values/container-user.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

test.each(["app", "1000", "0", "app:staff", "1000:1000", "app:33", "_apt", "www-data", "a.b", "svc$", "2147483647"])(
  "takes %s",
  (text) => expect(containerUser(text)).toBe(text),
);

test.each(["", ":", "app:", ":1000", "a:b:c", "app user", "-1", "1a", "2147483648", "app:2147483648", "a/b", "a\nb"])(
  "refuses %j",
  (text) => {
    expect(refusal(() => containerUser(text)).message).toContain("must be a name or a number");
  },
);

test.each(NO_TEXTS)("refuses %p", (got) => void refusal(() => containerUser(got as never)));
