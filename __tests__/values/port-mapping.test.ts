import fc from "fast-check";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { PortMapping, parsePort } from "../../src/values/port-mapping.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

describe("a port", () => {
  test.each([1, 80, 65535, "1", "8080", "65535", "00080"])("%p is one", (port) => {
    expect(parsePort(port)).toBe(Number(port));
  });

  test.each([
    0,
    -1,
    65536,
    80.5,
    1e21,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "",
    "0",
    "65536",
    "-1",
    "80.5",
    "1e3",
    "0x50",
    " 80",
    "80\n",
    "http",
    "８０",
    undefined,
    null,
    Symbol("x"),
    Object.create(null),
    {},
    [80],
    true,
  ])("%p is none", (port) => {
    expect(refusal(() => parsePort(port as number, "container port"))).toMatchObject({
      subject: "container port",
      rule: "must be a whole number from 1 to 65535",
      got: port,
    });
  });

  test("0 has its own remedy", () => {
    expect(refusal(() => parsePort(0)).message).toBe(
      "port must be a whole number from 1 to 65535, got 0: name the port, 0 means any that is free",
    );
  });
});

test.each([
  ["8888:80", { host: 8888, container: 80, protocol: "tcp" }, "8888:80/tcp"],
  ["8888:80/udp", { host: 8888, container: 80, protocol: "udp" }, "8888:80/udp"],
  ["127.0.0.1:8888:80", { host: 8888, container: 80, address: "127.0.0.1", protocol: "tcp" }, "127.0.0.1:8888:80/tcp"],
  [
    "127.0.0.1:8888:80/tcp",
    { host: 8888, container: 80, address: "127.0.0.1", protocol: "tcp" },
    "127.0.0.1:8888:80/tcp",
  ],
  ["[::1]:8888:80/sctp", { host: 8888, container: 80, address: "::1", protocol: "sctp" }, "[::1]:8888:80/sctp"],
  ["1:65535", { host: 1, container: 65535, protocol: "tcp" }, "1:65535/tcp"],
])("%s is read and printed", (text, parts, printed) => {
  const mapping = PortMapping.parse(text);
  expect(mapping).toMatchObject(parts);
  expect(mapping.toString()).toBe(printed);
});

test.each([
  ["8888:80", "8888:81", true],
  ["127.0.0.1:8888:80", "127.0.0.1:8888:80", true],
  ["127.0.0.1:8888:80", "8888:80", true],
  ["0.0.0.0:8888:80", "127.0.0.1:8888:80", true],
  ["[::]:8888:80", "127.0.0.1:8888:80", true],
  ["127.0.0.1:8888:80", "127.0.0.2:8888:80", false],
  ["8888:80", "8889:80", false],
  ["53:53/tcp", "53:53/udp", false],
])("%s and %s overlap: %p", (one, other, expected) => {
  const [a, b] = [PortMapping.parse(one), PortMapping.parse(other)];
  expect([a.overlaps(b), b.overlaps(a)]).toEqual([expected, expected]);
});

test("of takes the parts", () => {
  expect(PortMapping.of({ host: 8888, container: 80 }).equals(PortMapping.parse("8888:80"))).toBe(true);
  expect(PortMapping.of({ host: 8888, container: 80, address: "::" }).toString()).toBe("[::]:8888:80/tcp");
  expect(PortMapping.of({ host: 53, container: 53, protocol: "udp" }).equals(PortMapping.parse("53:53"))).toBe(false);
});

test.each([
  ["", "port mapping", 'write it like "127.0.0.1:8888:80/tcp" or "8888:80"'],
  ["80", "port mapping", 'write both, e.g. "8888:80"'],
  [":80", "host port", "write it like 8080"],
  ["8888:", "container port", "write it like 8080"],
  ["0:80", "host port", "name the port, 0 means any that is free"],
  ["8888:0", "container port", "name the port, 0 means any that is free"],
  ["65536:80", "host port", "write it like 8080"],
  ["8888:http", "container port", "write it like 8080"],
  ["8000-8010:8000-8010", "port mapping", "map each port by its own mapping"],
  ["8888:80/icmp", "port mapping", 'write it like "127.0.0.1:8888:80/tcp" or "8888:80"'],
  ["8888:80/", "port mapping", 'write it like "127.0.0.1:8888:80/tcp" or "8888:80"'],
  ["localhost:8888:80", "port mapping", 'write "127.0.0.1" for this machine alone, or leave it out for every address'],
  [
    "127.0.0.256:8888:80",
    "port mapping",
    'write "127.0.0.1" for this machine alone, or leave it out for every address',
  ],
  [":8888:80", "port mapping", 'write "127.0.0.1" for this machine alone, or leave it out for every address'],
  [
    "[127.0.0.1]:8888:80",
    "port mapping",
    'write "127.0.0.1" for this machine alone, or leave it out for every address',
  ],
  [
    "[fe80::1%eth0]:8888:80",
    "port mapping",
    'write "127.0.0.1" for this machine alone, or leave it out for every address',
  ],
  ["::1:8888:80", "port mapping", 'write it like "127.0.0.1:8888:80/tcp" or "8888:80"'],
])("%j is refused for its %s: %s", (text, subject, remedy) => {
  expect(refusal(() => PortMapping.parse(text))).toMatchObject({ subject, remedy });
});

test.each(NO_TEXTS)("%p is refused", (value) => {
  refusal(() => PortMapping.parse(value as string));
});

test("parse(toString(x)) is x, and no text crashes", () => {
  const port = fc.integer({ min: 1, max: 65535 });
  const address = fc.option(fc.oneof(fc.ipV4(), fc.ipV6()), { nil: undefined });
  const protocol = fc.constantFrom("tcp", "udp", "sctp" as const);
  fc.assert(
    fc.property(fc.record({ host: port, container: port, address, protocol }), (parts) => {
      const mapping = PortMapping.of(parts);
      expect({ ...PortMapping.parse(mapping.toString()) }).toEqual(parts);
    }),
    fuzzRuns,
  );
  const bits = fc
    .array(fc.constantFrom(..."0189:/[].-", "tcp", "::1", "127.0.0.1", "\n"), { maxLength: 12 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(bits, fc.string({ unit: "binary" })), (text) => {
      try {
        PortMapping.parse(text);
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
      }
    }),
    fuzzRuns,
  );
});
