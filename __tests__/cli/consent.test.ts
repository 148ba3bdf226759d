import { consentOf, isCi } from "../../src/cli/consent.mjs";

it.each([
  [{ uid: 1000, env: {}, yes: false, interactive: false }, "none"],
  [{ uid: 1000, env: {}, yes: false, interactive: true }, "ask"],
  [{ uid: 1000, env: {}, yes: true, interactive: false }, "yes"],
  [{ uid: 1000, env: { CI: "true" }, yes: false, interactive: false }, "ci"],
  [{ uid: 0, env: {}, yes: false, interactive: false }, "root"],
  [{ uid: undefined, env: {}, yes: false, interactive: false }, "none"],
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
