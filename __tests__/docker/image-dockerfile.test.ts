import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { BuiltImage } from "../../src/docker/built-image.ts";
import type { BuiltImageProps } from "../../src/docker/built-image-props.ts";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { Platform } from "../../src/values/platform.ts";
import { LINT_CASES } from "../dockerfile/lint-cases.ts";
import { only, type SynthesizedStack, synthesize } from "../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const environment = { ...process.env };

function pin(images: Record<string, string>): void {
  const path = join(mkdtempSync(join(tmpdir(), "slipway-lock-")), "slipway.lock.json");
  writeFileSync(path, JSON.stringify({ version: 1, images }));
  process.env.SLIPWAY_LOCKFILE = path;
}

beforeEach(() => pin({ "docker.io/library/python:3.12-slim": DIGEST, "docker.io/library/node:22": DIGEST }));
afterEach(() => {
  process.env = { ...environment };
});

type Built = SynthesizedStack & { image: BuiltImage; staged: string; said: string[] };

function build(
  text: string,
  props: (stack: TerraformStack) => Partial<BuiltImageProps> = () => ({}),
  context: Record<string, unknown> = {},
): Built {
  const directory = mkdtempSync(join(tmpdir(), "slipway-app-"));
  writeFileSync(join(directory, "Dockerfile"), text);
  writeFileSync(join(directory, "app"), "1");
  let image: BuiltImage | undefined;
  const stack = synthesize((scope) => {
    const repository = SelfHostedRegistry.fromAddress(scope, "registry", { address: "localhost:5001" }).repository(
      "app",
    );
    image = new BuiltImage(scope, "image", { context: directory, repository, ...props(scope) });
  }, context);
  const built = image as BuiltImage;
  const staged = readFileSync(join(stack.directory, "contexts", built.contentId, "Dockerfile"), "utf8");
  const said = built.node.metadata.map(({ data }) => String(data));
  return { ...stack, image: built, staged, said };
}

describe("what a Dockerfile says flows on", () => {
  test("base images are pinned in the staged copy by the lockfile, whatever the case and the flags", () => {
    const { staged, image } = build(
      `ARG VERSION=3.12-slim
FROM --platform=$BUILDPLATFORM node:22 AS assets
FROM python:\${VERSION}
COPY --from=assets /a /a
COPY --from=node:22 /b /b
RUN --mount=type=bind,from=node:22,target=/n true
`,
    );
    expect(staged).toBe(`ARG VERSION=3.12-slim
FROM --platform=$BUILDPLATFORM node:22@${DIGEST} AS assets
FROM python:3.12-slim@${DIGEST}
COPY --from=assets /a /a
COPY --from=node:22@${DIGEST} /b /b
RUN --mount=type=bind,from=node:22@${DIGEST},target=/n true
`);
    expect(image.baseImages).toEqual(["node:22", "python:3.12-slim"]);
  });

  test("the volumes of the built stage are the image's", () => {
    const text = "FROM python:3.12-slim AS data\nVOLUME /data\nFROM data AS other\nVOLUME /other\n";
    expect(build(text).image.declaredVolumes).toEqual(["/data", "/other"]);
    expect(build(text, () => ({ target: "data" })).image.declaredVolumes).toEqual(["/data"]);
  });

  test("a base image that moves is a new content", () => {
    const before = build("FROM python:3.12-slim\n").image.contentId;
    pin({ "docker.io/library/python:3.12-slim": `sha256:${"b".repeat(64)}` });
    expect(build("FROM python:3.12-slim\n").image.contentId).not.toBe(before);
  });

  test("a FROM that nothing pins is a warning with its line, and an error in strict mode", () => {
    expect(build("# first\nFROM redis:7\n").said).toContainEqual(
      "Dockerfile line 2: nothing pins redis:7 to a digest: run npx slipway lock",
    );
    expect(() => build("FROM redis:7\n", undefined, { "slipway:strict": true })).toThrow(
      "stack/image: dockerfile: Dockerfile line 1: nothing pins redis:7 to a digest",
    );
    expect(build(`FROM redis:7@${DIGEST}\n`, undefined, { "slipway:strict": true }).image.contentId).toMatch(
      /^\w{64}$/,
    );
  });

  test.each([
    [
      "FROM pyth\\\non:3.12-slim\n",
      "nothing pins python:3.12-slim to a digest: its name is broken over lines: write it on one",
    ],
    [
      "FROM python:$TARGETARCH\n",
      "nothing pins python:$TARGETARCH to a digest: its name hangs on a variable that is not known: declare the platform, or give the variable a value",
    ],
  ])("what cannot be pinned is staged as it is and said, and refused in strict mode: %j", (text, why) => {
    const { staged, said } = build(text);
    expect(staged).toBe(text);
    expect(said).toContainEqual(`Dockerfile line 1: ${why}`);
    expect(() => build(text, undefined, { "slipway:strict": true })).toThrow(why);
  });

  test("EXPOSE is the ports of the image", () => {
    expect(build("FROM scratch\nEXPOSE 8080 53/udp\n").image.exposedPorts).toEqual([8080]);
    expect(build("FROM scratch\n").image.exposedPorts).toEqual([]);
  });

  test("findings become annotations, and can be silenced or weighed", () => {
    const text = "FROM scratch\nCMD run me\n";
    expect(build(text).said).toContainEqual(expect.stringMatching(/^Dockerfile line 2: DL3025: /));
    expect(build(text, () => ({ lint: false })).said).toEqual([]);
    expect(build(text, () => ({ lint: { severity: { DL3025: "ignore" } } })).said).not.toContainEqual(
      expect.stringMatching(/DL3025/),
    );
    expect(() => build(text, () => ({ lint: { severity: { DL3025: "error" } } }))).toThrow(/DL3025/);
  });

  test("build arguments and secrets that do not meet the Dockerfile are pointed out", () => {
    const { said } = build("FROM scratch\nRUN --mount=type=secret,id=token true\n", () => ({
      args: { MISSPELT: "1" },
    }));
    expect(said).toContainEqual("args: no ARG of the Dockerfile is called MISSPELT, so the build never sees it");
    expect(said).toContainEqual("Dockerfile line 2: mounts the secret token, which secrets does not declare");
  });

  test("a Dockerfile written in code takes the place of the file", () => {
    const dockerfile = Dockerfile.from("python:3.12-slim").copy(["app"], "/app").cmd(["python", "/app"]).toDockerfile();
    const { staged } = build("FROM scratch\n", () => ({ dockerfile }));
    expect(staged).toContain(`FROM python:3.12-slim@${DIGEST}`);
    expect(staged).toContain('CMD ["python", "/app"]');
  });

  test("a private base image is pulled with a login before the build", () => {
    const image = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/base";
    const text = `FROM ${image}@${DIGEST}\n`;
    expect(() => build(text)).toThrow(
      /Dockerfile line 1: .* is in the private registry 111122223333.dkr.ecr.eu-west-1.amazonaws.com, which nothing logs in to: declare it in privateBaseImages/,
    );
    const stack = build(text, (scope) => ({
      privateBaseImages: [new PulledImage(scope, "base", { image: `${image}@${DIGEST}`, private: true })],
    }));
    expect(only(stack, "docker_image", "image_Base")).toMatchObject({ name: `${image}@${DIGEST}`, keep_locally: true });
    expect(stack.provider.docker?.[0]?.registry_auth).toContainEqual({
      address: "111122223333.dkr.ecr.eu-west-1.amazonaws.com",
      config_file: "~/.docker/config.json",
    });
  });

  test.each<[string, string, () => Partial<BuiltImageProps>, RegExp]>([
    [
      "what the builder refuses",
      "FROM scratch\nCOPPY a b\n",
      () => ({}),
      /stack\/image: dockerfile: Dockerfile line 2: .*COPPY/,
    ],
    [
      "a target that is no stage",
      "FROM scratch AS one\n",
      () => ({ target: "two" }),
      /stack\/image: target: .*use one of one/,
    ],
    [
      "a platform that the Dockerfile contradicts",
      "FROM --platform=linux/arm64 scratch\nFROM --platform=linux/arm64 python:3.12-slim\n",
      () => ({ platform: Platform.LINUX_AMD64 }),
      /Dockerfile line 2 starts from linux\/arm64, but the image is declared for linux\/amd64/,
    ],
  ])("refuses %s", (_, text, props, message) => expect(() => build(text, props)).toThrow(message));
});

test.each(LINT_CASES)("an image says $rule of its Dockerfile", ({ rule, bad: [bad = ""] }) => {
  const text = /^FROM |\nFROM /.test(bad) ? bad : `FROM a:1\n${bad}`;
  const directory = mkdtempSync(join(tmpdir(), "slipway-app-"));
  writeFileSync(join(directory, "Dockerfile"), text);
  const stack = new TerraformStack(new App({ outdir: mkdtempSync(join(tmpdir(), "slipway-synth-")) }), "stack");
  const repository = SelfHostedRegistry.fromAddress(stack, "registry", { address: "localhost:5001" }).repository("app");
  const image = new BuiltImage(stack, "image", {
    context: directory,
    repository,
    lint: { severity: { [rule]: "info" } },
  });
  expect(image.node.metadata.map(({ data }) => String(data))).toContainEqual(expect.stringContaining(`: ${rule}: `));
});

test("an ignore file, be it an empty one, is an answer to a copy of the whole context", () => {
  const said = (files: Record<string, string>, lint?: BuiltImageProps["lint"]) => {
    const directory = mkdtempSync(join(tmpdir(), "slipway-app-"));
    for (const [name, content] of Object.entries({ Dockerfile: "FROM scratch\nCOPY . /\n", ...files }))
      writeFileSync(join(directory, name), content);
    const built = build("FROM scratch\n", () => ({ context: directory, lint }));
    return built.said.filter((line) => line.includes("SW1012"));
  };
  expect(said({})).toEqual([expect.stringContaining("Dockerfile line 2: SW1012: the whole context is copied")]);
  expect(said({}, { hasIgnoreFile: true })).toEqual([]);
  expect(said({}, false)).toEqual([]);
  expect(said({ ".dockerignore": "" })).toEqual([]);
  expect(said({ "Dockerfile.dockerignore": "a\n" })).toEqual([]);
});
