import { ImageReference, ImageReferenceError } from "../../src/values/image-reference.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

const PIN = `sha256:${"0123456789abcdef".repeat(4)}`;
const OTHER_PIN = `sha512:${"fedcba9876543210".repeat(8)}`;

describe("normalising", () => {
  test.each([
    // text, whole, familiar, what a pull asks for
    ["python", "docker.io/library/python", "python", "docker.io/library/python:latest"],
    ["python:3.12", "docker.io/library/python:3.12", "python:3.12", "docker.io/library/python:3.12"],
    ["library/python", "docker.io/library/python", "python", "docker.io/library/python:latest"],
    ["docker.io/python", "docker.io/library/python", "python", "docker.io/library/python:latest"],
    ["index.docker.io/python", "docker.io/library/python", "python", "docker.io/library/python:latest"],
    ["grafana/grafana:11", "docker.io/grafana/grafana:11", "grafana/grafana:11", "docker.io/grafana/grafana:11"],
    [`python@${PIN}`, `docker.io/library/python@${PIN}`, `python@${PIN}`, `docker.io/library/python@${PIN}`],
    [`python:3@${PIN}`, `docker.io/library/python:3@${PIN}`, `python:3@${PIN}`, `docker.io/library/python:3@${PIN}`],
    ["docker.io/library/a/b", "docker.io/library/a/b", "library/a/b", "docker.io/library/a/b:latest"],
    ["localhost/app", "localhost/app", "localhost/app", "localhost/app:latest"],
    ["registry:5001/app:1", "registry:5001/app:1", "registry:5001/app:1", "registry:5001/app:1"],
    ["[::1]:5001/app", "[::1]:5001/app", "[::1]:5001/app", "[::1]:5001/app:latest"],
    ["Team/app", "Team/app", "Team/app", "Team/app:latest"],
    ["localhost:5001", "docker.io/library/localhost:5001", "localhost:5001", "docker.io/library/localhost:5001"],
  ])("%s", (text, whole, familiar, pullName) => {
    const reference = ImageReference.parse(text);
    expect(reference.toString()).toBe(whole);
    expect(reference.familiar).toBe(familiar);
    expect(reference.pullName).toBe(pullName);
    expect(JSON.stringify({ reference })).toBe(JSON.stringify({ reference: whole }));
  });

  test("the parts of a whole reference", () => {
    const reference = ImageReference.parse(`registry.example.com:5000/team/app_x:1.4.2-rc.1@${OTHER_PIN}`);
    expect({ ...reference }).toEqual({
      domain: "registry.example.com:5000",
      path: "team/app_x",
      tag: "1.4.2-rc.1",
      digest: OTHER_PIN,
    });
    expect(reference.name).toBe("registry.example.com:5000/team/app_x");
    expect(reference.familiarName).toBe(reference.name);
  });

  test("parts that were not written are absent", () => {
    const { tag, digest } = ImageReference.parse("python");
    expect([tag, digest]).toEqual([undefined, undefined]);
  });

  test("a domain that upstream reads as a part of the path stays there", () => {
    const reference = ImageReference.parse("my_registry.lan/app");
    expect(reference).toMatchObject({ domain: "", path: "my_registry.lan/app", name: "my_registry.lan/app" });
    expect(ImageReference.parse(reference.toString()).equals(reference)).toBe(true);
  });
});

test.each([
  ["python", "official"],
  ["docker.io/library/python:3", "official"],
  ["docker.io/library/a/b", "user"],
  ["grafana/grafana", "user"],
  ["docker.io/team/sub/app", "user"],
  ["ghcr.io/library/python", "self-hosted"],
  ["localhost/app", "self-hosted"],
  ["registry.example.com:5000/my-private/image", "self-hosted"],
])("%s is of kind %s", (text, kind) => {
  expect(ImageReference.parse(text).namespaceKind).toBe(kind);
});

describe("tags and digests", () => {
  const python = ImageReference.parse("python");

  test("are given without touching the other", () => {
    expect(python.withTag("3").toString()).toBe("docker.io/library/python:3");
    expect(python.withDigest(PIN).withTag("3").toString()).toBe(`docker.io/library/python:3@${PIN}`);
    expect(python.withTag("3").withDigest(PIN).toString()).toBe(`docker.io/library/python:3@${PIN}`);
    expect(python.withTag("3").withTag("4").withDigest(PIN).withDigest(OTHER_PIN).familiar).toBe(
      `python:4@${OTHER_PIN}`,
    );
    expect(python.toString()).toBe("docker.io/library/python");
  });

  test.each(["", "-a", ".a", "a b", "a:b", "a/b", "1.0+5", "a\n", "ü", "x".repeat(129), ...NO_TEXTS])(
    "%p is no tag",
    (tag) => {
      const error = refusal(() => python.withTag(tag as string));
      expect(error).toBeInstanceOf(ImageReferenceError);
      expect(error).toMatchObject({ subject: "image tag", code: "INVALID_FORMAT" });
    },
  );

  test.each(["_", "3", "x".repeat(128), "A-._9"])("%s is a tag", (tag) => {
    expect(python.withTag(tag).tag).toBe(tag);
  });

  test.each([
    ["sha256:0123", "DIGEST_LENGTH"],
    [`md5:${"0".repeat(32)}`, "DIGEST_UNSUPPORTED"],
    [PIN.toUpperCase(), "DIGEST_FORMAT"],
    [undefined, "DIGEST_FORMAT"],
  ])("%p is no digest", (digest, code) => {
    expect(refusal(() => python.withDigest(digest as string))).toMatchObject({ subject: "image digest", code });
  });
});

describe("comparison", () => {
  test("is by the normalised text", () => {
    expect(ImageReference.parse("python").equals(ImageReference.parse("docker.io/library/python"))).toBe(true);
    expect(ImageReference.parse("python").equals(ImageReference.parse("python:latest"))).toBe(false);
    expect(ImageReference.parse("ghcr.io/a/b").equals(ImageReference.parse("quay.io/a/b"))).toBe(false);
  });

  test("puts first what says most, then goes by text", () => {
    const sorted = ["b", "a", `a@${PIN}`, "a:2", "a:1", `a:1@${PIN}`, "b"]
      .map(ImageReference.parse)
      .sort(ImageReference.compare);
    expect(sorted.map(({ familiar }) => familiar)).toEqual([`a:1@${PIN}`, "a:1", "a:2", `a@${PIN}`, "a", "b", "b"]);
  });
});

describe("limits", () => {
  test("a path has at most 255 characters, its domain not counted", () => {
    const path = "a".repeat(255);
    expect(ImageReference.parse(`registry.example.com/${path}`).path).toBe(path);
    expect(refusal(() => ImageReference.parse(`r.io/${path}a`))).toMatchObject({ code: "NAME_TOO_LONG" });
    expect(ImageReference.parse("a".repeat(247)).path).toHaveLength(255);
    expect(refusal(() => ImageReference.parse("a".repeat(248)))).toMatchObject({ code: "NAME_TOO_LONG" });
  });

  test("a tag has at most 128 characters", () => {
    expect(ImageReference.parse(`app:${"t".repeat(128)}`).tag).toHaveLength(128);
    expect(refusal(() => ImageReference.parse(`app:${"t".repeat(129)}`))).toMatchObject({
      code: "INVALID_FORMAT",
      rule: "must have a tag of at most 128 characters",
    });
  });
});

test.each(NO_TEXTS)("%p is no reference", (value) => {
  expect(refusal(() => ImageReference.parse(value as string))).toMatchObject({
    code: "INVALID_FORMAT",
    rule: "must be a text",
  });
});
