import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuiltImage } from "../../src/docker/built-image.ts";
import type { BuiltImageProps } from "../../src/docker/built-image-props.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { RemoteContext } from "../../src/values/remote-context.ts";
import { only, synthesize } from "../synthesize.ts";

const COMMIT = "3b18e512dba79e4c8300dd08aeb37f8e728b8dad";
const DIGITS = "5".repeat(64);
const GIT = "https://github.com/octo-org/catalog.git";
const git = (options: object = {}, url = GIT) => RemoteContext.git(url, { commit: COMMIT, ...options });
const archive = (url = "https://example.com/c.tgz") => RemoteContext.archive(url, { checksum: `sha256:${DIGITS}` });

function build(props: Partial<BuiltImageProps>, strict = false) {
  let image: BuiltImage | undefined;
  const stack = synthesize(
    (scope) => {
      const repository = SelfHostedRegistry.fromAddress(scope, "registry", { address: "localhost:5001" }).repository(
        "a",
      );
      image = new BuiltImage(scope, "image", { context: git(), repository, ...props });
    },
    strict ? { "slipway:strict": true } : {},
  );
  const { provisioner } = only(stack, "terraform_data") as {
    provisioner: [{ "local-exec": { environment: Record<string, string> } }];
  };
  const warnings = (image as BuiltImage).node.metadata.map(({ data }) => String(data));
  return { ...stack, image: image as BuiltImage, warnings, told: provisioner[0]["local-exec"].environment };
}

const id = (props: Partial<BuiltImageProps>) => build(props).image.contentId;

test("a commit is built by a step that is told where it is, and never a token", () => {
  const { told, resource, json } = build({ context: git({ folder: "apps/a", token: { env: "GIT_TOKEN" } }) });
  expect(Object.keys(resource)).toEqual(["terraform_data"]);
  expect(told).toMatchObject({
    SLIPWAY_FETCH: expect.stringMatching(/^files\/[0-9a-f]{16}\/remote-context\.sh$/),
    SLIPWAY_REMOTE_GIT: COMMIT,
    SLIPWAY_REMOTE_URL: GIT,
    SLIPWAY_REMOTE_HOST: "github.com",
    SLIPWAY_REMOTE_FOLDER: "apps/a",
    SLIPWAY_TOKEN_VARIABLE: "GIT_TOKEN",
    SLIPWAY_DOCKERFILE: "Dockerfile",
  });
  expect(told).not.toHaveProperty("SLIPWAY_CONTEXT");
  expect(json).not.toContain("SLIPWAY_TOKEN_FILE");
});

test("an archive is told by its checksum", () => {
  const { told } = build({ context: archive("https://example.com/c.tgz?x=${a}"), dockerfile: "docker/Dockerfile" });
  expect(told).toMatchObject({ SLIPWAY_REMOTE_SHA256: DIGITS, SLIPWAY_DOCKERFILE: "docker/Dockerfile" });
  expect(told.SLIPWAY_REMOTE_URL).toBe("https://example.com/c.tgz?x=$${a}");
  expect(told).not.toHaveProperty("SLIPWAY_REMOTE_GIT");
});

test("a Dockerfile that is handed over is read, and put where the step finds it", () => {
  const dockerfile = Dockerfile.parse("FROM scratch\nEXPOSE 8080\nCOPY app /\n");
  const { image, told, directory } = build({ dockerfile });
  expect(image.exposedPorts).toEqual([8080]);
  expect(readFileSync(join(directory, told.SLIPWAY_CONTEXT ?? "", "Dockerfile"), "utf8")).toBe(dockerfile.text);
});

test("what decides the content is what is built, not where it is kept", () => {
  const all = [
    id({}),
    id({ context: git({ commit: "a".repeat(40) }) }),
    id({ context: git({ folder: "a" }) }),
    id({ dockerfile: "Dockerfile.prod" }),
    id({ dockerfile: Dockerfile.parse("FROM scratch\n") }),
    id({ args: { A: "1" } }),
    id({ context: archive() }),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(id({ context: git({ token: { env: "T" } }, "https://mirror.example/c.git") })).toBe(all[0]);
  expect(id({ context: archive("https://mirror.example/other.tar") })).toBe(all.at(-1));
});

test("a Dockerfile that nobody read is warned of, and refused where everything must be pinned", () => {
  expect(build({}).warnings).toEqual([
    expect.stringMatching(/the Dockerfile lies in a context that is kept elsewhere: .* dockerfile: Dockerfile\.parse/),
  ]);
  expect(() => build({}, true)).toThrow(/stack\/image: dockerfile: lies in a context that is kept elsewhere/);
  expect(() => build({ dockerfile: Dockerfile.parse("FROM scratch\n") }, true)).not.toThrow();
});

test.each([
  [`${GIT}#main:apps`, `write RemoteContext.git with the commit; git ls-remote ${GIT} main prints it`],
  [
    "git@github.com:a/b.git",
    "write RemoteContext.git with the commit; git ls-remote git@github.com:a/b.git HEAD prints it",
  ],
  ["https://example.com/c.tgz", "write RemoteContext.archive with its checksum, or RemoteContext.git for a repository"],
])("%s in place of a directory is refused, with what pins it", (context, remedy) => {
  expect(() => build({ context })).toThrow(
    `stack/image: context: build context must be a directory, or a RemoteContext that is pinned, got "${context}": ${remedy}`,
  );
});

test("a token's file must be there, and stands by its path alone", () => {
  const file = join(mkdtempSync(join(tmpdir(), "slipway-token-")), "token");
  const context = git({ token: { file } });
  expect(() => build({ context })).toThrow(/stack\/image: context\.token: file of a build must exist/);
  writeFileSync(file, "very-secret");
  const { told, directory, json } = build({ context });
  expect(existsSync(join(directory, told.SLIPWAY_TOKEN_FILE ?? ""))).toBe(true);
  expect(json).not.toContain("very-secret");
});
