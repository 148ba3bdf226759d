import { hostPath } from "../../src/values/host-path.ts";
import { Mount } from "../../src/values/mount.ts";

const data = (mount: Mount) => JSON.stringify(mount);

test("says what it is as plain data, what is not declared left out", () => {
  expect(data(Mount.volume("redis"))).toBe('{"kind":"volume","volume":"redis"}');
  expect(data(Mount.volume("a", { shared: true, readOnly: true }))).toBe(
    '{"kind":"volume","volume":"a","shared":true,"readOnly":true}',
  );
  expect(data(Mount.volume("a", { shared: false, readOnly: false }))).toBe('{"kind":"volume","volume":"a"}');
  expect(data(Mount.tmpfs())).toBe('{"kind":"tmpfs"}');
  expect(data(Mount.tmpfs({ sizeMiB: 64 }))).toBe('{"kind":"tmpfs","sizeMiB":64}');
  expect(data(Mount.hostPath("/srv/data", { readOnly: true }))).toBe(
    '{"kind":"host","source":"/srv/data","readOnly":true}',
  );
  expect(data(Mount.file("a = 1\n"))).toBe('{"kind":"file","content":"a = 1\\n"}');
});

test("has an exclusive volume unless it is shared", () => {
  const mounts = [
    Mount.volume("a"),
    Mount.volume("b", { shared: true }),
    Mount.tmpfs(),
    Mount.hostPath("/srv"),
    Mount.file("x"),
  ];
  expect(mounts.map(({ exclusiveVolume }) => exclusiveVolume)).toEqual(["a", ...Array(4).fill(undefined)]);
});

test.each<[() => unknown, string]>([
  [() => Mount.volume("Redis"), "volume name must be at most 40 lower-case letters"],
  [() => Mount.volume("/srv/redis"), "for a folder of the machine write Mount.hostPath"],
  [
    () => Mount.volume("a", { share: true } as object),
    'volume option must be known, got "share": did you mean shared?',
  ],
  [() => Mount.volume("a", { shared: "yes" } as object), "shared must be true or false"],
  [() => Mount.volume("a", { readOnly: 1 } as object), "readOnly must be true or false"],
  [() => Mount.tmpfs({ sizeMiB: 0 }), "size of a tmpfs must be a whole number of MiB, 1 at least, got 0"],
  [() => Mount.tmpfs({ size: 1 } as object), 'tmpfs option must be known, got "size"'],
  [() => Mount.hostPath("/srv", { readonly: true } as object), "did you mean readOnly?"],
  [() => Mount.file(""), "file must not be empty"],
  [() => Mount.file("ü".repeat(1025)), "file must have at most 2048 bytes, has 2050"],
  [() => Mount.file("a\0"), "file must hold no NUL"],
  [() => Mount.file(undefined as unknown as string), "a path is the key of mounts"],
])("refuses what no container gets: %s", (make, problem) => expect(make).toThrow(problem));

test("a file of 2 KiB is none too large", () => expect(() => Mount.file("ü".repeat(1024))).not.toThrow());

test.each(["/srv", "/opt/me/data", "/mnt/etc", "/etcetera", "/var/www", "/var/lib/dockers", "/opt/run"])(
  "%s is a path for a container",
  (path) => expect(hostPath(path)).toBe(path),
);

test.each<[string, string]>([
  ["srv/data", "must be an absolute path"],
  ["/", "below / without empty parts"],
  ["/srv//data", "without empty parts"],
  ["/srv/", "without empty parts"],
  ["/srv/../etc", "without empty parts, . or .."],
  ["/srv/a,b", "must not hold a comma"],
  ["/srv/a:b", "a colon"],
  ["/srv/a\nb", "not ASCII"],
  ["/etc", "must have nothing to do with /etc, the machine's settings"],
  ["/etc/ssl/certs", "/etc"],
  ["/proc/1", "/proc"],
  ["/sys", "/sys"],
  ["/dev/sda", "/dev"],
  ["/boot", "/boot"],
  ["/run/docker.sock", "/run, where programs meet, the engine's socket among them"],
  ["/var/run/docker.sock", "/var/run"],
  ["/var", "must have nothing to do with"],
  ["/var/lib", "must have nothing to do with"],
  ["/var/lib/docker/volumes/a", "/var/lib/docker, the engine's own"],
  ["/var/lib/slipway-data/volumes/a", "/var/lib/slipway-data, Slipway's own"],
  ["/usr", "Slipway's own"],
])("%s is none", (path, problem) => expect(() => hostPath(path)).toThrow(problem));
