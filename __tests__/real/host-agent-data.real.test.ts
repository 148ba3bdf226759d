import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { agentArtifact } from "../../src/aws/nano/agent-artifact.ts";
import { JOINED_PARTS } from "../../src/host-agent/agent-files.ts";
import { FakeNano } from "../aws/nano/agent/fake-nano.ts";

const AGENT = `usr/local/lib/slipway/agents/${agentArtifact().sha256}`;
const VOLUME = "vol-0123456789abcdef0";
const DISK = `dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME.replace("-", "")}`;
/** Where disks are NVMe, the one that the host boots from has such a name too. */
const ROOT_DISK = DISK.replace("vol0123", "vol9999");
const DATA = "var/lib/slipway-data";
const KEPT = `${DATA}/volumes/redis/dump.rdb`;
const MIB = 1024 * 1024;
const SIZE = 32 * MIB;
const NO_RELEASE = "slipway: no release yet: /slipway/release does not exist";

jest.setTimeout(120_000);

/** Hosts and disks of a test: loop devices, by the system's own tools. */
const nanos: FakeNano[] = [];
const devices: string[] = [];

afterEach(() => {
  for (const nano of nanos) unmount(nano);
  for (const device of devices.splice(0)) run("losetup", "--detach", device);
  for (const nano of nanos.splice(0)) nano.remove();
});
afterAll(() => FakeNano.forgetFirst());

const run = (program: string, ...words: string[]) => execFileSync(program, words, { encoding: "utf8" }).trim();
const unmount = (nano: FakeNano) => spawnSync("umount", [join(nano.root, DATA)]);
const isMounted = (nano: FakeNano) => spawnSync("mountpoint", ["-q", join(nano.root, DATA)]).status === 0;
const label = (device: string) => run("blkid", "-p", "-s", "LABEL", "-o", "value", device);

/** Whether this machine may change a file system that is in use: CAP_SYS_RESOURCE, which an instance has. */
const mayResize =
  (Number.parseInt(/^CapEff:\s*(\w+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]?.slice(-8) ?? "0", 16) &
    (1 << 24)) !==
  0;

/** A host that was declared with a data volume, and that a release told which. */
function host(nano = new FakeNano()): FakeNano {
  nano.write("etc/slipway/host.conf", `${nano.read("etc/slipway/host.conf")}DATA_VOLUME=declared\n`);
  nano.write("var/lib/slipway/data-volume", `${VOLUME}\n`);
  mkdirSync(join(nano.root, "dev/disk/by-id"), { recursive: true });
  symlinkSync("/dev/null", join(nano.root, ROOT_DISK));
  nanos.push(nano);
  return nano;
}

/** A blank disk in a file of the host, with `bytes` at a place of it. */
function disk(nano: FakeNano, at = 0, bytes = ""): { readonly file: string; readonly device: string } {
  const file = join(nano.root, "disk.img");
  writeFileSync(file, "");
  truncateSync(file, SIZE);
  const opened = openSync(file, "r+");
  writeSync(opened, bytes, at);
  closeSync(opened);
  return { file, device: attach(file) };
}

function attach(file: string): string {
  const device = run("losetup", "--find", "--show", file);
  devices.push(device);
  return device;
}

/** Gives the disk the name that udev gives it on Nitro. */
function plugIn(nano: FakeNano, device: string): void {
  rmSync(join(nano.root, DISK), { force: true });
  symlinkSync(device, join(nano.root, DISK));
}

/** A host with data on its disk. */
async function hostWithData() {
  const nano = host();
  const { file, device } = disk(nano);
  plugIn(nano, device);
  expect(await nano.run("mount")).toMatchObject({ status: 0 });
  nano.write(KEPT, "kept");
  return { nano, file, device };
}

test("a blank disk is formatted once, and mounted without access times", async () => {
  const nano = host();
  const { device } = disk(nano);
  plugIn(nano, device);
  expect(await nano.run("mount")).toEqual({
    status: 0,
    lines: [
      `slipway: the data volume ${VOLUME} is blank: formatting it`,
      `slipway: the data volume ${VOLUME} (${device}) is mounted at ${join(nano.root, DATA)}`,
    ],
    last: expect.anything(),
  });
  expect(run("findmnt", "-no", "FSTYPE,LABEL,OPTIONS", join(nano.root, DATA))).toMatch(/^ext4 +slipway-data .*noatime/);
  expect([nano.exists(`${DATA}/volumes`), nano.exists("var/lib/slipway/formatting")]).toEqual([true, false]);
  expect(await nano.run("mount")).toMatchObject({ status: 0, lines: [] });
});

test("the host that comes after it finds what was kept", async () => {
  const { nano, device } = await hostWithData();
  unmount(nano);
  const next = host();
  plugIn(next, device);
  const { status, lines } = await next.run("mount");
  expect([status, lines.length, next.read(KEPT)]).toEqual([0, 1, "kept"]);
});

test("what a machine left that lost its power is mended and found", async () => {
  const { nano, file } = await hostWithData();
  run("sync", join(nano.root, KEPT));
  const next = host();
  const copy = join(next.root, "disk.img");
  copyFileSync(file, copy);
  const device = attach(copy);
  expect(run("dumpe2fs", "-h", device)).toContain("needs_recovery");
  plugIn(next, device);
  expect(await next.run("mount")).toMatchObject({ status: 0 });
  expect(next.read(KEPT)).toBe("kept");
});

test("a disk that comes late is waited for", async () => {
  const nano = host();
  const { device } = disk(nano);
  const { outcome } = nano.begin("mount");
  while (!nano.exists("pretended/calls") || !nano.calls("sleep").length)
    await new Promise((next) => setTimeout(next, 10));
  plugIn(nano, device);
  const { status, lines } = await outcome;
  expect([status, lines[0]]).toEqual([0, `slipway: waiting for the data volume ${VOLUME}, 60 s at most`]);
  expect(isMounted(nano)).toBe(true);
});

test("one that never comes ends with what to look at, and leaves no folder in its place", async () => {
  const nano = host();
  const { status, last } = await nano.run("mount");
  const look = `aws ec2 describe-volumes --volume-ids ${VOLUME}; the next apply attaches it`;
  expect([status, last]).toEqual([75, `slipway: the data volume ${VOLUME} is not attached: ${look}`]);
  expect(nano.exists(DATA)).toBe(false);
  expect((await nano.run("status")).lines).toContain(
    `data volume ${VOLUME} is NOT MOUNTED: the data volume ${VOLUME} is not attached: ${look}`,
  );
});

test("another disk with our label does not stand in for one that is late, where disks have their volume's name", async () => {
  const { nano, device } = await hostWithData();
  unmount(nano);
  const next = host();
  symlinkSync(device, join(next.root, DISK.replace(/0$/, "f")));
  expect(await next.run("mount")).toMatchObject({ status: 75 });
  rmSync(join(next.root, "dev"), { recursive: true }); // as on Xen, where it is found by its label
  expect(await next.run("mount")).toMatchObject({ status: 0 });
  expect(next.read(KEPT)).toBe("kept");
});

describe("a disk that is not ours is left as it is:", () => {
  test.each<[string, number]>([
    ["three bytes at its beginning", 700_000],
    ["three bytes at its end", SIZE - 4],
  ])("%s", async (_, at) => {
    const nano = host();
    const { file, device } = disk(nano, at, "abc");
    const before = readFileSync(file);
    plugIn(nano, device);
    const { status, last } = await nano.run("mount");
    expect([status, last]).toEqual([
      1,
      `slipway: the data volume ${VOLUME} holds what is not of this host (bytes of an unknown kind), and is left as it is: mount another, or clear it yourself: wipefs --all ${device}`,
    ]);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(isMounted(nano)).toBe(false);
  });

  test.each<[string, (device: string) => unknown, string]>([
    ["another label", (device) => run("mkfs.ext4", "-q", "-L", "other", device), "LABEL=other TYPE=ext4"],
    ["no label", (device) => run("mkfs.ext4", "-q", device), "TYPE=ext4"],
    ["swap", (device) => run("mkswap", device), "TYPE=swap"],
  ])("%s", async (_, fill, words) => {
    const nano = host();
    const { device } = disk(nano);
    fill(device);
    plugIn(nano, device);
    const { status, last } = await nano.run("mount");
    expect([status, last]).toEqual([1, expect.stringContaining(`holds what is not of this host (${words})`)]);
    expect(isMounted(nano)).toBe(false);
  });
});

test("power that goes while a blank disk is formatted costs nothing", async () => {
  const nano = host();
  const { device } = disk(nano, 600_000, "half of a file system");
  plugIn(nano, device);
  nano.write("var/lib/slipway/formatting", "vol-00000000000000001\n");
  expect(await nano.run("mount")).toMatchObject({ status: 1 });
  nano.write("var/lib/slipway/formatting", `${VOLUME}\n`);
  expect(await nano.run("mount")).toMatchObject({ status: 0 });
  expect(label(device)).toBe("slipway-data");
});

test("a file system that e2fsck does not mend by itself is not mounted", async () => {
  const { nano, device } = await hostWithData();
  unmount(nano);
  for (const change of ["clri <2>", "ssv state 2"]) run("debugfs", "-w", "-R", change, device);
  const { status, last } = await nano.run("mount");
  expect([status, last]).toEqual([
    1,
    expect.stringContaining(`is damaged: take a snapshot, then run e2fsck -y ${device}`),
  ]);
  expect(isMounted(nano)).toBe(false);
});

describe("a run of the agent", () => {
  test("grows the file system where the volume grew, in use where the kernel lets it, else at the next mount", async () => {
    const { nano, file, device } = await hostWithData();
    const size = () => Number(run("stat", "--file-system", "--format=%b", join(nano.root, DATA)));
    const before = size();
    const ofRun = async () => (await nano.run("converge")).lines.slice(0, -1);
    expect(await ofRun()).toEqual([]);
    truncateSync(file, 2 * SIZE);
    run("losetup", "--set-capacity", device);
    const refused = `slipway: the data volume ${VOLUME} does not grow: resize2fs: Permission denied to resize filesystem`;
    expect(await ofRun()).toEqual(mayResize ? [] : [refused]);
    if (!mayResize) {
      expect(size()).toBe(before);
      unmount(nano);
      expect(await nano.run("mount")).toMatchObject({ status: 0 });
    }
    expect(size()).toBeGreaterThan(1.8 * before);
    expect(nano.read(KEPT)).toBe("kept");
    expect(await ofRun()).toEqual([]);
  });

  test("mounts what came after the boot, and says to a person how full it is and what it keeps", async () => {
    const { nano } = await hostWithData();
    unmount(nano);
    expect(await nano.run("converge")).toMatchObject({ last: NO_RELEASE });
    expect(isMounted(nano)).toBe(true);
    const { lines } = await nano.run("status");
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`^data volume ${VOLUME} \\d+% full, \\S+ free of \\S+$`)),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}redis +volume \S+, no longer declared, kept$/));
  });
});

test("the next host goes on with the certificates of the one before, and serves none of their names plainly until it has them", async () => {
  const NAME = "shop.test";
  const directory = "https://acme.test/directory";
  const tls = [
    {
      name: NAME,
      file: NAME,
      acme: { email: "a@b.test", directory },
      before: "# plain",
      secured: "# by TLS",
      lost: "# 503",
    },
  ];
  const { nano, device } = await hostWithData();
  const files = { pem: "key and certificate", from: directory, renewal: "99999999999", had: "" };
  for (const [kind, text] of Object.entries(files)) nano.write(`var/lib/slipway/tls/${NAME}.${kind}`, text);
  nano.write("var/lib/slipway/acme/accounts/one/account_key.pem", "account");
  await nano.run("converge");
  unmount(nano);

  const next = host();
  rmSync(join(next.root, "var/lib/slipway/data-volume"));
  const text = () => next.read(`var/lib/slipway/live/tls-${NAME}.conf`).split("\n")[0];
  expect(await next.deploy([{ name: "web", image: "1" }], { tls, dataVolume: VOLUME })).toMatchObject({ status: 0 });
  expect(next.calls("systemctl enable")).toEqual(["systemctl enable slipway-data.service"]);
  expect(text()).toBe("# 503");
  plugIn(next, device);
  expect(await next.run("converge")).toMatchObject({ status: 0 });
  expect(text()).toBe("# by TLS");
  expect(next.read(`var/lib/slipway/tls/${NAME}.pem`)).toBe(files.pem);
  expect(next.read("var/lib/slipway/acme/accounts/one/account_key.pem")).toBe("account");
  const kept = ["var/lib/slipway/tls", `${DATA}/tls`].map((folder) => statSync(join(next.root, folder)).mode & 0o077);
  expect(kept).toEqual([0, 0]);
});

describe("a service that keeps data", () => {
  const web = { name: "web", image: "1" };
  const mounts = { "/data": { kind: "volume", volume: "redis" } };
  const cache = { name: "cache", image: "2", mounts, direct: "172.17.0.1:30000" };
  const ABSENT = `cache: its data is not there: the data volume ${VOLUME} is not attached: `;

  test("is not released while its volume is missing, and what served serves on; once it comes, late, it starts", async () => {
    const nano = host(await FakeNano.serving());
    const told = nano.put(nano.manifest([web, cache]));
    const { status, last } = await nano.told(told);
    expect([status, last]).toEqual([75, expect.stringMatching(/^slipway: again version=2 /)]);
    expect(last).toContain(ABSENT);
    expect([nano.serves("1", "2"), nano.containers()]).toEqual([{ web: "1" }, ["slipway-web-20000"]]);
    expect(nano.exists(DATA)).toBe(false);
    plugIn(nano, disk(nano).device);
    expect(await nano.told(told)).toMatchObject({ status: 0 });
    expect(nano.serves("1", "2")).toEqual({ web: "1", cache: "2" });
    expect((await nano.run("status")).lines).toContainEqual(expect.stringMatching(/^ {2}redis +volume \S+, declared$/));

    // as after a boot without it: the engine could not start the container, whose folder is not there
    unmount(nano);
    rmSync(join(nano.root, DISK));
    nano.reboot();
    nano.pretend("docker/slipway-cache-20002/state", "exited false 127\n");
    const boot = await nano.run("converge");
    expect([boot.status, boot.lines.join("\n")]).toEqual([75, expect.stringContaining(ABSENT)]);
    expect(boot.lines[0]).toBe(`slipway: waiting for the data volume ${VOLUME}, 10 s at most`);
    expect(nano.exists(DATA)).toBe(false);
    expect(nano.serves("1", "2")).toEqual({ web: "1" });
  });

  test("would start on an empty folder without the agent's look", async () => {
    const nano = host();
    const driver = `${AGENT}/lib/slipway/${JOINED_PARTS}`;
    const careless = nano.read(driver).replace('need_data "$1" && ', "");
    expect(careless).not.toBe(nano.read(driver));
    nano.write(driver, careless);
    expect(await nano.deploy([cache])).toMatchObject({ status: 0 });
    expect([nano.serves("2"), isMounted(nano)]).toEqual([{ cache: "2" }, false]);
  });
});
