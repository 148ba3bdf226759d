import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { App } from "cdktf";
import {
  BuiltImage,
  DockerHub,
  Environment,
  HealthCheck,
  type IImage,
  LocalHost,
  PromotableRelease,
  PromotedImage,
  PulledImage,
} from "../../src/index.ts";
import { synthesize as synthesizeStack } from "../../src/testing/index.ts";
import { only, synthesize } from "../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const health = HealthCheck.http("/");

function context(): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-app-"));
  writeFileSync(join(folder, "Dockerfile"), 'FROM scratch\nCOPY Dockerfile /\nEXPOSE 8080\nCMD ["/a"]\n');
  return folder;
}

function released(declare: (host: LocalHost, image: IImage) => unknown = () => {}, props = {}) {
  const stack = synthesize((stack) => {
    const release = new PromotableRelease(stack, "release", props);
    expect(release.file).toBe((props as { file?: string }).file ?? "release.stack.json");
    const repository = new DockerHub(stack, "hub", { namespace: "shop" }).repository("web");
    const image = new BuiltImage(stack, "web", { context: context(), repository, version: "1.4.2" });
    const host = new LocalHost(stack, "host");
    host.run("shop", { image, health });
    declare(host, image);
  });
  const step = only(stack, "terraform_data", /^release_Resource_|^release_[0-9A-F]{8}$/) as unknown as {
    depends_on: string[];
    triggers_replace: { text: string };
    provisioner: Record<string, { command: string; environment: { SLIPWAY_FILE: string; SLIPWAY_TEXT: string } }>[];
  };
  const { SLIPWAY_TEXT: text, SLIPWAY_FILE: file } = step.provisioner[0]?.["local-exec"]?.environment ?? {};
  return { step, file, text, document: JSON.parse(text as string) };
}

test("it names what hosts run, each image by the digest that the push will say, whatever is declared after it", () => {
  const { document, file } = released();
  expect(document).toEqual({
    schema: 1,
    stack: "stack",
    images: {
      web: {
        reference: expect.stringMatching(
          /^docker\.io\/shop\/web@\$\{docker_registry_image\.web_Push_\w+\.sha256_digest\}$/,
        ),
        version: "1.4.2",
        contentId: expect.stringMatching(/^[0-9a-f]{64}$/),
        platforms: [],
        exposedPorts: [8080],
        declaredVolumes: [],
        runs: ["host/shop"],
      },
    },
  });
  expect(file).toMatch(/release\.stack\.json$/);
});

test("it is written once every host has said that it serves that, and again when something of it is another", () => {
  const { step, text } = released();
  expect(step.depends_on).toEqual([
    expect.stringMatching(/^terraform_data\.host_Release_(Resource_)?[0-9A-F]{8}$/),
    expect.stringMatching(/^terraform_data\.host_Release_Verify_[0-9A-F]{8}$/),
  ]);
  expect(step.triggers_replace.text).toBe(text);
});

test("an image that two services run is one", () => {
  const { document } = released((host, image) => host.run("again", { image, health }));
  expect(document.images.web.runs).toEqual(["host/again", "host/shop"]);
});

test("an image that is pulled is promoted by its pin", () => {
  const pulled = (text: string) =>
    released((host) => {
      host.run("cache", { image: new PulledImage(host, "redis", { image: text }), port: 6379, health });
    }).document.images["host/redis"];
  expect(pulled(`redis:7@${DIGEST}`)).toEqual({
    reference: `docker.io/library/redis@${DIGEST}`,
    platforms: [],
    runs: ["host/cache"],
  });
});

test("what is promoted can be promoted on, and says its environment", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-release-"));
  const file = join(folder, "release.json");
  const web = {
    reference: `docker.io/staging/web@${DIGEST}`,
    version: "1.4.2",
    platforms: [],
    exposedPorts: [8080],
    runs: [],
  };
  writeFileSync(file, JSON.stringify({ schema: 1, stack: "shop-staging", images: { web } }));
  const stack = new Environment({ name: "production" }).stack(new App({ outdir: folder }), "shop");
  const repository = new DockerHub(stack, "hub", { namespace: "shop" }).repository("web");
  new LocalHost(stack, "host").run("web", {
    image: PromotedImage.from(stack, "web", { release: file, repository }),
    health,
  });
  new PromotableRelease(stack, "release", { file: join(folder, "next.json") });
  const { json } = synthesizeStack(stack);
  const step = Object.entries<{ provisioner: { "local-exec": { environment: { SLIPWAY_TEXT: string } } }[] }>(
    JSON.parse(json).resource.terraform_data,
  ).find(([name]) => name.startsWith("release_"))?.[1];
  expect(JSON.parse(step?.provisioner[0]?.["local-exec"].environment.SLIPWAY_TEXT as string)).toMatchObject({
    stack: "shop-production",
    environment: "production",
    images: { web: { reference: `docker.io/shop/web@${DIGEST}`, version: "1.4.2" } },
  });
});

describe("the script that writes it", () => {
  const script = resolve(__dirname, "../../src/hosts/write-release.sh");
  const write = (file: string, text: string) =>
    spawnSync("/bin/sh", [script], {
      encoding: "utf8",
      env: { PATH: process.env.PATH, SLIPWAY_FILE: file, SLIPWAY_TEXT: text },
    });

  test("writes the text as it is, into a folder that it makes, and leaves nothing beside it", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-release-"));
    const file = join(folder, "releases", "shop-staging.json");
    const text = '{\n  "a": "\\\\ %s $HOME `x`"\n}';
    expect(write(file, text)).toMatchObject({ status: 0, stdout: `what is served stands in ${file}\n` });
    expect(readFileSync(file, "utf8")).toBe(`${text}\n`);
    expect(readdirSync(join(folder, "releases"))).toEqual(["shop-staging.json"]);
  });

  test("fails, and keeps what was there, where it cannot", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-release-"));
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "taken", "a"), "");
    const { status, stdout } = write(join(folder, "taken", "a", "b.json"), "{}");
    expect([status, stdout]).toEqual([1, `${join(folder, "taken", "a", "b.json")}: its folder cannot be made\n`]);
    expect(existsSync(join(folder, "taken", "a"))).toBe(true);
  });
});
