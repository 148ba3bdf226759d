import fc from "fast-check";
import { HealthCheck } from "../../src/values/health-check.ts";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

const USUAL = { interval: 5, timeout: 3, retries: 3, startPeriod: 30 };

test("a check has the usual times unless others are given", () => {
  expect(HealthCheck.http("/status").toJSON()).toEqual({ kind: "http", path: "/status", ...USUAL });
  expect(HealthCheck.tcp().toJSON()).toEqual({ kind: "tcp", ...USUAL });
  const times = { interval: 1, timeout: 2, retries: 10, startPeriod: 0 };
  expect(HealthCheck.tcp(times).toJSON()).toEqual({ kind: "tcp", ...times });
  expect(HealthCheck.http("/ready?full=1", { ...times, expectStatus: 204 }).toJSON()).toEqual({
    kind: "http",
    path: "/ready?full=1",
    expectStatus: 204,
    ...times,
  });
});

test("equal checks print the same text, whatever order their options came in", () => {
  const one = HealthCheck.http("/", { interval: 7, retries: 2, expectStatus: 200 });
  const other = HealthCheck.http("/", { expectStatus: 200, retries: 2, interval: 7 });
  expect(JSON.stringify(one)).toBe(JSON.stringify(other));
});

test("an option that is undefined is one that was left out", () => {
  expect(HealthCheck.http("/", { interval: undefined, expectStatus: undefined })).toEqual(HealthCheck.http("/"));
});

test.each(["/", "/status", "/a/b.html", "/x?y=z&w=1,2;3", "/%7Euser/%C3%BC", "/a-b_c~d!$'()*+:@"])(
  "%s is a path",
  (path) => {
    expect(HealthCheck.http(path).path).toBe(path);
  },
);

test.each([
  ["", "must not be empty", 'write it like "/status"'],
  ["status", "must begin with a slash", 'use "/status"'],
  ["?x", "must begin with a slash", 'use "/?x"'],
  ["http://localhost/status", "must not be a URL", "give the path alone, the container is asked directly"],
  ["/status#top", "must not have a fragment", "no server ever sees it"],
  ["/a b", "must be the path of a URL", "write other characters as % and two hexadecimal digits"],
  ["/a\r\nHost: x", "must be the path of a URL", "write other characters as % and two hexadecimal digits"],
  ["/ü", "must be the path of a URL", "write other characters as % and two hexadecimal digits"],
  ["/100%", "must be the path of a URL", "write other characters as % and two hexadecimal digits"],
  ["/${x}", "must be the path of a URL", "write other characters as % and two hexadecimal digits"],
  ['/"', "must be the path of a URL", "write other characters as % and two hexadecimal digits"],
  ["/`id`", "must be the path of a URL", "write other characters as % and two hexadecimal digits"],
  [`/${"a".repeat(2048)}`, "must have at most 2048 characters", "shorten it"],
])("the path %j is refused: %s", (path, rule, remedy) => {
  expect(refusal(() => HealthCheck.http(path))).toMatchObject({
    subject: "health check path",
    got: path,
    rule,
    remedy,
  });
});

test.each(NO_TEXTS)("the path %p is refused", (value) => {
  refusal(() => HealthCheck.http(value as string));
});

test.each([
  [{ interval: 0 }, "interval", "must be a whole number from 1 to 3600"],
  [{ interval: 1.5 }, "interval", "must be a whole number from 1 to 3600"],
  [{ interval: 3601 }, "interval", "must be a whole number from 1 to 3600"],
  [{ timeout: -1 }, "timeout", "must be a whole number from 1 to 3600"],
  [{ timeout: Number.NaN }, "timeout", "must be a whole number from 1 to 3600"],
  [{ retries: 0 }, "retries", "must be a whole number from 1 to 3600"],
  [{ retries: "3" as unknown as number }, "retries", "must be a whole number from 1 to 3600"],
  [{ startPeriod: -1 }, "start period", "must be a whole number from 0 to 3600"],
  [{ startPeriod: Number.POSITIVE_INFINITY }, "start period", "must be a whole number from 0 to 3600"],
])("%p is refused", (options, option, rule) => {
  const expected = { subject: `health check ${option}`, rule, got: Object.values(options)[0] };
  expect(refusal(() => HealthCheck.tcp(options))).toMatchObject(expected);
  expect(refusal(() => HealthCheck.http("/", options))).toMatchObject(expected);
});

test.each([99, 600, 200.5, Number.NaN, "200", null])("the status %p is refused", (expectStatus) => {
  expect(refusal(() => HealthCheck.http("/", { expectStatus: expectStatus as number }))).toMatchObject({
    subject: "health check status",
    rule: "must be a whole number from 100 to 599",
    got: expectStatus,
  });
});

test("a command is asked with the usual times, or others", () => {
  const check = HealthCheck.command(["pg_isready", "-U", "shop"], { timeout: 9 });
  expect(check.toJSON()).toEqual({ kind: "command", command: ["pg_isready", "-U", "shop"], ...USUAL, timeout: 9 });
  expect([check.asksPort, HealthCheck.tcp().asksPort, HealthCheck.http("/").asksPort]).toEqual([false, true, true]);
  expect(check.withDefaultHost("shop.example.com")).toBe(check);
});

test.each([
  ["pg_isready", "must be a list of words"],
  [[], "must be a list of words"],
  [[""], "must be a list of words"],
  [undefined, "must be a list of words"],
  [["a", 1], "must be words of one line without tabs"],
  [["a", "b\nc"], "must be words of one line without tabs"],
  [["a\tb"], "must be words of one line without tabs"],
  [["a", "b".repeat(2048)], "must have at most 2048 characters"],
])("the command %j is refused: %s", (words, rule) => {
  expect(refusal(() => HealthCheck.command(words as never)).message).toContain(`health check command ${rule}`);
});

test.each([
  [1, 3],
  [10, 3],
  [11, 4],
  [60, 13],
  [3600, 721],
])("what must run for %d s is asked often enough to have run so long: %d times", (seconds, retries) => {
  const check = HealthCheck.running(seconds);
  expect(check.toJSON()).toEqual({ kind: "running", seconds, interval: 5, timeout: 3, retries, startPeriod: 0 });
  expect(check.retries * check.interval).toBeGreaterThanOrEqual(seconds + 4);
});

test.each([0, -1, 1.5, 3601, "10", undefined])("nothing runs for %p", (seconds) => {
  const { subject, rule } = refusal(() => HealthCheck.running(seconds as never));
  expect([subject, rule]).toEqual(["health check seconds", "must be a whole number from 1 to 3600"]);
});

test("every path that is taken is what a URL makes of it, and no text crashes", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webPath(),
        fc.string({ unit: "binary" }).map((text) => `/${text}`),
        fc.webUrl(),
      ),
      (path) => {
        try {
          const check = HealthCheck.http(path);
          const { origin, pathname, search, hash } = new URL(`http://127.0.0.1:80${check.path}`);
          expect([origin, hash]).toEqual(["http://127.0.0.1", ""]);
          // A URL takes "." and ".." steps and escapes quotes in a query; nothing else of the path may change.
          if (!/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(path.split("?")[0] ?? "")) {
            expect(pathname + search.replaceAll("%27", "'")).toBe(path.replace(/\?$/, "").replaceAll("%27", "'"));
          }
        } catch (error) {
          if (!(error instanceof InvalidValueError)) throw error;
        }
      },
    ),
    fuzzRuns,
  );
});

test.each([
  ["shop.example.com", "shop.example.com"],
  ["SHOP.example.com:8080", "shop.example.com:8080"],
  ["10.0.0.5", "10.0.0.5"],
])("the Host %j is sent as %s", (host, sent) => {
  expect(HealthCheck.http("/", { host }).toJSON()).toEqual({ kind: "http", path: "/", host: sent, ...USUAL });
});

test.each([
  ["", "server name must not be empty"],
  ["http://shop.example.com", "must not have a scheme"],
  ["a b", "must not hold white space"],
  ["shop.example.com\r\nX: y", "must not hold white space"],
  ["*.example.com", "health check host must not have a wildcard"],
  ["shop.example.com:0", "health check host's port must be a whole number from 1 to 65535"],
  ["shop.example.com:99999", "got 99999"],
])("the Host %j is refused", (host, message) => {
  expect(() => HealthCheck.http("/", { host })).toThrow(message);
});

test("a Host of its own wins over the one that a release knows, and a port has none", () => {
  expect(HealthCheck.http("/").withDefaultHost("a.test").toJSON().host).toBe("a.test");
  expect(HealthCheck.http("/", { host: "b.test" }).withDefaultHost("a.test").host).toBe("b.test");
  expect(HealthCheck.tcp().withDefaultHost("a.test").toJSON()).toEqual(HealthCheck.tcp().toJSON());
  expect(HealthCheck.http("/", { expectStatus: 204, retries: 9 }).withDefaultHost("a.test").toJSON()).toEqual(
    HealthCheck.http("/", { expectStatus: 204, retries: 9, host: "a.test" }).toJSON(),
  );
});

test.each<[string, () => unknown, string]>([
  [
    "a misspelt time",
    () => HealthCheck.http("/", { intervall: 1 } as never),
    'health check option must be known, got "intervall": did you mean interval?',
  ],
  ["a status of a port", () => HealthCheck.tcp({ expectStatus: 200 } as never), 'must be known, got "expectStatus"'],
  ["a number for options", () => HealthCheck.tcp(5 as never), "health check options must be an object, got 5"],
])("refuses %s", (_, make, message) => expect(make).toThrow(message));
