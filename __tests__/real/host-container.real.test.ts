import { spawnSync } from "node:child_process";
import { join } from "node:path";

const PROGRAM = join(__dirname, "../../src/host-agent/lib/slipway/container.jq");
const IMAGE = `registry/app@sha256:${"a1".repeat(32)}`;

/** The words of docker run as the host's shell gets them from its own jq. */
function words(service: object): string[] {
  const { status, stdout, stderr } = spawnSync(
    "sh",
    ["-c", `eval "set -- $(jq -r -f "$1")" && printf '%s\\0' "$@"`, "sh", PROGRAM],
    { input: JSON.stringify(service), encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.split("\0").slice(0, -1);
}

const USUAL = "--memory 256m --memory-swap 256m --pids-limit 512 --stop-timeout 10".split(" ");

test("what is not declared adds no word", () => {
  expect(words({ image: IMAGE })).toEqual([...USUAL, IMAGE]);
  expect(words({ image: IMAGE, user: null, init: null, labels: {}, capAdd: [] })).toEqual([...USUAL, IMAGE]);
});

test("each option is one of docker run's, and no text of it becomes another", () => {
  const service = {
    image: IMAGE,
    memoryMiB: 64,
    memoryReservationMiB: 32,
    pidsLimit: 8,
    stopGraceSeconds: 0,
    cpus: 0.5,
    user: "app:1000",
    workdir: "/srv/the app",
    init: false,
    ulimits: { core: { soft: 0, hard: -1 }, nofile: { soft: 1024, hard: 2048 } },
    shmSizeMiB: 128,
    capAdd: ["CAP_CHOWN"],
    capDrop: ["ALL"],
    readOnly: true,
    extraHosts: { db: "10.0.0.5", six: "::1" },
    stopSignal: "RTMIN+3",
    labels: { "com.example.team": 'the shop\'s\n$(date) `id` "x"' },
    entrypoint: ["tini", "--", "a b"],
    command: ["sh", "-c", "exec app\n", ""],
  };
  expect(words(service)).toEqual([
    ...["--memory", "64m", "--memory-swap", "64m", "--memory-reservation", "32m", "--pids-limit", "8"],
    ...["--stop-timeout", "0", "--cpus", "0.5", "--user", "app:1000", "--workdir", "/srv/the app", "--init=false"],
    ...["--ulimit", "core=0:-1", "--ulimit", "nofile=1024:2048", "--shm-size", "128m"],
    ...["--cap-add", "CAP_CHOWN", "--cap-drop", "ALL", "--read-only", "--add-host", "db:10.0.0.5"],
    ...["--add-host", "six:::1", "--stop-signal", "RTMIN+3"],
    ...["--label", 'com.example.team=the shop\'s\n$(date) `id` "x"', "--entrypoint", "tini"],
    ...[IMAGE, "--", "a b", "sh", "-c", "exec app\n", ""],
  ]);
});

test("a container whose logs are kept elsewhere writes without waiting, to a stream of its own, and keeps the end here", () => {
  const logs = { group: "/shop/the-host", region: "eu-west-1" };
  const options = ["awslogs-region=eu-west-1", "awslogs-group=/shop/the-host", "tag=web/{{.ID}}", "mode=non-blocking"];
  expect(words({ name: "web", image: IMAGE, logs })).toEqual([
    ...USUAL,
    ...["--log-driver", "awslogs"],
    ...[...options, "max-buffer-size=4m", "cache-max-size=10m", "cache-max-file=3"].flatMap((each) => [
      "--log-opt",
      each,
    ]),
    IMAGE,
  ]);
});
