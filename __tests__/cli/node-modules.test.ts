import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dependenciesProblem, installationProblem } from "../../src/cli/node-modules.mjs";

let root: string;
const touch = (path: string, seconds: number) => {
  writeFileSync(join(root, path), "{}");
  utimesSync(join(root, path), seconds, seconds);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-modules-"));
});

it("wants them where they are not", () => {
  touch("package-lock.json", 1000);
  expect(dependenciesProblem(root)).toBe("node_modules is missing");
});

it("wants them anew after an installation that was broken off", () => {
  touch("package-lock.json", 1000);
  mkdirSync(join(root, "node_modules"));
  expect(dependenciesProblem(root)).toBe("node_modules is missing");
});

it("wants them anew when the lockfile is newer", () => {
  mkdirSync(join(root, "node_modules"));
  touch("node_modules/.package-lock.json", 1000);
  touch("package-lock.json", 1001);
  expect(dependenciesProblem(root)).toBe("node_modules is older than package-lock.json");
});

it("is content otherwise", () => {
  mkdirSync(join(root, "node_modules"));
  touch("package-lock.json", 1000);
  touch("node_modules/.package-lock.json", 1000);
  expect(dependenciesProblem(root)).toBeUndefined();
});

it("leaves projects of other package managers alone", () => {
  expect(dependenciesProblem(root)).toBeUndefined();
});

describe("an installation", () => {
  it("may empty the project's own folder, or make it", () => {
    expect(installationProblem(root)).toBeUndefined();
    mkdirSync(join(root, "node_modules"));
    expect(installationProblem(root)).toBeUndefined();
  });

  it("may not empty what a link leads to", () => {
    const shared = mkdtempSync(join(tmpdir(), "slipway-shared-"));
    symlinkSync(shared, join(root, "node_modules"));
    expect(installationProblem(root)).toBe(
      `node_modules must be the project's own to be installed anew, got a link to ${realpathSync(shared)}: remove the link, or run npm ci where it leads`,
    );
  });

  it("may not follow a link that leads nowhere", () => {
    symlinkSync(join(root, "gone"), join(root, "node_modules"));
    expect(installationProblem(root)).toContain("got a link to a folder that is gone");
  });
});
