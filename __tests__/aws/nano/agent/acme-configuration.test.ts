import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFiles, NANO_PARTS, PARTS } from "./agent-parts.ts";

const DIRECTORY = "https://ca.example.com/directory";
const root = mkdtempSync(join(tmpdir(), "slipway-acme-"));
const { write } = hostFiles(() => root);
afterAll(() => rmSync(root, { recursive: true }));

/** What dehydrated is told of the name, whose manifest says `acme` of it. */
function configuration(acme: object): string {
  const tls = [{ name: "shop.example.com", file: "shop.example.com", acme: { email: "ops@example.com", ...acme } }];
  write("manifest.json", JSON.stringify({ tls }));
  const program = `STATE=${root}/state RUN=${root}/run PARTS=${NANO_PARTS} manifest=${root}/manifest.json
. "${PARTS}/tls.sh"
mkdir -p "$ACME"
write_acme_configuration shop.example.com`;
  execFileSync("sh", ["-u", "-c", program]);
  return readFileSync(join(root, "run/acme/config"), "utf8");
}

test("a name is shown to be the host's by HTTP, as ever", () => {
  const told = configuration({ directory: DIRECTORY });
  expect(told).toContain(`CA='${DIRECTORY}'\n`);
  expect(told).toContain("CHALLENGETYPE=http-01\n");
  expect(told).not.toContain("HOOK");
});

test("by records where there is a zone, with a hook that only root may run and that knows the zone", () => {
  const told = configuration({ directory: DIRECTORY, zone: "Z0123" });
  expect(told).toContain(`CHALLENGETYPE=dns-01\nHOOK='${root}/state/acme/hook'\n`);
  expect(told).not.toContain("http-01");
  const hook = join(root, "state/acme/hook");
  expect(statSync(hook).mode & 0o777).toBe(0o700);
  expect(readFileSync(hook, "utf8")).toBe(`#!/bin/sh\nexec sh "${NANO_PARTS}/dns-challenge.sh" "Z0123" "$@"\n`);
  // dehydrated calls it so, and it must end well
  expect(execFileSync(hook, ["startup_hook"], { encoding: "utf8" })).toBe("");
});
