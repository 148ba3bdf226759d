import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { FakeRegistry } from "./fake-registry.ts";
import { CONTENT, Shop } from "./shop.ts";

let shop: Shop;
let file: string;

beforeEach(async () => {
  shop = await Shop.open();
  file = join(shop.root, "shop.tar");
});

afterEach(() => shop.stop());

const save = async (what = "shop") => expect(await shop.run(`save ${what} ${file}`)).toMatchObject({ code: 0 });

/** A tar of these files. */
async function tar(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const packed = pack();
  for (const [name, text] of Object.entries(files)) packed.entry({ name }, text);
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

it("saves a stack as one file, the same bytes each time, and a layer that images share once", async () => {
  await save();
  const first = readFileSync(file);
  await save();
  expect(readFileSync(file).equals(first)).toBe(true);
  expect(first.toString("latin1").split("the layer of the base image").length - 1).toBe(1);
  expect(existsSync(`${file}.part`)).toBe(false);
});

it("loads into an empty registry under the same digests and tags", async () => {
  await save();
  const other = await FakeRegistry.start();
  try {
    const { code, printed } = await shop.run(`load ${file} --registry ${other.host} --json`);
    expect(code).toBe(0);
    expect(JSON.parse(printed).images).toContainEqual({
      name: `${other.host}/shop/web:1.4.2`,
      digest: shop.digests.web,
    });
    expect(other.tags).toEqual(
      new Map([
        ["shop/api:2.0.0", shop.digests.api],
        [`shop/api:sha-${CONTENT.api}`, shop.digests.api],
        ["shop/web:1.4.2", shop.digests.web],
        [`shop/web:sha-${CONTENT.web}`, shop.digests.web],
        ["base/proxy:1.27", shop.digests.proxy],
      ]),
    );
    const puts = other.asked.filter((line) => line.startsWith("POST")).length;
    await shop.run(`load ${file} --registry ${other.host}`);
    expect(other.asked.filter((line) => line.startsWith("POST"))).toHaveLength(puts);
  } finally {
    other.stop();
  }
});

it("streams a layer that is larger than what it takes into memory", async () => {
  const digest = shop.registry.image("shop/api", [`sha-${CONTENT.api}`, "2.0.0"], {
    layers: ["large".repeat(2_000_000)],
  });
  await save("api-image");
  const other = await FakeRegistry.start();
  try {
    expect((await shop.run(`load ${file} --registry ${other.host}`)).code).toBe(0);
    expect(other.tags.get("shop/api:2.0.0")).toBe(digest);
    expect([...other.blobs.values()].some(({ length }) => length === 10_000_000)).toBe(true);
  } finally {
    other.stop();
  }
});

it("keeps an index and all of its sides", async () => {
  const { registry } = shop;
  const arm = registry.image("shop/api", [], { layers: ["arm"], architecture: "arm64" });
  const index = registry.index("shop/api", [`sha-${CONTENT.api}`, "2.0.0"], {
    "linux/arm64": arm,
    "linux/amd64": shop.digests.api,
  });
  await save("api-image");
  const other = await FakeRegistry.start();
  try {
    await shop.run(`load ${file} --registry ${other.host}`);
    expect(other.tags.get("shop/api:2.0.0")).toBe(index);
    expect([...other.manifests.keys()].sort()).toEqual([arm, index, shop.digests.api].sort());
  } finally {
    other.stop();
  }
  const { code } = await shop.run(`load ${file}`);
  expect([code, shop.engine.images.map(({ RepoTags }) => RepoTags)]).toEqual([
    0,
    [[`${registry.host}/shop/api:sha-${CONTENT.api}`, `${registry.host}/shop/api:2.0.0`]],
  ]);
});

it("loads into an engine by the archive that every one of them knows, zipped or not", async () => {
  await save("web-image");
  writeFileSync(file, gzipSync(readFileSync(file)));
  const { code, text } = await shop.run(`load ${file}`);
  expect([code, text.trim().split("\n").at(-1)]).toEqual([0, `registry.eu:443/shop/web:1.4.2@${shop.digests.web}`]);
  expect(shop.engine.loaded.slice(0, 3)).toEqual(["oci-layout", "index.json", "manifest.json"]);
});

it("follows a registry that keeps its layers elsewhere, without its login", async () => {
  const asked: (string | undefined)[] = [];
  const elsewhere = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.end(shop.registry.blobs.get((request.url ?? "").slice(1)));
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
  shop.registry.blobsAt = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  try {
    await save();
    expect(asked.length).toBeGreaterThan(3);
    expect(new Set(asked)).toEqual(new Set([undefined]));
  } finally {
    elsewhere.close();
    elsewhere.closeAllConnections();
  }
});

describe("refuses", () => {
  const files: readonly [string, () => Promise<Buffer>, RegExp][] = [
    [
      "what is no tar",
      async () => Buffer.from("no tar at all".repeat(100)),
      /is no tar of images|is a tar without images/,
    ],
    [
      "a tar of something else",
      () => tar({ "readme.txt": "hello" }),
      /is a tar without images: it has no oci-layout; nothing was loaded/,
    ],
    ["an archive of an old engine", () => tar({ "manifest.json": "[]" }), /docker load takes it; nothing was loaded/],
    ["a layout of nothing", () => tar({ "oci-layout": "{}", "index.json": '{"manifests":[]}' }), /names no image/],
    [
      "a layout that lacks what it names",
      () =>
        tar({
          "oci-layout": "{}",
          "index.json": JSON.stringify({ manifests: [{ digest: `sha256:${"0".repeat(64)}`, mediaType: "a" }] }),
        }),
      /lacks sha256:0+, which it names/,
    ],
    [
      "a file that is damaged",
      () => tar({ [`blobs/sha256/${"0".repeat(64)}`]: "x" }),
      /is damaged: what it calls sha256:0+ is sha256:/,
    ],
  ];

  it.each(files)("%s", async (_, make, message) => {
    writeFileSync(file, await make());
    await expect(shop.run(`load ${file}`)).rejects.toThrow(message);
    expect(shop.engine.changes).toEqual([]);
  });

  it("a file that is not there", async () => {
    await expect(shop.run("load gone.tar")).rejects.toThrow("gone.tar is no file that is here");
  });

  it("a file that was cut", async () => {
    await save();
    writeFileSync(file, readFileSync(file).subarray(0, -3000));
    await expect(shop.run(`load ${file}`)).rejects.toThrow(/nothing was loaded/);
    expect(shop.engine.changes).toEqual([]);
  });

  it("an image of a platform that the engine does not run", async () => {
    await save("web-image");
    shop.engine.architecture = "arm64";
    await expect(shop.run(`load ${file}`)).rejects.toThrow(
      /is for linux\/amd64, and the engine at .* runs linux\/arm64: nothing was loaded/,
    );
    expect(shop.engine.changes).toEqual([]);
  });

  it("to move a version of a registry, before it has uploaded a byte", async () => {
    await save();
    const other = await FakeRegistry.start();
    try {
      const is = other.image("shop/web", ["1.4.2"], { layers: ["another"] });
      await expect(shop.run(`load ${file} --registry ${other.host}`)).rejects.toThrow(
        /1\.4\.2 stands for .* and would move to .*nothing was loaded/,
      );
      expect(other.tags).toEqual(new Map([["shop/web:1.4.2", is]]));
      expect(other.asked.filter((line) => !/^(GET|HEAD)/.test(line))).toEqual([]);
    } finally {
      other.stop();
    }
  });

  it("to move a version of an engine, before it has loaded anything", async () => {
    await save("web-image");
    const is = {
      Id: "sha256:other",
      RepoTags: [`${shop.registry.host}/shop/web:1.4.2`],
      RepoDigests: [],
      Size: 1,
      Created: 1,
    };
    shop.engine.images.push(is);
    await expect(shop.run(`load ${file}`)).rejects.toThrow(
      /1\.4\.2 stands for other on this engine and would move: a version is one image for good; nothing was loaded/,
    );
    expect(shop.engine.changes).toEqual([]);
  });

  it("a registry's address that is none", async () => {
    await save();
    await expect(shop.run(`load ${file} --registry http://a.example`)).rejects.toThrow('use "a.example"');
  });

  it("to save what a registry answers wrongly, and leaves no half a file", async () => {
    shop.registry.tampers = true;
    await expect(shop.run(`save shop ${file}`)).rejects.toThrow();
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false]);
  });
});

it("names a digest as the specification does", () => {
  expect(shop.digests.web).toBe(
    `sha256:${createHash("sha256")
      .update(shop.registry.manifests.get(shop.digests.web)?.bytes ?? "")
      .digest("hex")}`,
  );
});
