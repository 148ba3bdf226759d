import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTENT, Shop } from "./shop.ts";

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
});

afterEach(() => shop.stop());

const plain = (text: string) => text.replace(/\s+/g, " ").trim();

describe("images pull", () => {
  it("brings what is declared by digest, and gives it the declared tags", async () => {
    const { code } = await shop.run("pull shop");
    const { host } = shop.registry;
    expect(code).toBe(0);
    expect(shop.engine.changes).toEqual([
      `POST /images/create?fromImage=${host}/shop/api&tag=${shop.digests.api}`,
      `POST /images/${host}/shop/api@${shop.digests.api}/tag?repo=${host}/shop/api&tag=sha-${CONTENT.api}`,
      `POST /images/${host}/shop/api@${shop.digests.api}/tag?repo=${host}/shop/api&tag=2.0.0`,
      `POST /images/create?fromImage=${host}/shop/web&tag=${shop.digests.web}`,
      `POST /images/${host}/shop/web@${shop.digests.web}/tag?repo=${host}/shop/web&tag=sha-${CONTENT.web}`,
      `POST /images/${host}/shop/web@${shop.digests.web}/tag?repo=${host}/shop/web&tag=1.4.2`,
      `POST /images/create?fromImage=${host}/base/proxy&tag=${shop.digests.proxy}&platform=linux/amd64`,
      `POST /images/${host}/base/proxy@${shop.digests.proxy}/tag?repo=${host}/base/proxy&tag=1.27`,
    ]);
    expect((await shop.run("pull web-image")).text).toMatch(/is here already/);
  });

  it("says it only with --dry-run", async () => {
    expect((await shop.run("pull --dry-run")).text.match(/would be pulled/g)).toHaveLength(3);
    expect(shop.engine.changes).toEqual([]);
  });
});

describe("images push", () => {
  it("pushes the tags that are missing, by the engine", async () => {
    shop.build();
    shop.registry.tags.delete("shop/web:1.4.2");
    expect((await shop.run("push web-image --dry-run")).text).toMatch(/1\.4\.2 would be pushed/);
    expect(shop.engine.changes).toEqual([]);
    expect((await shop.run("push web-image")).code).toBe(0);
    expect(shop.engine.changes.at(-1)).toBe(`POST /images/${shop.registry.host}/shop/web:1.4.2/push`);
  });

  it("has nothing to do where all is there", async () => {
    shop.build();
    expect((await shop.run("push web-image")).text).toMatch(/has 2 tags of it already/);
  });

  it("moves no version", async () => {
    shop.build();
    shop.registry.tags.set("shop/web:1.4.2", shop.digests.api);
    await expect(shop.run("push web-image")).rejects.toThrow(
      /which is other content: a version is one image for good.*nothing was pushed/,
    );
    expect(shop.engine.changes).toEqual([]);
  });

  it.each([
    ["proxy-image", /is not built here, but pulled/],
    ["web-image", /this engine does not have .*: npx slipway up builds what is declared/],
  ])("refuses %s", async (image, message) => {
    await expect(shop.run(`push ${image}`)).rejects.toThrow(message);
  });
});

describe("images rm", () => {
  it("removes every name of it, when somebody says yes", async () => {
    shop.build({ running: false });
    expect(await shop.run("rm web-image", { typed: "n" })).toMatchObject({
      code: 1,
      text: expect.stringMatching(/nothing was removed/),
    });
    expect(shop.engine.changes).toEqual([]);
    expect((await shop.run("rm web-image", { typed: "y" })).code).toBe(0);
    const name = `${shop.registry.host}/shop/web`;
    expect(shop.engine.changes).toEqual([`DELETE /images/${name}:sha-${CONTENT.web}`, `DELETE /images/${name}:1.4.2`]);
  });

  it("asks nobody with --auto-approve, and without a terminal says so", async () => {
    shop.build({ running: false });
    expect(plain((await shop.run("rm web-image")).text)).toContain("nobody can be asked here: add --auto-approve");
    expect((await shop.run("rm web-image --auto-approve")).code).toBe(0);
    await expect(shop.run("rm web-image --auto-approve")).rejects.toThrow(/this engine does not have shop\/web-image/);
  });

  it("leaves what a container has, whether it runs or not", async () => {
    shop.build();
    expect(await shop.run("rm web-image --auto-approve")).toMatchObject({
      code: 1,
      text: expect.stringMatching(/stays: the container shop-host-web-1 has it \(running\)/),
    });
    expect(shop.engine.changes).toEqual([]);
  });

  it("knows a container by the name of its image, too", async () => {
    shop.build();
    const [container] = shop.engine.containers;
    if (container) shop.engine.containers = [{ ...container, ImageID: "sha256:its-own-side" }];
    expect(await shop.run("rm web-image --auto-approve")).toMatchObject({ code: 1 });
    expect(shop.engine.changes).toEqual([]);
  });

  it("leaves what a service of the deployed release is declared to run", async () => {
    shop.build({ running: false });
    await shop.run("");
    const description = JSON.parse(JSON.stringify(require(join(shop.root, "declared/stacks/shop/slipway.json"))));
    writeFileSync(join(shop.root, "terraform.shop.tfstate"), "{}");
    writeFileSync(join(shop.root, "terraform.shop.tfstate.slipway.json"), JSON.stringify({ format: 1, description }));
    const { code, text } = await shop.run("rm web-image --auto-approve");
    expect([code, plain(text)]).toEqual([
      1,
      expect.stringContaining("what is deployed of shop has it, and a service runs it"),
    ]);
    expect(shop.engine.changes).toEqual([]);
  });
});

describe("images prune", () => {
  const old = (digit: string, day: number, more: object = {}) => ({
    ...{ Id: `sha256:${digit}`, RepoTags: [`${shop.registry.host}/shop/web:sha-${digit.repeat(64)}`], RepoDigests: [] },
    ...{
      Labels: { "dev.slipway.stack": "shop", "dev.slipway.content": digit.repeat(64) },
      Size: 5_000_000,
      Created: day * 86_400,
    },
    ...more,
  });

  beforeEach(() => {
    shop.engine.images.push(...[1, 2, 3, 4, 5].map((day) => old(`${day}`, day)));
    shop.engine.images.push(
      old("6", 0, { Labels: { "dev.slipway.stack": "another", "dev.slipway.content": "6" } }),
      old("7", 0, { Labels: {} }),
    );
  });

  it("takes what is no longer declared, but for the newest, what runs, and what is of others", async () => {
    const container = { Names: ["/a"], Image: "", ImageID: "sha256:1", State: "exited", Labels: {} };
    expect((await shop.run("prune --dry-run")).text.match(/would go/g)).toHaveLength(2);
    shop.engine.containers.push(container);
    expect((await shop.run("prune shop --auto-approve")).code).toBe(0);
    expect(shop.engine.changes).toEqual([`DELETE /images/${shop.registry.host}/shop/web:sha-${"2".repeat(64)}`]);
    expect((await shop.run("prune --auto-approve")).text).toMatch(/nothing to remove: 4 images of shop/);
  });

  it("keeps what is declared, and what was declared before", async () => {
    shop.engine.images.push(
      old("a1", 0, {
        RepoTags: [`${shop.registry.host}/shop/web:sha-${CONTENT.web}`],
        Labels: { "dev.slipway.stack": "shop", "dev.slipway.content": CONTENT.web },
      }),
    );
    await shop.run("");
    const previous = JSON.parse(JSON.stringify(require(join(shop.root, "declared/stacks/shop/slipway.json"))));
    previous.constructs[0].contentId = "1".repeat(64);
    writeFileSync(join(shop.root, "declared/stacks/shop/slipway.previous.json"), JSON.stringify(previous));
    await shop.run("prune --auto-approve");
    expect(shop.engine.images.map(({ Id }) => Id).sort()).toEqual([
      "sha256:1",
      "sha256:3",
      "sha256:4",
      "sha256:5",
      "sha256:6",
      "sha256:7",
      "sha256:a1",
    ]);
  });
});

describe("images flatten", () => {
  it("makes an image of what it exports, with all of the configuration, and says what is lost", async () => {
    shop.build();
    const built = shop.engine.images.find(({ RepoTags }) => RepoTags.includes(`${shop.registry.host}/shop/web:1.4.2`));
    const more = {
      ...{ StopSignal: "SIGINT", OnBuild: ["RUN x"], Shell: null, Labels: { note: "two\nlines" } },
      Healthcheck: { Test: ["CMD", "curl", "-f", "http://localhost/"], Interval: 5_000_000_000, Retries: 2 },
    };
    if (built === undefined) throw new Error("nothing was built");
    const before = { ...built.Config, ...more };
    built.Config = { ...before, Hostname: "", AttachStdin: false, Image: "sha256:0" };
    const { code, text } = await shop.run("flatten web-image 1.4.2-flat");
    expect(code).toBe(0);
    expect(plain(text)).toMatch(
      /1\.4\.2-flat is [0-9a-f]{12}, one layer of 5B; .* is 2 layers of 1MB lost: the history of 3 steps/,
    );
    const { Shell: _, ...kept } = before as Record<string, unknown>;
    expect(shop.engine.images.at(-1)).toMatchObject({ RepoTags: [`${shop.registry.host}/shop/web:1.4.2-flat`] });
    expect(shop.engine.images.at(-1)?.Config).toEqual(kept);
    expect(shop.engine.changes.at(-1)).toMatch(/^DELETE \/containers\/c1/);
  });

  it.each([
    ["web-image 1.4.2", /is what shop\/web-image declares/],
    ["web-image bad/tag", /image tag must be 1 to 128/],
    ["api-image flat", /this engine does not have shop\/api-image: npx slipway images pull shop\/api-image/],
  ])("refuses %s", async (words, message) => {
    shop.build();
    await expect(shop.run(`flatten ${words}`)).rejects.toThrow(message);
    expect(shop.engine.changes).toEqual([]);
  });

  it("overwrites nothing", async () => {
    shop.build();
    shop.engine.images[0]?.RepoTags.push(`${shop.registry.host}/shop/web:taken`);
    await expect(shop.run("flatten web-image taken")).rejects.toThrow(
      /is [0-9a-f]{12} on this engine: give what is flattened another tag/,
    );
  });
});
