import { checkMounts, declaredVolumes, isStopFirst } from "../../src/release/mounts.ts";
import { Mount } from "../../src/values/mount.ts";

const own = Mount.volume("data");
const shared = Mount.volume("data", { shared: true });

test("paths that are apart may all be mounted", () =>
  expect(() =>
    checkMounts({
      "/data": own,
      "/database": Mount.tmpfs(),
      "/run/app": Mount.tmpfs(),
      "/etc/a.conf": Mount.file("a"),
    }),
  ).not.toThrow());

test.each<[Record<string, unknown>, string]>([
  [{ data: own }, 'mount path must be an absolute path, got "data"'],
  [{ "/": own }, "must be a path below /"],
  [{ "/data/": own }, "without empty parts"],
  [{ "/data": "redis" }, 'mount of /data must be a Mount, written e.g. Mount.volume("data"), got "redis"'],
  [{ "/run/secrets": Mount.tmpfs() }, "must have nothing to do with /run/secrets: secrets are there"],
  [{ "/run/secrets/a": Mount.file("a") }, "secrets are there"],
  [{ "/run": Mount.tmpfs() }, "secrets are there"],
  [{ "/dev/shm": Mount.tmpfs() }, "it is the engine's"],
  [
    { "/data": own, "/data/cache": Mount.tmpfs() },
    'must not be over, within or around /data, which is mounted too, got "/data/cache"',
  ],
  [{ "/data/cache": Mount.tmpfs(), "/data": own }, "around /data/cache"],
  [{ "/a": own, "/b": own }, "must be mounted once where it is not shared, is so at /a and /b"],
])("refuses %j", (mounts, problem) => expect(() => checkMounts(mounts as Record<string, Mount>)).toThrow(problem));

test("one volume of several services is shared by each of them", () => {
  expect(
    declaredVolumes([
      { name: "a", mounts: { "/x": shared } },
      { name: "b", mounts: { "/y": shared, "/z": shared } },
      { name: "c" },
    ]),
  ).toEqual([{ name: "data", shared: true, services: ["a", "b"] }]);
  for (const [first, second] of [
    [own, own],
    [own, shared],
    [shared, own],
  ] as const) {
    const services = [
      { name: "a", mounts: { "/x": first } },
      { name: "b", mounts: { "/x": second } },
    ];
    expect(() => declaredVolumes(services)).toThrow(
      'volume must be of one service, or shared by each of them, is so of a and b, got "data": write Mount.volume("data", { shared: true }) in both',
    );
  }
});

test("a service is stopped first for a volume of its own alone", () => {
  expect(
    [{ "/x": own }, { "/x": shared }, { "/x": Mount.hostPath("/srv") }, undefined].map((mounts) =>
      isStopFirst({ mounts }),
    ),
  ).toEqual([true, false, false, false]);
});
