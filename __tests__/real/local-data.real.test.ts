import { run } from "../../src/cli/command.mjs";
import { EngineVolumes } from "../../src/cli/engine-volumes.ts";
import { docker, Project } from "./project.ts";

jest.setTimeout(180_000);

const VOLUME = "slipway-data-host-volume-redis";
const project = new Project("data.ts", "slipway-data", {});
const release = (number: number, ...more: string[]) =>
  project.terraform("apply", "-auto-approve", `-var=release=${number}`, ...more.map((each) => `-var=${each}`));

/** The containers of Redis, running or not, the newest first: "NAME STATE". */
const containers = () =>
  docker(
    ...["ps", "--all", "--filter", "label=dev.slipway.construct=slipway-data/host/redis/Container"],
    ...["--format", "{{.Names}} {{.State}}"],
  )
    .split("\n")
    .filter(Boolean);

/** What Redis answers to a neighbour, who asks by the address that it was given. */
function asks(...command: string[]): string {
  const [reader = ""] = docker("ps", "--filter", "name=slipway-data-host-reader", "--format", "{{.Names}}").split("\n");
  const script = `import os, socket
host, port = os.environ["REDIS"].split(":")
redis = socket.create_connection((host, int(port)), 5)
redis.sendall(b"${command.join(" ")}\\r\\n")
print(redis.recv(1000).decode().splitlines()[-1])`;
  return docker("exec", reader, "python3", "-c", script);
}

beforeAll(async () => {
  await project.cleanUp();
  docker("volume", "rm", "--force", VOLUME);
});
afterAll(async () => {
  await project.destroy();
  await project.cleanUp();
  docker("volume", "rm", "--force", VOLUME);
});

test("Redis keeps its data over ten releases, of which none starts beside another", async () => {
  await project.synth();
  await project.init();
  for (let number = 1; number <= 10; number += 1) {
    expect(await release(number)).toMatchObject({ status: 0 });
    expect([asks("INCR", "releases"), containers()]).toEqual([
      `:${number}`,
      [expect.stringMatching(/^slipway-data-host-redis-container-[0-9a-f]{8} running$/)],
    ]);
  }
  expect(await project.terraform("plan", "-detailed-exitcode", "-var=release=10")).toMatchObject({ status: 0 });
});

test("a release that fails leaves the old container and its data, and the next one is as any", async () => {
  const [before] = containers();
  const failed = await release(11, "appendonly=sometimes");
  expect(failed.status).toBe(1);
  expect(failed.output).toContain("redis is not healthy: its container ended with status 1");
  expect(failed.output).toContain("argument must be 'yes' or 'no'");
  expect(containers()).toEqual([before]);
  expect(asks("GET", "releases")).toBe("10");
  expect(await release(12)).toMatchObject({ status: 0 });
  expect([asks("GET", "releases"), containers()]).toEqual(["10", [expect.not.stringContaining(`${before}`)]]);
});

test("a destroy keeps the volume, which the engine's own words then delete", async () => {
  const volumes = new EngineVolumes({ run });
  const usual = { name: VOLUME, volume: "redis", host: "slipway-data/host", stack: "slipway-data" };
  const users = [{ service: "slipway-data/host/redis", state: "running", container: expect.any(String) }];
  expect(await volumes.list("slipway-data")).toEqual([{ ...usual, size: expect.stringMatching(/B$/), users }]);
  expect((await project.terraform("destroy", "-auto-approve")).status).toBe(0);
  await project.cleanUp();
  expect([project.onEngine(), await volumes.find(VOLUME)]).toEqual([[], { ...usual, users: [] }]);
  const read = [
    "run",
    "--rm",
    "--volume",
    `${VOLUME}:/data:ro`,
    "redis:7",
    "sh",
    "-c",
    "cat /data/appendonlydir/*.incr.aof",
  ];
  expect(docker(...read).match(/INCR/g)).toHaveLength(10);
  await volumes.remove(VOLUME);
  expect(await volumes.list("slipway-data")).toEqual([]);
});
