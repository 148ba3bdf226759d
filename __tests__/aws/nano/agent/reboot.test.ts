import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFiles, PARTS } from "./agent-parts.ts";

const PROGRAM = `
ROOT=$SLIPWAY_ROOT
STATE=$ROOT/var/lib/slipway RUN=$ROOT/run/slipway
for part in journal state reboot; do . "${PARTS}/$part.sh"; done
"$@"
echo "ends with $?"
`;

let root: string;

const { write, program, serves } = hostFiles(() => root);
const clock = (time: string, day = "2026-11-29") =>
  program("date", `case "$*" in "-u +%F") echo ${day} ;; "-u +%H%M") echo ${time} ;; *) exit 1 ;; esac`);
const asks = () => {
  write("run/reboot-required", "*** System restart required ***\n");
  write("run/reboot-required.pkgs", "linux-image-aws\nlibc6\nlibc6\n");
};

function run(...words: string[]): string {
  const env = { PATH: `${join(root, "bin")}:${process.env.PATH}`, SLIPWAY_ROOT: root };
  const { stdout, stderr } = spawnSync("sh", ["-u", "-c", PROGRAM, "sh", ...words], { env, encoding: "utf8" });
  return stdout + stderr;
}
const reboots = () => {
  const said = run("reboot_when_due");
  return { said, told: existsSync(join(root, "told")) };
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "slipway-reboot-"));
  mkdirSync(join(root, "run/slipway"), { recursive: true });
  program("logger", "exit 0");
  program(
    "systemctl",
    `case "$1" in
  list-units) cat "${root}/at-work" 2>/dev/null ;;
  reboot) [ ! -e "${root}/refuses" ] && : >"${root}/told" ;;
esac`,
  );
  serves({ reboot: { from: "03:00", to: "05:00" } });
  clock("0859");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const SILENT = { said: "ends with 0\n", told: false };
const DONE = { said: "slipway: rebooting for libc6 linux-image-aws\nends with 0\n", told: true };

describe("a host reboots by itself", () => {
  test.each<[string, string, string, boolean]>([
    ["03:00", "05:00", "0259", false],
    ["03:00", "05:00", "0300", true],
    ["03:00", "05:00", "0459", true],
    ["03:00", "05:00", "0500", false],
    ["08:00", "09:30", "0809", true],
    ["00:00", "00:30", "0008", true],
    ["23:30", "00:30", "2329", false],
    ["23:30", "00:30", "2359", true],
    ["23:30", "00:30", "0029", true],
    ["23:30", "00:30", "0030", false],
  ])("from %s to %s, at %s: %s", (from, to, at, does) => {
    serves({ reboot: { from, to } });
    asks();
    clock(at);
    expect(reboots()).toEqual(does ? DONE : SILENT);
  });

  test("where an upgrade asks for it, and nowhere without a window", () => {
    clock("0300");
    expect(reboots()).toEqual(SILENT);
    asks();
    serves({});
    expect(reboots()).toEqual(SILENT);
    rmSync(join(root, "var/lib/slipway"), { recursive: true });
    expect(reboots()).toEqual(SILENT);
  });

  test("once a day, whatever asks for it", () => {
    asks();
    clock("0300");
    expect(reboots()).toEqual(DONE);
    rmSync(join(root, "told"));
    expect(reboots()).toEqual(SILENT);
    clock("0300", "2026-11-30");
    expect(reboots()).toEqual(DONE);
  });

  test("when apt and the schedules are done", () => {
    asks();
    clock("0300");
    write("at-work", "apt-daily-upgrade.service loaded activating start Daily apt upgrade\n");
    const said = "slipway: a reboot is due, and waits for apt-daily-upgrade.service\nends with 0\n";
    expect(reboots()).toEqual({ said, told: false });
    rmSync(join(root, "at-work"));
    expect(reboots()).toEqual(DONE);
  });
});

describe("on its way down", () => {
  const is = () => run("is_rebooting").includes("ends with 0");

  test("no run begins, and runs go on where the machine did not go down after all", () => {
    expect(is()).toBe(false);
    asks();
    clock("0300");
    reboots();
    expect(is()).toBe(true);
    const longAgo = Date.now() / 1000 - 700;
    utimesSync(join(root, "run/slipway/rebooting"), longAgo, longAgo);
    expect(is()).toBe(false);
  });

  test("it is not where systemd refuses", () => {
    asks();
    clock("0300");
    write("refuses", "");
    expect(reboots().said).toContain("slipway: systemd does not reboot\n");
    expect(is()).toBe(false);
  });

  test("every run asks, with the lock: the timer's before anything else, and so does whoever tells it", () => {
    const converge = readFileSync(join(PARTS, "converge.sh"), "utf8");
    for (const lock of ["flock -n 9 || {", 'flock -w "$LONGEST_WAIT" 9 ||']) {
      const behind = converge.slice(converge.indexOf(lock)).split("\n\n")[0];
      expect(behind).toContain('! is_rebooting || again "this host is rebooting"');
    }
  });
});
