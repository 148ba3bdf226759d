import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Lazy, type TerraformStack } from "cdktf";
import { BuiltImage } from "../../src/docker/built-image.ts";
import type { BuiltImageProps } from "../../src/docker/built-image-props.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import { Platform } from "../../src/values/platform.ts";
import { only, type SynthesizedStack, synthesize } from "../synthesize.ts";

function application(files: Record<string, string> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), "slipway-app-"));
  for (const [path, text] of Object.entries({
    Dockerfile: "FROM scratch AS final\nARG A B\nCOPY app /\n",
    app: "1",
    ...files,
  })) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

function build(
  props: Partial<BuiltImageProps> & Pick<BuiltImageProps, "context">,
): SynthesizedStack & { image: BuiltImage } {
  let image: BuiltImage | undefined;
  const stack = synthesize((scope: TerraformStack) => {
    const repository = SelfHostedRegistry.fromAddress(scope, "registry", { address: "localhost:5001" }).repository(
      "cats",
    );
    image = new BuiltImage(scope, "image", { repository, ...props });
  });
  return { ...stack, image: image as BuiltImage };
}

describe("BuiltImage", () => {
  test("is built under the name of its content, pushed, and known by the digest of that push", () => {
    const { image, ...stack } = build({ context: application() });
    expect(image.contentId).toMatch(/^[0-9a-f]{64}$/);
    const name = `localhost:5001/cats:sha-${image.contentId}`;
    expect(only(stack, "docker_image")).toMatchObject({
      name,
      keep_locally: true,
      build: { context: `contexts/${image.contentId}`, dockerfile: "Dockerfile" },
    });
    expect(only(stack, "docker_registry_image")).toMatchObject({
      keep_remotely: true,
      triggers: { content: image.contentId },
    });
    expect(stack.provider.docker).toEqual([
      { registry_auth: [{ address: "http://localhost:5001", auth_disabled: true }] },
    ]);
    expect(image.reference).toMatch(/^localhost:5001\/cats@\$\{TfToken\[/);
  });

  test("what its ignore file keeps out is told to the verb that asks for it, and to no other synth", () => {
    const told = join(mkdtempSync(join(tmpdir(), "slipway-told-")), "contexts");
    const context = application({ ".dockerignore": "# no secrets\nsecret\n", secret: "x" });
    build({ context });
    expect(existsSync(told)).toBe(false);
    process.env.SLIPWAY_CONTEXTS_COLLECT = told;
    try {
      const { image } = build({ context });
      expect(JSON.parse(readFileSync(told, "utf8"))).toMatchObject({
        ...{ contentId: image.contentId, ignoreFile: ".dockerignore" },
        leftOut: [{ path: "secret", folder: false, line: 2, pattern: "secret" }],
      });
    } finally {
      delete process.env.SLIPWAY_CONTEXTS_COLLECT;
    }
  });

  test("the context is staged beside the stack, and no path of this machine is written", () => {
    const context = application({ ".dockerignore": "secret", secret: "x" });
    const { image, directory, json } = build({ context });
    expect(readdirSync(join(directory, "contexts", image.contentId)).sort()).toContain("app");
    expect(existsSync(join(directory, "contexts", image.contentId, "secret"))).toBe(false);
    expect(json).not.toContain(context);
    expect(json).not.toContain(tmpdir());
  });

  test("a touched file changes nothing; a changed byte changes the content's name everywhere", () => {
    const context = application();
    const before = build({ context });
    utimesSync(join(context, "app"), new Date(0), new Date(0));
    expect(build({ context }).json).toBe(before.json);
    writeFileSync(join(context, "app"), "2");
    const after = build({ context });
    expect(after.image.contentId).not.toBe(before.image.contentId);
    expect(after.json.replaceAll(after.image.contentId, before.image.contentId)).toBe(before.json);
  });

  test.each<[string, Partial<BuiltImageProps>]>([
    ["build arguments", { args: { A: "1" } }],
    ["the target", { target: "final" }],
    ["labels", { labels: { a: "b" } }],
    ["the platform", { platform: Platform.LINUX_ARM64 }],
    ["several platforms", { platforms: [Platform.LINUX_ARM64, Platform.LINUX_AMD64] }],
    ["what is attested", { provenance: true }],
    ["the version", { version: "1.0.0" }],
  ])("%s belong to the content", (_, props) => {
    const context = application();
    expect(build({ context, ...props }).image.contentId).not.toBe(build({ context }).image.contentId);
  });

  test("version tags are pushed beside the content's, and move only where the releases say so", () => {
    const tags = (props: Partial<BuiltImageProps>) => build({ context: application(), ...props }).image.tags.slice(1);
    expect(tags({})).toEqual([]);
    expect(tags({ version: "1.4.2" })).toEqual(["1.4.2"]);
    expect(tags({ version: "1.4.2", releasedVersions: ["1.4.1"] })).toEqual(["1.4.2", "1.4", "1", "latest"]);
    expect(tags({ version: "1.4.2", releasedVersions: ["1.5.0"] })).toEqual(["1.4.2", "1.4"]);
    const stack = build({ context: application(), version: "1.4.2" });
    const names = Object.values(stack.resource.docker_registry_image ?? {}).map(({ name }) => name);
    expect(names).toContain("localhost:5001/cats:1.4.2");
    expect(only(stack, "docker_tag")).toMatchObject({ target_image: "localhost:5001/cats:1.4.2" });
  });

  test("a version's tag is looked at before anything is pushed; it moves on one's own machine only", () => {
    const steps = (address: string, props: Partial<BuiltImageProps>) =>
      synthesize((scope) => {
        const repository = SelfHostedRegistry.fromAddress(scope, "registry", { address }).repository("cats");
        new BuiltImage(scope, "image", { context: application(), repository, ...props });
      });
    expect(steps("localhost:5001", {}).resource.terraform_data).toBeUndefined();
    const stack = steps("registry.example.com", { version: "1.4.2", platform: Platform.LINUX_ARM64 });
    const [[name, step] = []] = Object.entries(stack.resource.terraform_data ?? {});
    expect(step).toMatchObject({
      triggers_replace: { name: "registry.example.com/cats:1.4.2" },
      provisioner: [
        {
          "local-exec": {
            command: expect.stringMatching(/^sh files\/[0-9a-f]{16}\/version-tag\.sh$/),
            environment: { SLIPWAY_TAG: "registry.example.com/cats:1.4.2", SLIPWAY_PLATFORM: "linux/arm64" },
          },
        },
      ],
    });
    expect(JSON.stringify(step)).not.toContain("SLIPWAY_MOVES");
    for (const type of ["docker_registry_image", "docker_tag"])
      for (const each of Object.values(stack.resource[type] ?? {}))
        if (!String(each.name).endsWith(":1.4.2")) expect(each.depends_on).toContain(`terraform_data.${name}`);
    expect(steps("localhost:5001", { version: "1.4.2" }).json).toContain('"SLIPWAY_MOVES": "1"');
  });

  test("labels carry OCI's annotations and ours, text with a dollar brace survives", () => {
    const { image, ...stack } = build({
      context: application(),
      version: "1.4.2",
      labels: { note: "${HOME} %{x}" },
      args: { A: "${B}" },
    });
    const labels = {
      "dev.slipway.content": image.contentId,
      "dev.slipway.stack": "stack",
      note: "$${HOME} %%{x}",
      "org.opencontainers.image.title": "cats",
      "org.opencontainers.image.version": "1.4.2",
    };
    expect(only(stack, "docker_image").build).toMatchObject({ label: labels, labels, build_args: { A: "$${B}" } });
  });

  test("secrets are named, never read", () => {
    process.env.SLIPWAY_TEST_SECRET = "never-to-be-seen";
    const stack = build({ context: application(), secrets: [{ id: "token", env: "SLIPWAY_TEST_SECRET" }] });
    expect(only(stack, "docker_image").build).toMatchObject({ secrets: [{ id: "token", env: "SLIPWAY_TEST_SECRET" }] });
    expect(stack.json).not.toContain("never-to-be-seen");
    delete process.env.SLIPWAY_TEST_SECRET;
  });

  test.each<[string, () => Partial<BuiltImageProps> & Pick<BuiltImageProps, "context">, RegExp]>([
    [
      "an unknown directory",
      () => ({ context: "/nonexistent/app" }),
      /stack\/image: context: build context must be a directory that exists, got "\/nonexistent\/app"/,
    ],
    ["an empty directory", () => ({ context: mkdtempSync(join(tmpdir(), "slipway-empty-")) }), /must not be empty/],
    [
      "a missing Dockerfile",
      () => ({ context: application(), dockerfile: "Other" }),
      /stack\/image: context: Dockerfile must be a file in the build context/,
    ],
    [
      "no directory, as an unset variable gives it",
      () => ({ context: undefined as unknown as string }),
      /stack\/image: context: build context must be a directory that exists, got undefined/,
    ],
    [
      "a version that no tag can be",
      () => ({ context: application(), version: "1.4.2+build.5" }),
      /stack\/image: version: version with build metadata cannot be a tag.*: leave it out: "1.4.2"/,
    ],
    ...(["target", "labels", "args", "releasedVersions"] as const).map(
      (property): [string, () => Partial<BuiltImageProps> & Pick<BuiltImageProps, "context">, RegExp] => {
        const token = Lazy.stringValue({ produce: () => "late" });
        const value = { target: token, labels: { a: token }, args: { A: token }, releasedVersions: [token] }[property];
        return [
          `a token in ${property}, which would be in the content id by a number that changes`,
          () => ({ context: application(), version: "1.4.2", [property]: value }),
          new RegExp(`stack/image: ${property}: must be a literal`),
        ];
      },
    ),
    [
      "a label that is not set",
      () => ({ context: application(), labels: { a: undefined as unknown as string } }),
      /stack\/image: labels\[a\]: must be text, got undefined/,
    ],
    ["a version that is none", () => ({ context: application(), version: "1.4" }), /stack\/image: version: /],
    [
      "a secret with two sources",
      () => ({ context: application(), secrets: [{ id: "a", env: "A", file: "b" }] }),
      /secrets\[a\]: needs exactly one of env and file/,
    ],
    [
      "a secret with none",
      () => ({ context: application(), secrets: [{ id: "a" }] }),
      /needs exactly one of env and file/,
    ],
    [
      "a secret's file that is missing",
      () => ({ context: application(), secrets: [{ id: "a", file: "/nonexistent" }] }),
      /file of a build must exist/,
    ],
  ])("refuses %s", (_, props, message) => expect(() => build(props())).toThrow(message));

  test("two contents under one tag are refused; the same content twice, or another repository, is not", () => {
    const two = (first: Partial<BuiltImageProps>, second: Partial<BuiltImageProps>) =>
      synthesize((scope) => {
        const registry = SelfHostedRegistry.fromAddress(scope, "registry", { address: "localhost:5001" });
        const props = { context: application(), repository: registry.repository("cats"), version: "1.0.0" };
        const other = { repository: registry.repository("dogs") };
        new BuiltImage(scope, "web", { ...props, ...first });
        new BuiltImage(scope, "worker", { ...props, ...second, ...("args" in first ? other : {}) });
      });
    expect(() => two({}, { noCache: true, labels: { for: "worker" } })).toThrow(
      /stack\/worker: version: 1.0.0 is what stack\/web pushes to localhost:5001\/cats already, with another content/,
    );
    expect(() => two({}, {})).not.toThrow();
    expect(() => two({}, { version: "1.0.1" })).not.toThrow();
    expect(() => two({ args: { A: "1" } }, {})).not.toThrow();
  });

  test("several mistakes are told together", () => {
    expect(() => build({ context: "/nonexistent/app", version: "x" })).toThrow(/context: .*\n.*version: /);
  });
});
