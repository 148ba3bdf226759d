import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeProblem, OLDEST_NODE } from "../../src/cli/node-version.mjs";
import { isAtLeast } from "../../src/cli/version-order.cjs";

it.each([
  ["20.9.0", true],
  ["v20.9.0", true],
  ["20.10.1", true],
  ["21.0.0-nightly", true],
  ["22", true],
  ["20.8.9", false],
  ["18.20.4", false],
  ["9.99.99", false],
  ["20", false],
])("%s against 20.9.0", (version, expected) => {
  expect(isAtLeast(version, "20.9.0")).toBe(expected);
});

it("says what is wanted, what is there and what to do", () => {
  expect(nodeProblem("18.0.0")).toBe(
    "node must be 20.9.0 or newer, got 18.0.0: install the LTS from https://nodejs.org or with your version manager",
  );
  expect(nodeProblem(OLDEST_NODE)).toBeUndefined();
});

it("wants what package.json promises", () => {
  const { engines } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));
  expect(engines.node).toBe(`>=${OLDEST_NODE.replace(/\.0$/, "")}`);
});
