import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostFiles, NANO_PARTS, PARTS } from "./agent-parts.ts";
import { AwsDouble } from "./aws-double.ts";

/** What the agent does at each run of its timer, as far as usage goes. */
const PROGRAM = `
HOST=shop/host ROOT=$SLIPWAY_ROOT
STATE=$ROOT/var/lib/slipway RUN=$ROOT/run
for part in journal state; do . "${PARTS}/$part.sh"; done
for part in aws data-volume usage; do . "${NANO_PARTS}/$part.sh"; done
report_usage
echo "ends with $?"
`;

let aws: AwsDouble;
let root: string;
let endpoints: Awaited<ReturnType<AwsDouble["start"]>>;

const { write, program, serves } = hostFiles(() => root);

function run(): Promise<string> {
  const env = {
    PATH: `${join(root, "bin")}:${process.env.PATH}`,
    SLIPWAY_ROOT: root,
    SLIPWAY_METADATA: endpoints.metadata,
    SLIPWAY_MONITORING: endpoints.monitoring,
  };
  return new Promise((done) => {
    execFile("sh", ["-u", "-c", PROGRAM], { env }, (_, stdout, stderr) => done(stdout + stderr));
  });
}

beforeEach(async () => {
  aws = new AwsDouble();
  endpoints = await aws.start();
  root = mkdtempSync(join(tmpdir(), "slipway-usage-"));
  write("proc/meminfo", "MemTotal:         425984 kB\nMemFree:           10000 kB\nMemAvailable:      53248 kB\n");
  program("logger", "exit 0");
  program(
    "df",
    `case "$*" in
  "-P ${root}/") set -- 61 ;;
  "-P ${root}/ ${root}/var/lib/slipway-data") set -- 61 93 ;;
  *) exit 1 ;;
esac
echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'
for used in "$@"; do echo "/dev/root 8000 1 1 $used% /"; done`,
  );
});
afterEach(async () => {
  await aws.stop();
  rmSync(root, { recursive: true, force: true });
});

const put = (disk: string) => ({
  Action: "PutMetricData",
  Version: "2010-08-01",
  Namespace: "Slipway",
  ...Object.fromEntries(
    [
      ["DiskUsedPercent", disk],
      ["MemoryUsedPercent", "87.5"],
    ].flatMap(([name, value], at) =>
      Object.entries({
        MetricName: name,
        Unit: "Percent",
        Value: value,
        "Dimensions.member.1.Name": "Host",
        "Dimensions.member.1.Value": "shop/host",
      }).map(([key, text]) => [`MetricData.member.${at + 1}.${key}`, text]),
    ),
  ),
});

test("a host says how full its disk and its memory are, by a request that AWS takes", async () => {
  serves({ metrics: "Slipway" });
  expect(await run()).toBe("ends with 0\n");
  expect(aws.metrics).toEqual([put("61")]);
});

test("of its disks the fullest counts", async () => {
  serves({ metrics: "Slipway" });
  write("var/lib/slipway/data-volume", "vol-0123456789abcdef0\n");
  await run();
  expect(aws.metrics).toEqual([put("93")]);
});

test("a release that asks for no metrics asks AWS nothing, and neither does a host without a release", async () => {
  expect(await run()).toBe("ends with 0\n");
  serves({});
  expect(await run()).toBe("ends with 0\n");
  expect(aws.calls).toEqual([]);
});

test("what AWS refuses is said, and keeps nothing else from being done", async () => {
  serves({ metrics: "Slipway" });
  aws.refusals.set("PutMetricData", "AccessDenied");
  expect(await run()).toBe(
    "slipway: its metrics: AWS refuses PutMetricData: AccessDenied refused by the test\nends with 0\n",
  );
});
