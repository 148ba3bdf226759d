import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TerraformStack, TerraformVariable } from "cdktf";
import { Ghcr } from "../../src/docker/hosted-registry.ts";
import { PulledImage, type PulledImageProps } from "../../src/docker/pulled-image.ts";
import { LocalHost } from "../../src/hosts/local/local-host.ts";
import { HealthCheck } from "../../src/values/health-check.ts";
import { synthesize } from "../synthesize.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const OTHER = `sha256:${"b".repeat(64)}`;
const environment = { ...process.env };

function lockfile(content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), "slipway-lock-")), "slipway.lock.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function pull(props: PulledImageProps, context: Record<string, unknown> = {}): PulledImage {
  let image: PulledImage | undefined;
  synthesize((stack) => {
    image = new PulledImage(stack, "image", props);
  }, context);
  return image as PulledImage;
}

beforeEach(() => {
  process.env.SLIPWAY_LOCKFILE = lockfile({ version: 1, images: { "docker.io/library/nginx:1.27": DIGEST } });
});
afterEach(() => {
  process.env = { ...environment };
});

describe("PulledImage", () => {
  test("runs by the digest that the lockfile says", () => {
    const image = pull({ image: "nginx:1.27" });
    expect(image.reference).toBe(`docker.io/library/nginx@${DIGEST}`);
    expect(image.declared).toBe("docker.io/library/nginx:1.27");
  });

  test("takes its access from the repository that it is given", () => {
    synthesize((stack) => {
      const repository = new Ghcr(stack, "ghcr", { owner: "team" }).repository("app");
      const image = new PulledImage(stack, "image", { image: `ghcr.io/team/app@${DIGEST}`, repository });
      expect(image.repository).toBe(repository);
      expect(image.reference).toBe(`ghcr.io/team/app@${DIGEST}`);
      expect(() => new PulledImage(stack, "other", { image: `ghcr.io/team/web@${DIGEST}`, repository })).toThrow(
        "stack/other: repository: is ghcr.io/team/app, but the image is in ghcr.io/team/web: let both name the same one",
      );
    });
  });

  test("runs by its own digest without any lockfile", () => {
    process.env.SLIPWAY_LOCKFILE = "/nonexistent/slipway.lock.json";
    expect(pull({ image: `ghcr.io/owner/app@${OTHER}` }).reference).toBe(`ghcr.io/owner/app@${OTHER}`);
  });

  test("takes a digest beside a tag that agrees, or that nothing is known of", () => {
    expect(pull({ image: `nginx:1.27@${DIGEST}` }).reference).toBe(`docker.io/library/nginx@${DIGEST}`);
    expect(pull({ image: `redis:7@${OTHER}` }).reference).toBe(`docker.io/library/redis@${OTHER}`);
  });

  test.each<[string, PulledImageProps, RegExp]>([
    [
      "a digest that disagrees with its tag",
      { image: `nginx:1.27@${OTHER}` },
      /stack\/image: image: is pinned to sha256:b+, but the lockfile says that docker.io\/library\/nginx:1.27 is sha256:a+: drop the tag or the digest/,
    ],
    [
      "a tag that nothing pins",
      { image: "redis:7" },
      /stack\/image: image: nothing pins docker.io\/library\/redis:7 to a digest: run npx slipway lock/,
    ],
    ["upper case, and says what was meant", { image: "Nginx:1.27" }, /stack\/image: image: .*lower.?case.*nginx/i],
    ["a scheme", { image: "https://ghcr.io/a/b:1" }, /stack\/image: image: .*scheme/],
  ])("refuses %s", (_, props, message) => expect(() => pull(props)).toThrow(message));

  test("refuses a token, whose text nobody can read at synth", () => {
    const declare = (stack: TerraformStack) => {
      const variable = new TerraformVariable(stack, "tag", { type: "string" });
      new PulledImage(stack, "image", { image: `nginx:${variable.stringValue}` });
    };
    expect(() => synthesize(declare)).toThrow(/stack\/image: image: must be a literal/);
  });

  test("outside strict mode an unpinned image is a warning and runs by its tag", () => {
    expect(pull({ image: "redis:7" }, { "slipway:strict": false }).reference).toBe("docker.io/library/redis:7");
    expect(() => pull({ image: "redis:7" }, { "slipway:strict": true })).toThrow(/nothing pins/);
  });

  test("collecting writes down what is asked for, and nothing missing is an error", () => {
    const collected = lockfile("");
    process.env.SLIPWAY_LOCK_COLLECT = collected;
    pull({ image: "redis:7" });
    pull({ image: "nginx" });
    expect(readFileSync(collected, "utf8")).toBe("docker.io/library/redis:7\ndocker.io/library/nginx:latest\n");
  });

  test("collecting goes on behind an image that a host takes by digest alone", () => {
    const collected = lockfile("");
    process.env.SLIPWAY_LOCK_COLLECT = collected;
    synthesize((stack) => {
      const host = new LocalHost(stack, "host");
      host.run("redis", {
        image: new PulledImage(stack, "redis-image", { image: "redis:7" }),
        health: HealthCheck.running(5),
      });
      new PulledImage(stack, "later", { image: "postgres:16" });
    });
    expect(readFileSync(collected, "utf8")).toContain("docker.io/library/redis:7\n");
    expect(readFileSync(collected, "utf8")).toContain("docker.io/library/postgres:16\n");
  });

  test.each([
    ["no JSON", "{"],
    ["another version", { version: 2, images: {} }],
    ["a tag in place of a digest", { version: 1, images: { "docker.io/library/nginx:1.27": "latest" } }],
    ["a list", { version: 1, images: [] }],
  ])("refuses a lockfile with %s", (_, content) => {
    process.env.SLIPWAY_LOCKFILE = lockfile(content);
    expect(() => pull({ image: "nginx:1.27" })).toThrow(/lockfile: is not a lockfile of version 1/);
  });
});
