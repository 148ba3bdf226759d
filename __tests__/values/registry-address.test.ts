import fc from "fast-check";
import { ImageReference } from "../../src/values/image-reference.ts";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { RegistryAddress } from "../../src/values/registry-address.ts";
import { fuzzRuns } from "./fuzz-runs.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

test.each([
  ["docker.io", "docker.io", undefined, false],
  ["ghcr.io", "ghcr.io", undefined, false],
  ["registry.example.com:5000", "registry.example.com", 5000, false],
  ["111122223333.dkr.ecr.eu-west-1.amazonaws.com", "111122223333.dkr.ecr.eu-west-1.amazonaws.com", undefined, false],
  ["registry:5001", "registry", 5001, false],
  ["192.0.2.7:5000", "192.0.2.7", 5000, false],
  ["127.0.0.1:5001", "127.0.0.1", 5001, true],
  ["127.9.9.9", "127.9.9.9", undefined, true],
  ["localhost", "localhost", undefined, true],
  ["localhost:5001", "localhost", 5001, true],
  ["registry.localhost:5001", "registry.localhost", 5001, true],
  ["[::1]", "[::1]", undefined, true],
  ["[0:0:0:0:0:0:0:1]:5001", "[0:0:0:0:0:0:0:1]", 5001, true],
  ["[2001:db8::1]:5001", "[2001:db8::1]", 5001, false],
  ["127.example.com", "127.example.com", undefined, false],
  ["localhost.example.com", "localhost.example.com", undefined, false],
  ["xn--bcher-kva.example", "xn--bcher-kva.example", undefined, false],
])("%s is read", (text, host, port, isLoopback) => {
  const address = RegistryAddress.parse(text);
  expect([address.host, address.port, address.isLoopback]).toEqual([host, port, isLoopback]);
  expect(address.toString()).toBe(text);
  expect(address.equals(RegistryAddress.parse(text))).toBe(true);
  expect(ImageReference.parse(`${address}/app`).domain).toBe(text);
});

test.each([
  ["", "must be a host, or a host and its port", 'write it like "registry.example.com:5000"'],
  ["https://ghcr.io", "must not have a scheme", 'use "ghcr.io"'],
  ["https://ghcr.io/v2/", "must not have a scheme", 'use "ghcr.io"'],
  ["http://localhost:5001/", "must not have a scheme", 'use "localhost:5001"'],
  ["ghcr.io/", "must not have a path", 'use "ghcr.io", and name the path in the repository'],
  [
    "registry.example.com:5000/team/app",
    "must not have a path",
    'use "registry.example.com:5000", and name the path in the repository',
  ],
  ["ghcr .io", "must not hold white space", 'write it like "registry.example.com:5000"'],
  ["ghcr.io\n", "must not hold white space", 'write it like "registry.example.com:5000"'],
  ["GHCR.io", "must be lower case", 'use "ghcr.io"'],
  ["::1", "must have its IPv6 address in brackets", 'use "[::1]"'],
  ["[::1", "must have a host of letters, digits, dots and inner dashes", 'write it like "registry.example.com:5000"'],
  ["[1:2]:80", "must have an IPv6 address between its brackets", 'write it like "[::1]:5000"'],
  [
    "[fe80::1%eth0]",
    "must have a host of letters, digits, dots and inner dashes",
    'write it like "registry.example.com:5000"',
  ],
  [
    "my_registry:5000",
    "must have a host of letters, digits, dots and inner dashes",
    'write it like "registry.example.com:5000"',
  ],
  [
    "-a.example.com",
    "must have a host of letters, digits, dots and inner dashes",
    'write it like "registry.example.com:5000"',
  ],
  [
    "a..example.com",
    "must have a host of letters, digits, dots and inner dashes",
    'write it like "registry.example.com:5000"',
  ],
  [
    "ghcr.io.",
    "must have a host of letters, digits, dots and inner dashes",
    'write it like "registry.example.com:5000"',
  ],
  [
    "bücher.example",
    "must have a host of letters, digits, dots and inner dashes",
    'write it like "registry.example.com:5000"',
  ],
  ["$REGISTRY", "must be lower case", 'use "$registry"'],
  [
    "${registry}",
    "must have a host of letters, digits, dots and inner dashes",
    'write it like "registry.example.com:5000"',
  ],
  ["300.1.1.1", "must have a name or a whole IP address", 'an address looks like "192.0.2.7"'],
  ["127.1", "must have a name or a whole IP address", 'an address looks like "192.0.2.7"'],
  [
    "registry",
    "must hold a dot or a port, or Docker takes it for a namespace on Docker Hub",
    'add the port, e.g. "registry:5000"',
  ],
  [
    `${"a".repeat(64)}.io`,
    "must have a host of at most 253 characters, at most 63 between two dots",
    "DNS knows no longer names",
  ],
  [
    `${"a.".repeat(127)}io`,
    "must have a host of at most 253 characters, at most 63 between two dots",
    "DNS knows no longer names",
  ],
])("%j is refused: %s, %s", (text, rule, remedy) => {
  expect(refusal(() => RegistryAddress.parse(text))).toMatchObject({
    subject: "registry address",
    got: text,
    rule,
    remedy,
  });
});

test.each(["ghcr.io:", "ghcr.io:0", "ghcr.io:65536", "ghcr.io:https", "localhost:-1"])("%s has no port", (text) => {
  expect(refusal(() => RegistryAddress.parse(text))).toMatchObject({
    subject: "port of the registry address",
    rule: "must be a whole number from 1 to 65535",
  });
});

test("a user is refused, and a password is not repeated", () => {
  for (const text of ["me:s3cret@ghcr.io", "https://me:s3cret@ghcr.io/v2/", "me:s3cret@"]) {
    const error = refusal(() => RegistryAddress.parse(text));
    expect(error.rule).toBe("must not name a user");
    expect(JSON.stringify([error, error.message])).not.toContain("s3cret");
  }
});

test.each(NO_TEXTS)("%p is refused", (value) => {
  refusal(() => RegistryAddress.parse(value as string));
});

test("parse(toString(x)) is x, an image reference has it as its domain, and no text crashes", () => {
  const texts = fc.oneof(
    fc
      .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65535 })))
      .map(([host, port]) => (port ? `${host}:${port}` : host)),
    fc
      .tuple(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
        fc.nat({ max: 70000 }),
      )
      .map((parts) => parts.join(":")),
    fc.array(fc.constantFrom(..."aA0.-_:/@[] ", "localhost", "é"), { maxLength: 15 }).map((parts) => parts.join("")),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        const address = RegistryAddress.parse(text);
        expect(RegistryAddress.parse(address.toString())).toEqual(address);
        const { domain } = ImageReference.parse(`${address}/team/app`);
        expect(domain).toBe(address.toString().replace(/^index\.docker\.io$/, "docker.io"));
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
      }
    }),
    fuzzRuns,
  );
});
