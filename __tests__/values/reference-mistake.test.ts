import type { ImageReferenceError } from "../../src/values/image-reference.ts";
import { ImageReference } from "../../src/values/image-reference.ts";
import { refusal } from "./refusal.ts";

const HEX = "0123456789abcdef".repeat(4);
const PIN = `sha256:${HEX}`;

const refused = (text: string) => refusal(() => ImageReference.parse(text)) as ImageReferenceError;

describe("a mistake that can be mended is told with the reference that was meant", () => {
  test.each([
    ["Python", "NAME_UPPERCASE", "must be lower case", "python"],
    ["team/Catalog:V1", "NAME_UPPERCASE", "must be lower case", "team/catalog:V1"],
    ["Team/Catalog", "NAME_UPPERCASE", "must be lower case", "team/catalog"],
    ["Registry.example.com/Catalog", "NAME_UPPERCASE", "must be lower case", "Registry.example.com/catalog"],
    ["https://ghcr.io/team/app:1", "INVALID_FORMAT", "must not have a scheme", "ghcr.io/team/app:1"],
    ["docker://python", "INVALID_FORMAT", "must not have a scheme", "python"],
    ["https://ghcr.io/Team/App/", "NAME_UPPERCASE", "must not have a scheme", "ghcr.io/team/app"],
    [
      "https://hub.docker.com/r/grafana/grafana",
      "INVALID_FORMAT",
      "must not be the address of Docker Hub's web page",
      "grafana/grafana",
    ],
    ["hub.docker.com/_/python", "INVALID_FORMAT", "must not be the address of Docker Hub's web page", "python"],
    ["docker pull python:3", "INVALID_FORMAT", "must be the image alone, without a command", "python:3"],
    [`app@${PIN}:1.0`, "INVALID_FORMAT", "must have its tag before its digest", `app:1.0@${PIN}`],
    [`app:${PIN}`, "INVALID_FORMAT", 'must have "@" before its digest', `app@${PIN}`],
    [`app@SHA256:${HEX}`, "NAME_UPPERCASE", "must name the algorithm of its digest in lower case", `app@${PIN}`],
    [`app@${HEX}`, "INVALID_FORMAT", "must name the algorithm of its digest", `app@${PIN}`],
    [`app@sha256=${HEX}`, "INVALID_FORMAT", "must have a colon after the algorithm of its digest", `app@${PIN}`],
    ["app@1.4.2", "INVALID_FORMAT", 'must have ":" before its tag', "app:1.4.2"],
    [" python\n", "INVALID_FORMAT", "must not begin or end with white space", "python"],
    ["team\\app", "INVALID_FORMAT", "must separate its parts with forward slashes", "team/app"],
    ["/team/app", "INVALID_FORMAT", "must not begin with a slash", "team/app"],
    ["team//app", "INVALID_FORMAT", "must not have an empty part between slashes", "team/app"],
    ["team/app/", "INVALID_FORMAT", "must not end with a slash", "team/app"],
    ["app:", "INVALID_FORMAT", "must have a tag after its last colon", "app"],
    ["app@", "INVALID_FORMAT", 'must have a digest after "@"', "app"],
  ])("%j: %s", (text, code, rule, suggestion) => {
    expect(refused(text)).toMatchObject({ subject: "image reference", code, rule, suggestion, got: text });
    expect(ImageReference.parse(suggestion)).toBeInstanceOf(ImageReference);
  });
});

describe("another mistake is told with what to do", () => {
  test.each([
    ["", "INVALID_FORMAT", "must not be empty", 'name an image, e.g. "python:3.12-slim"'],
    ["$REGISTRY/app", "INVALID_FORMAT", "must not hold a placeholder", "fill in the variable first"],
    ["{{ registry }}/app", "INVALID_FORMAT", "must not hold a placeholder", "fill in the variable first"],
    ["app:1 --rm", "INVALID_FORMAT", "must not hold white space", "give one reference, without options or arguments"],
    ["--rm", "INVALID_FORMAT", "must not begin with a dash", "it looks like an option of the command line"],
    [`a@${PIN}@${PIN}`, "INVALID_FORMAT", 'must have one "@" at most', "only a digest follows it"],
    ["café", "INVALID_FORMAT", "must be plain ASCII", 'replace "é" (U+00E9)'],
    ["app\u200b", "INVALID_FORMAT", "must be plain ASCII", 'replace "\u200b" (U+200B)'],
    [
      "team/app+x",
      "INVALID_FORMAT",
      "must have names of lower-case letters, digits, dots, dashes and underscores",
      'replace "+"',
    ],
    ["team/-app", "INVALID_FORMAT", "must have names that begin and end with a letter or a digit", '"-app" does not'],
    [
      "team/a..b",
      "INVALID_FORMAT",
      "must have one dot, one or two underscores or any number of dashes between letters and digits",
      '"a..b" has others',
    ],
    [
      "app:1.0+build.5",
      "INVALID_FORMAT",
      "must have a tag of letters, digits, underscores, dots and dashes",
      'replace "+"',
    ],
    [
      "my_registry:5000/app",
      "INVALID_FORMAT",
      "must not have an underscore in its registry's address",
      "name the registry with a dash",
    ],
    [
      "app:1.0/x",
      "INVALID_FORMAT",
      "must have a port of digits before its first slash",
      "a tag stands after the last slash",
    ],
    [
      "::1/app",
      "INVALID_FORMAT",
      "must have one colon at most before its first slash",
      "an IPv6 address stands in brackets",
    ],
    [
      "[fe80::1%eth0]/app",
      "INVALID_FORMAT",
      "must have a plain IPv6 address between brackets",
      'write it like "[::1]:5000"',
    ],
    ["-x.io/app", "INVALID_FORMAT", "must not begin with a dash", "it looks like an option of the command line"],
    [
      HEX,
      "HEX64_IDENTIFIER",
      "must not be 64 hexadecimal digits alone, which Docker reads as an image id",
      'put the name of the image and "@sha256:" in front',
    ],
    [
      "app@sha256:0123",
      "INVALID_FORMAT",
      'has a digest that must have 64 hexadecimal digits after "sha256:"',
      "copy it whole: it has 4 digits now",
    ],
    [
      `app@${PIN}0`,
      "DIGEST_LENGTH",
      'has a digest that must have 64 hexadecimal digits after "sha256:"',
      "copy it whole: it has 65 digits now",
    ],
    [
      `app@md5:${HEX}`,
      "DIGEST_UNSUPPORTED",
      "has a digest that must use one of the algorithms sha256, sha384, sha512",
      'a digest looks like "sha256:" and 64 hexadecimal digits',
    ],
    [
      `app@sha256:${HEX.toUpperCase()}`,
      "DIGEST_FORMAT",
      "has a digest that must be written in the digits 0-9 and a-f, lower case",
      "copy it as the registry prints it",
    ],
  ])("%j: %s, %s", (text, code, rule, remedy) => {
    const error = refused(text);
    expect(error).toMatchObject({ code, rule, remedy });
    expect(error.suggestion).toBeUndefined();
  });

  test.each([
    ["a:b:c", "must have one tag only"],
    ["team/app:1.0/x", "must have its tag at the end, after the last slash"],
    ["app:.hidden", "must have a tag that begins with a letter, a digit or an underscore"],
    ["x.io/", "must not end with a slash"],
    ["x.io/:1", "must have a name"],
    [":1", "must have a name"],
    [`app:@${PIN}`, "must have a tag after its last colon"],
    [`a.b@${PIN}/c`, 'must have its "@" at the end, before a digest'],
    ["a..b/c", "must begin with a registry's address of letters, digits, dots and inner dashes"],
  ])("%j: %s", (text, rule) => {
    expect(refused(text)).toMatchObject({ code: "INVALID_FORMAT", rule });
  });
});

test("a password in a URL is not repeated", () => {
  expect(refused("https://me:s3cret@ghcr.io/app").message).not.toContain("s3cret");
});

test("the whole message reads as one line", () => {
  expect(refused("Python:3").message).toBe('image reference must be lower case, got "Python:3": use "python:3"');
});

test.each([
  ["a capital that JavaScript lowers to two characters", "app:İ", "NAME_UPPERCASE"],
  ["the same in the name", "İ", "NAME_UPPERCASE"],
  ["the sign of the Kelvin, whose lower case is k", "app:\u212a", "NAME_UPPERCASE"],
  ["a foreign letter without case", "app:漢", "INVALID_FORMAT"],
  ["a foreign small letter", "app:é", "INVALID_FORMAT"],
])("%s is coded as Go codes it", (_, text, code) => {
  expect(refused(text)).toMatchObject({ code });
});
