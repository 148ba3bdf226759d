import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Lazy } from "cdktf";
import { EcrRegistry } from "../../src/aws/index.ts";
import { BuiltImage } from "../../src/docker/built-image.ts";
import type { BuiltImageProps } from "../../src/docker/built-image-props.ts";
import { SelfHostedRegistry } from "../../src/docker/self-hosted-registry.ts";
import { BuildCache } from "../../src/values/build-cache.ts";
import { Platform } from "../../src/values/platform.ts";
import { only, synthesize } from "../synthesize.ts";

const { LINUX_AMD64, LINUX_ARM64, LINUX_ARM_V7 } = Platform;
const BOTH = { platforms: [LINUX_ARM64, LINUX_AMD64] };

function application(files: Record<string, string> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), "slipway-app-"));
  for (const [path, text] of Object.entries({
    Dockerfile: "FROM scratch AS it\nARG A\nCOPY app /\n",
    app: "1",
    ...files,
  })) {
    mkdirSync(join(directory, path, ".."), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

function build(props: Partial<BuiltImageProps> = {}, address = "localhost:5001", files: Record<string, string> = {}) {
  let image: BuiltImage | undefined;
  const stack = synthesize((scope) => {
    const repository = SelfHostedRegistry.fromAddress(scope, "registry", { address }).repository("cats");
    image = new BuiltImage(scope, "image", { context: application(files), repository, ...props });
  });
  const data =
    (JSON.parse(stack.json) as { data?: Record<string, Record<string, Record<string, unknown>>> }).data ?? {};
  return { ...stack, data, image: image as BuiltImage };
}

/** The words that the builder is given, and what the script is told. */
function step(props: Partial<BuiltImageProps>, address?: string) {
  const { provisioner } = only(build(props, address), "terraform_data") as {
    provisioner: [{ "local-exec": { command: string; environment: Record<string, string> } }];
  };
  const { command, environment } = provisioner[0]["local-exec"];
  const [, words = ""] = /^sh files\/[0-9a-f]{16}\/buildx-build\.sh (.*)$/s.exec(command) ?? [];
  const own = words.replace(/--label '?[a-z.]+=[^' ]*'? ?/g, "").trim();
  return { words, own, environment };
}

describe("an image of several platforms", () => {
  test("is built and pushed by one step, and known by the digest of the index that the registry has then", () => {
    const { image, ...stack } = build({ ...BOTH, version: "1.4.2", releasedVersions: ["1.4.1"] });
    expect(Object.keys(stack.resource)).toEqual(["terraform_data"]);
    const [[name, made] = []] = Object.entries(stack.resource.terraform_data ?? {});
    const tag = `sha-${image.contentId}`;
    expect(made).toMatchObject({
      triggers_replace: {
        repository: "localhost:5001/cats",
        content: image.contentId,
        tags: [tag, "1.4.2", "1.4", "1", "latest"],
      },
      provisioner: [
        {
          "local-exec": {
            environment: {
              BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
              SLIPWAY_CONTEXT: `contexts/${image.contentId}`,
              SLIPWAY_DOCKERFILE: "Dockerfile",
              SLIPWAY_PUSH: "localhost:5001/cats",
              SLIPWAY_CONTENT: image.contentId,
              SLIPWAY_LABEL: "dev.slipway.content",
              SLIPWAY_FIXED: `${tag} 1.4.2`,
              SLIPWAY_MUTABLE_TAGS: "1.4 1 latest",
              SLIPWAY_MOVES: "1",
              SLIPWAY_NEEDS: "several platforms",
              SLIPWAY_PLATFORMS: "linux/amd64,linux/arm64",
            },
          },
        },
      ],
    });
    expect(Object.values(stack.data.docker_registry_image ?? {})).toEqual([
      expect.objectContaining({ name: `localhost:5001/cats:${tag}`, depends_on: [`terraform_data.${name}`] }),
    ]);
    expect(image.reference).toMatch(/^localhost:5001\/cats@\$\{TfToken\[/);
    expect(stack.provider.docker).toEqual([
      { registry_auth: [{ address: "http://localhost:5001", auth_disabled: true }] },
    ]);
    expect([image.platform, image.platforms]).toEqual([undefined, [LINUX_AMD64, LINUX_ARM64]]);
  });

  test("has one content whatever the order of the list; a list of one is the same as platform", () => {
    const context = application();
    const idOf = (props: Partial<BuiltImageProps>) => build({ context, ...props }).image.contentId;
    expect(idOf(BOTH)).toBe(idOf({ platforms: [LINUX_AMD64, LINUX_ARM64] }));
    expect(idOf(BOTH)).not.toBe(idOf({ platforms: [LINUX_AMD64, LINUX_ARM_V7] }));
    const one = build({ context, platforms: [LINUX_ARM64] });
    expect(one.json).toBe(build({ context, platform: LINUX_ARM64 }).json);
    expect([one.image.platform, one.image.platforms]).toEqual([LINUX_ARM64, undefined]);
    expect(only(one, "docker_image")).toMatchObject({ platform: "linux/arm64" });
  });

  test("goes to ECR by the same step, which comes after the repository; ECR says the digest", () => {
    const props: BuiltImageProps[] = [];
    const stack = synthesize((scope) => {
      const registry = new EcrRegistry(scope, "ecr", { account: "123456789012", region: "eu-west-1" });
      props.push({ context: application(), repository: registry.repository("shop"), version: "1.0.0", ...BOTH });
      new BuiltImage(scope, "image", props[0] as BuiltImageProps);
    });
    const [repository] = Object.keys(stack.resource.aws_ecr_repository ?? {});
    const steps = Object.entries(stack.resource.terraform_data ?? {}).filter(([name]) => name.startsWith("image"));
    expect(steps).toEqual([
      [
        expect.any(String),
        expect.objectContaining({
          depends_on: [`aws_ecr_repository.${repository}`],
          triggers_replace: expect.objectContaining({ repository: `\${aws_ecr_repository.${repository}.id}` }),
        }),
      ],
    ]);
    expect(JSON.stringify(steps)).not.toContain("create_before_destroy");
    const data = (JSON.parse(stack.json) as { data: Record<string, Record<string, Record<string, unknown>>> }).data;
    expect(data.docker_registry_image).toBeUndefined();
    expect(Object.values(data.aws_ecr_image ?? {})).toEqual([
      expect.objectContaining({
        image_tag: expect.stringMatching(/^sha-/),
        depends_on: expect.arrayContaining([`terraform_data.${steps[0]?.[0]}`]),
      }),
    ]);
  });

  test("reads its Dockerfile for each side, and pins what is the same on both", () => {
    const lockfile = join(mkdtempSync(join(tmpdir(), "slipway-lock-")), "slipway.lock.json");
    const digest = `sha256:${"0".repeat(64)}`;
    writeFileSync(lockfile, JSON.stringify({ version: 1, images: { "docker.io/library/alpine:3.20": digest } }));
    process.env.SLIPWAY_LOCKFILE = lockfile;
    const Dockerfile =
      "FROM alpine:3.20\nARG TARGETARCH\nEXPOSE 80\nFROM example.com/base-$TARGETARCH:1\nEXPOSE 8080\nVOLUME /data\n";
    const { image, directory } = build({ ...BOTH, lint: false }, undefined, { Dockerfile });
    delete process.env.SLIPWAY_LOCKFILE;
    expect([image.exposedPorts, image.declaredVolumes]).toEqual([[8080], ["/data"]]);
    expect(image.baseImages).toEqual(["alpine:3.20", "example.com/base-amd64:1", "example.com/base-arm64:1"]);
    const staged = readFileSync(join(directory, "contexts", image.contentId, "Dockerfile"), "utf8");
    expect(staged).toContain(`FROM alpine:3.20@${digest}\n`);
    expect(staged).toContain("FROM example.com/base-$TARGETARCH:1\n");
  });
});

describe("what the provider does not honour in every version", () => {
  test.each<[string, Partial<BuiltImageProps>, string, Record<string, string>]>([
    ["provenance", { provenance: true }, "--provenance=true", { SLIPWAY_NEEDS: "attestations" }],
    ["a list of packages", { sbom: true }, "--sbom=true", { SLIPWAY_NEEDS: "attestations" }],
    ["a builder", { builder: "farm" }, "", { SLIPWAY_BUILDER: "farm" }],
    [
      "a cache in a registry",
      {
        cache: { from: [BuildCache.registry("a.example/b:cache")], to: [BuildCache.registry("a.example/b:cache")] },
      },
      "--cache-from type=registry,ref=a.example/b:cache --cache-to type=registry,ref=a.example/b:cache,mode=max,image-manifest=true,oci-mediatypes=true",
      { SLIPWAY_NEEDS: "a cache of its own" },
    ],
    ["an inline cache", { cache: { to: [BuildCache.inline()] } }, "--cache-to type=inline", {}],
    [
      "a cache that is read alone",
      { cache: { from: [BuildCache.registry("a.example/b:1")] } },
      "--cache-from type=registry,ref=a.example/b:1",
      {},
    ],
    ["an ssh agent", { ssh: [{ id: "default" }] }, "--ssh default", {}],
  ])("%s goes to buildx", (_, props, words, told) => {
    const { own, environment } = step(props);
    expect(own).toBe(words);
    expect(environment).toMatchObject(told);
    if (!("SLIPWAY_NEEDS" in told)) expect(environment).not.toHaveProperty("SLIPWAY_NEEDS");
  });

  test("the rest of what is declared goes with it, whatever is in it", () => {
    const { words, environment } = step(
      {
        builder: "farm",
        platform: LINUX_ARM64,
        args: { A: "it's ${B}" },
        labels: { note: 'a "b"' },
        noCache: true,
        network: "none",
        target: "it",
        secrets: [{ id: "token", env: "TOKEN" }],
      },
      "registry.example.com",
    );
    expect(words).toMatch(
      /^--platform linux\/arm64 --target it --build-arg 'A=it'\\''s \$\$\{B\}' --label dev\.slipway\.content=[0-9a-f]{64} --label dev\.slipway\.stack=stack --label 'note=a "b"' --label org\.opencontainers\.image\.title=cats --secret id=token,env=TOKEN --network none --no-cache$/,
    );
    expect(environment).not.toHaveProperty("SLIPWAY_MOVES");
  });

  test("files are named relative to the stack's folder, where the step runs", () => {
    const key = join(mkdtempSync(join(tmpdir(), "slipway-key-")), "a,b");
    writeFileSync(key, "");
    const { own } = step({
      ssh: [{ id: "deploy", file: key }],
      secrets: [{ id: "token", file: key }],
      cache: { to: [BuildCache.local("cache", { mode: "min" })] },
    });
    expect(own).toMatch(
      /^--secret 'id=token,"src=\.\.\/[^"]*a,b"' --cache-to type=local,dest=\.\.\/[^ ]*\/cache,mode=min --ssh deploy=\.\.\/[^ ]*a,b$/,
    );
  });

  test("a network of RUN steps is the provider's to give: every version does", () => {
    const stack = build({ network: "host" });
    expect(only(stack, "docker_image").build).toMatchObject({ network_mode: "host" });
    expect(stack.resource.terraform_data).toBeUndefined();
  });

  test("switched off it costs nothing: the same synth as without", () => {
    const context = application();
    const off = { provenance: false, sbom: false, cache: { from: [], to: [] }, ssh: [] };
    expect(build({ context, ...off }).json).toBe(build({ context }).json);
  });
});

const token = Lazy.stringValue({ produce: () => "late" });

test.each<[string, Record<string, unknown>, string]>([
  [
    "both of platform and platforms",
    { platform: LINUX_ARM64, platforms: [LINUX_AMD64, LINUX_ARM64] },
    "stack/image: platforms: is linux/amd64, linux/arm64, and platform is linux/arm64: declare one of the two",
  ],
  [
    "a platform twice",
    { platforms: [LINUX_ARM64, Platform.parse("linux/arm64/v8")] },
    "stack/image: platforms: names linux/arm64 twice: an image has one side for each",
  ],
  [
    "no platform at all",
    { platforms: [] },
    "stack/image: platforms: is empty: name the platforms, or leave it out for the engine's own",
  ],
  [
    "a text in place of a platform",
    { platforms: ["linux/arm64"] },
    'stack/image: platforms: platform must be a Platform, got "linux/arm64": write Platform.LINUX_ARM64',
  ],
  [
    "a text in place of the list",
    { platforms: "linux/arm64,linux/amd64" },
    "stack/image: platforms: platforms must be a list of which each must be a Platform",
  ],
  [
    "a text in place of a cache",
    { cache: { from: ["a:b"] } },
    'stack/image: cache.from: build cache must be a BuildCache, got "a:b": write BuildCache.registry',
  ],
  [
    "an inline cache to read from",
    { cache: { from: [BuildCache.inline()] } },
    "stack/image: cache.from: an inline cache is read from the image that carries it: write BuildCache.registry with its tag",
  ],
  [
    "a builder's name that is none",
    { builder: "my builder" },
    'stack/image: builder: name must be letters, digits, dots, dashes and underscores, got "my builder"',
  ],
  ["a builder that Terraform knows only later", { builder: token }, "stack/image: builder: must be a literal"],
  [
    "a network of the engine's",
    { network: "backend" },
    "stack/image: network: network of a build must be default, none or host, got \"backend\": a network of the engine's is out of a builder's reach",
  ],
  [
    "a word in place of a yes",
    { provenance: "max" },
    'stack/image: provenance: provenance must be true or false, got "max"',
  ],
  [
    "a key's file that is not there",
    { ssh: [{ id: "a", file: "/nonexistent" }] },
    "stack/image: ssh[a]: file of a build must exist",
  ],
  ["a key twice", { ssh: [{ id: "a" }, { id: "a" }] }, "stack/image: ssh[a]: is declared twice: one mount has one id"],
  ["a name in place of the keys", { ssh: "default" }, 'stack/image: ssh: ssh must be a list, got "default"'],
  ["a name in place of a key", { ssh: ["default"] }, "stack/image: ssh[0]: BuiltImage options must be an object"],
])("refuses %s", (_, props, message) => {
  expect(() => build(props as Partial<BuiltImageProps>)).toThrow(message);
});

test("refuses a cache folder in the build context, which would be another content after each build", () => {
  const context = application();
  const cache = { to: [BuildCache.local(join(context, ".cache"))] };
  expect(() => build({ context, cache })).toThrow(
    /stack\/image: cache\.to: cache folder must lie outside the build context, whose content it would change, got /,
  );
});

test("refuses a Dockerfile that one of the platforms contradicts, naming the list", () => {
  const Dockerfile = "FROM --platform=linux/arm64 scratch\nFROM --platform=linux/arm64 example.com/a:1\n";
  expect(() => build({ ...BOTH }, undefined, { Dockerfile })).toThrow(
    "stack/image: platforms: Dockerfile line 2 starts from linux/arm64, but the image is declared for linux/amd64",
  );
});
