import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { ustar } from "../../../src/host-agent/ustar.ts";

const files = [
  { path: "sbin/program", content: "#!/bin/sh\necho ä\n", permissions: "0755" },
  { path: "lib/part.sh", content: "", permissions: "0644" },
  { path: "lib/block", content: "x".repeat(512), permissions: "0600" },
];

const folder = mkdtempSync(join(tmpdir(), "slipway-test-ustar-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("is what tar lists, root's and without a time, in one order", () => {
  const listed = execFileSync("tar", ["--utc", "--full-time", "-tvf", "-"], {
    input: ustar(files),
    encoding: "utf8",
  });
  expect(listed.split("\n").map((line) => line.replace(/ +/g, " "))).toEqual([
    "-rw------- 0/0 512 1970-01-01 00:00:00 lib/block",
    "-rw-r--r-- 0/0 0 1970-01-01 00:00:00 lib/part.sh",
    "-rwxr-xr-x 0/0 18 1970-01-01 00:00:00 sbin/program",
    "",
  ]);
  expect(ustar(files).equals(ustar([...files].reverse()))).toBe(true);
});

test("is unpacked by tar into the same files", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme", maxLength: 1500 }), {
        minLength: 1,
        maxLength: 4,
      }),
      (texts) => {
        const all = texts.map((content, at) => ({
          path: `deep/${at}/file`,
          content,
          permissions: "0640",
        }));
        execFileSync("tar", ["-xf", "-", "-C", folder], { input: ustar(all) });
        for (const { path, content } of all) {
          expect(readFileSync(join(folder, path)).equals(Buffer.from(content, "utf8"))).toBe(true);
          expect(statSync(join(folder, path)).mode & 0o700).toBe(0o600);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test("is the same bytes for ever", () => {
  const digest = execFileSync("sha256sum", {
    input: ustar(files),
    encoding: "utf8",
  });
  expect(digest).toMatchInlineSnapshot(`
    "6be702a764a9edb74c1697528522d142746c48fcc3fd821c8fa2e67640eb72b9  -
    "
  `);
});

test("refuses a path that the format has no room for", () => {
  expect(() => ustar([{ path: "x".repeat(100), content: "", permissions: "0644" }])).toThrow(
    /^path must be at most 99 bytes/,
  );
});
