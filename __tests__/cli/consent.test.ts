import { consentIn, consentOf, isCi } from "../../src/cli/consent.mjs";

it.each([
  [{ uid: 1000, env: {}, install: false, interactive: false }, "none"],
  [{ uid: 1000, env: {}, install: false, interactive: true }, "ask"],
  [{ uid: 1000, env: {}, install: true, interactive: false }, "install"],
  [{ uid: 1000, env: { CI: "true" }, install: false, interactive: false }, "ci"],
  [{ uid: 0, env: {}, install: false, interactive: false }, "root"],
  [{ uid: undefined, env: {}, install: false, interactive: false }, "none"],
])("%j is %s", (situation, expected) => {
  expect(consentOf(situation)).toBe(expected);
});

it.each([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
  ["", false],
  [undefined, false],
])("CI=%s", (CI, expected) => {
  expect(isCi({ CI })).toBe(expected);
});

it.each([
  [["real", "--install"], { install: true, rest: ["real"] }],
  [["--yes", "cats"], { install: true, rest: ["cats"] }],
  [["real"], { install: false, rest: ["real"] }],
])("a script's words %j", (words, expected) => {
  expect(consentIn(words)).toEqual(expected);
});
