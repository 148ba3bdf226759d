import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FakeNano } from "../aws/nano/agent/fake-nano.ts";

let nano: FakeNano;
jest.setTimeout(120_000); // each run of the agent starts some hundred programs
beforeEach(async () => {
  nano = await FakeNano.serving();
});
afterEach(() => nano.remove());
afterAll(() => FakeNano.forgetFirst());

const web = (image: string) => ({ name: "web", image });

/** The images that the engine has, by their letters. */
function images(): string[] {
  const folder = join(nano.root, "pretended/docker/images");
  const found = existsSync(folder) ? readdirSync(folder) : [];
  return ["1", "2", "3", "4", "5"].filter((letter) => found.includes(FakeNano.digest(letter).slice(0, 12)));
}

test("keeps the images of the last releases, and of no others", async () => {
  for (const image of ["2", "3", "4"]) expect(await nano.deploy([web(image)])).toMatchObject({ status: 0 });
  expect(images()).toEqual(["2", "3", "4"]);
  expect(await nano.deploy([web("5")], { keepReleases: 1 })).toMatchObject({ status: 0 });
  expect(images()).toEqual(["5"]);
});

test("forgets no image that a power cut left behind, once another release serves", async () => {
  nano.pretend("die", "docker run");
  expect(await nano.deploy([web("2")])).toMatchObject({ status: null });
  expect(images()).toEqual(["1", "2"]);
  nano.reboot();
  expect(await nano.deploy([web("3")])).toMatchObject({ status: 0 });
  expect(images()).toEqual(["1", "3"]);
});

test("tries an image again that something still used", async () => {
  nano.pretend("docker/in-use", FakeNano.digest("1").slice(0, 12));
  expect(await nano.deploy([web("2")], { keepReleases: 1 })).toMatchObject({ status: 0 });
  expect(images()).toEqual(["1", "2"]);
  nano.forget("docker/in-use");
  expect(await nano.deploy([web("3")], { keepReleases: 1 })).toMatchObject({ status: 0 });
  expect(images()).toEqual(["3"]);
});

test("makes room on a full disk by the images of older releases", async () => {
  for (const image of ["2", "3"]) await nano.deploy([web(image)]);
  nano.pretend("docker/room", "3");
  const { status, lines } = await nano.deploy([web("4")]);
  expect(status).toBe(0);
  expect(lines).toContain("slipway: the disk is full: removing the images of older releases");
  expect([images(), nano.serves("3", "4")]).toEqual([["3", "4"], { web: "4" }]);
});

test("says that the disk is full for good where there is no room beside what serves, which serves on", async () => {
  nano.pretend("docker/room", "1");
  const { status, last } = await nano.deploy([web("2")]);
  expect([status, last]).toEqual([
    1,
    expect.stringMatching(
      /the disk is full, \d+ MiB are free beside what serves: give the host more volumeGiB, or smaller/,
    ),
  ]);
  expect([images(), nano.serves("1", "2")]).toEqual([["1"], { web: "1" }]);
});

test("a pull that only trickles is given up after its time, and the timer tries again", async () => {
  const slow = `docker/slow/${FakeNano.digest("2").slice(0, 12)}`;
  nano.pretend(slow);
  const told = nano.put(nano.manifest([web("2")]));
  const outcome = await nano.told(told, { SLIPWAY_PULL_SECONDS: "1" });
  expect(outcome).toMatchObject({
    status: 75,
    last: expect.stringContaining("it was not here after 1 s: is the registry slow, or the way to it?"),
  });
  expect(nano.serves("1", "2")).toEqual({ web: "1" });
  nano.forget(slow);
  expect(await nano.run("converge")).toMatchObject({ status: 0 });
  expect(nano.serves("1", "2")).toEqual({ web: "2" });
});
