import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { serviceLines } from "../../src/rollout/service-lines.ts";
import { HealthCheck } from "../../src/values/health-check.ts";

const PROBES = resolve(__dirname, "../../src/rollout/probes");

function found(program: string): string {
  return spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
}

/** A folder with these programs: as the machine has them, by BusyBox, or as texts of their own. */
function machine(names: readonly string[], own: Readonly<Record<string, string>> = {}, busybox = false): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-probe-"));
  for (const name of names) symlinkSync(found(busybox ? "busybox" : name), join(folder, name));
  for (const [name, text] of Object.entries(own)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

function probe(kind: string, path: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("/bin/sh", [join(PROBES, `${kind}.sh`), ...words], {
    encoding: "utf8",
    env: { PATH: path },
  });
  return `${status} ${stdout}${stderr}`.trim();
}

describe.each([
  ["this machine's programs", false],
  ["BusyBox's", true],
])("what must run for a while, by %s", (_, busybox) => {
  const at = (now: string) => machine(["awk"], { date: `[ "$*" = +%s ] && echo ${Date.parse(now) / 1000}` }, busybox);

  test.each([
    ["2026-11-29T02:03:14.123456789Z", "2026-11-29T02:03:24Z", "0"],
    ["2026-11-29T02:03:14Z", "2026-11-29T02:03:23Z", "1 it has run for 9 s since it was started last, not 10 s"],
    ["2024-02-29T23:59:59Z", "2024-03-01T00:00:08Z", "1 it has run for 9 s since it was started last, not 10 s"],
    ["2023-02-28T23:59:58Z", "2023-03-01T00:00:08Z", "0"],
    ["2025-12-31T23:59:58Z", "2026-01-01T00:00:07Z", "1 it has run for 9 s since it was started last, not 10 s"],
    ["2026-11-29T02:03:14Z", "2026-11-29T02:03:04Z", "1 it has run for -10 s since it was started last, not 10 s"],
    ["2026-01-31T08:09:10Z", "2027-01-31T08:09:10Z", "0"],
  ])("started at %s, asked at %s: %s", (started, now, outcome) => {
    expect(probe("running", at(now), [`running ${started}`, "3", "10"])).toBe(outcome);
  });

  test.each(["exited 2026-11-29T02:03:14Z", "restarting 2026-11-29T02:03:14Z", ""])("does not run: %j", (seen) => {
    const path = at("2026-11-29T03:00:00Z");
    expect(probe("running", path, [seen, "3", "10"])).toBe("1 its container does not run");
  });
});

describe("a command in the container", () => {
  /** Docker whose container is this machine; what it runs outlives the client, as it does in an engine. */
  const DOCKER = `echo "$*" >>"\${0%/*}/calls"
shift
[ "$1" != --env ] || { export "$2"; shift 2; }
shift
PATH=/usr/bin:/bin "$@" >"\${0%/*}/output" 2>&1 &
wait $!
status=$?
cat "\${0%/*}/output"
exit "$status"`;
  const where = () => machine(["cat", "cut", "date", "sleep", "tail"], { docker: DOCKER });
  const ask = (path: string, words: readonly string[], timeout = "20") => {
    const line = serviceLines([{ name: "w", spec: "s", health: HealthCheck.command(words) }]);
    return probe("command", path, ["worker-1", timeout, line.split("\t")[4] as string]);
  };

  test.each<[readonly string[], string]>([
    [["true"], "0"],
    [["sh", "-c", "exit 3"], "1 its check sh ended with status 3:"],
    [["sh", "-c", "echo one; echo no heartbeat >&2; exit 1"], "1 its check sh ended with status 1: no heartbeat"],
    [["test", "it's $HOME `id` *", "=", "it's $HOME `id` *"], "0"],
    [["test", "", "=", ""], "0"],
  ])("%j: %s", (words, outcome) => {
    expect(ask(where(), words)).toBe(outcome);
  });

  test("one that does not end is told so, and nothing of it is left", () => {
    const path = where();
    expect(ask(path, ["sh", "-c", "sleep 61.25; sleep 61.25"], "1")).toBe("1 its check sh did not end within 1 s");
    expect(spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout).not.toContain("sleep 61.25");
    const calls = readFileSync(join(path, "calls"), "utf8").split("\n");
    expect(calls[0]).toMatch(/^exec --env SLIPWAY_CHECK=\d+\.\d+ worker-1 sh -c sleep 61.25; sleep 61.25$/);
    expect(calls[1]).toMatch(/^exec worker-1 sh -c for each in /);
  });
});
