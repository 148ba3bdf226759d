import fc from "fast-check";
import { commandWords } from "../../src/compose/command-words.ts";
import { durationSeconds } from "../../src/compose/duration.ts";
import { isSecretLike, withoutPassword } from "../../src/compose/secret-like.ts";
import { secretWords } from "../../src/compose/secret-words.ts";
import { slipwayName, slipwayNames } from "../../src/compose/slipway-name.ts";
import { plainText, readText, variablesOf } from "../../src/compose/variable-text.ts";
import { serviceName } from "../../src/release/service-name.ts";

describe("a text with variables", () => {
  it.each([
    ["plain", "plain", []],
    ["$$A", "$A", []],
    ["$A and ${B}", " and ", ["A", "B"]],
    ["${A:-x}", "x", ["A"]],
    ["${A-x y}", "x y", ["A"]],
    ["${A:-${B:-y}}/z", "y/z", ["A", "B"]],
    ["${A:?must be set}", "", ["A"]],
    ["${A:+there}", "", []],
    ["${KNOWN:+there}", "there", []],
    ["${KNOWN:-x}", "k", ["KNOWN"]],
    ["${EMPTY:-x}", "x", ["EMPTY"]],
    ["${EMPTY-x}", "", ["EMPTY"]],
    ["100%", "100%", []],
    ["a $ b", "a $ b", []],
  ])("%s is %j without an environment", (text, plain, names) => {
    const read = readText(text, { KNOWN: "k", EMPTY: "" });
    expect({ plain: plainText(read), names: variablesOf(read) }).toEqual({ plain, names });
  });

  it.each(["${A", "${A!b}", "x ${A:-${B}"])("%s is refused", (text) => {
    expect(() => readText(text)).toThrow("a variable must be written $NAME or ${NAME:-default}");
  });

  it("is itself where no dollar sign is in it", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes("$")),
        (text) => expect(plainText(readText(text))).toBe(text),
      ),
    );
  });
});

describe("the words of a command", () => {
  it.each([
    ["a b", ["a", "b"]],
    ["  a\t\n b ", ["a", "b"]],
    ["a 'b c' \"d e\"", ["a", "b c", "d e"]],
    ["a''b '' x", ["ab", "", "x"]],
    ["a\\ b", ["a b"]],
    ['"a\\"b\\n"', ['a"b\\n']],
    ["'a\\b'", ["a\\b"]],
    ["", []],
  ])("%j are %j", (text, words) => expect(commandWords(text)).toEqual(words));

  it("must close their quotes", () => {
    expect(() => commandWords("echo 'a")).toThrow('a command must close its quotes, got "echo \'a"');
  });
});

it.each([
  ["30s", 30],
  ["1m30s", 90],
  ["1h", 3600],
  ["500ms", 0.5],
  ["1.5s", 1.5],
  [10_000_000_000, 10],
  ["10", undefined],
  ["soon", undefined],
])("a length of time %j is %j seconds", (value, seconds) => expect(durationSeconds(value)).toBe(seconds));

describe("what looks like a secret", () => {
  it.each([
    ["POSTGRES_PASSWORD", "example"],
    ["MYSQL_ROOT_PASSWORD", "x"],
    ["API_KEY", "abc"],
    ["SECRET_KEY_BASE", "abc"],
    ["SMTP_USER_PWD", "abc"],
    ["GITHUB_TOKEN", "abc"],
    ["DATABASE_URL", "postgres://a:b@db/x"],
    ["ANYTHING", "amqp://guest:guest@mq:5672"],
  ])("%s=%s does", (name, value) => expect(isSecretLike(name, value)).toBe(true));

  it.each([
    ["POSTGRES_PASSWORD", ""],
    ["POSTGRES_PASSWORD_FILE", "/run/secrets/a"],
    ["ALLOW_EMPTY_PASSWORD", "yes"],
    ["TOKEN_TTL", "3600000"],
    ["DATABASE_URL", "postgres://db/x"],
    ["KEYBOARD", "de"],
    ["PASSENGER_APP_ENV", "production"],
    ["PWD", "1"],
  ])("%s=%s does not", (name, value) => expect(isSecretLike(name, value)).toBe(false));

  it("is not shown", () => expect(withoutPassword("postgres://a:b@db/x")).toBe("postgres://a:PASSWORD@db/x"));
});

describe("secrets in words", () => {
  const known = [{ name: "DB_PASSWORD", variable: "DB_PASSWORD", value: "sentry" }];
  const words = (...texts: readonly string[]) =>
    secretWords(
      texts.map((text) => readText(text)),
      known,
      "OWN",
      "local",
    ).words.map(plainText);

  it.each([
    [
      ["/etc/sentry/run.sh", "sentry-web"],
      ["/etc/sentry/run.sh", "sentry-web"],
    ],
    [
      ["a", "-psentry"],
      ["sh", "-c", 'exec a -p"$(cat /run/secrets/DB_PASSWORD)"'],
    ],
    [
      ["a", "--key=sentry", "it's"],
      ["sh", "-c", "exec a --key=\"$(cat /run/secrets/DB_PASSWORD)\" 'it'\\''s'"],
    ],
    [
      ["redis-server", "--requirepass", "other"],
      ["sh", "-c", 'exec redis-server --requirepass "$(cat /run/secrets/OWN)"'],
    ],
    [
      ["sh", "-c", "a -u root -psentry && b"],
      ["sh", "-c", "a -u root -p$(cat /run/secrets/DB_PASSWORD) && b"],
    ],
    [
      ["sh", "-c", "a -p$$DB_PASSWORD $${X} $${Y}z"],
      ["sh", "-c", "a -p$(cat /run/secrets/DB_PASSWORD) $X ${Y}z"],
    ],
  ])("%j are %j", (given, expected) => expect(words(...given)).toEqual(expected));

  it("are variables on AWS", () => {
    const { words: made, used } = secretWords([["a"], readText("${DB_PASSWORD}")], known, "OWN", "aws");
    expect(made.map(plainText)).toEqual(["sh", "-c", 'exec a "$DB_PASSWORD"']);
    expect(used.map(({ name }) => name)).toEqual(["DB_PASSWORD"]);
  });
});

describe("a name", () => {
  it.each([
    ["db", "db"],
    ["Web_App.1", "web-app-1"],
    ["1password", "password"],
    ["---", "app"],
    ["a".repeat(60), "a".repeat(40)],
  ])("%s is %s here", (text, name) => expect(slipwayName(text)).toBe(name));

  it("is one that Slipway takes, whatever it was, and no two are alike", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1, maxLength: 50 }), { maxLength: 8 }), (texts) => {
        const names = [...slipwayNames(texts).values()];
        expect(new Set(names).size).toBe(texts.length);
        for (const name of names) serviceName(name);
      }),
    );
  });
});
