import { join } from "node:path";
import { expectGolden } from "../../golden.ts";
import { CONTENT, Shop } from "./shop.ts";

let shop: Shop;

beforeEach(async () => {
  shop = await Shop.open();
});

afterEach(() => shop.stop());

const golden = (name: string, text: string) => expectGolden(join(__dirname, "golden", `${name}.txt`), text);
const asJson = ({ printed }: { printed: string }) => JSON.parse(printed);

describe("images", () => {
  it("lists every declared image, where it is, and what a registry keeps beside", async () => {
    shop.build();
    const { code, text } = await shop.run("");
    expect(code).toBe(0);
    golden("images", text);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("says what differs, in words", async () => {
    shop.build({ digest: `sha256:${"9".repeat(64)}` });
    golden("images-differ", (await shop.run("shop")).text);
  });

  it("says it in colour, too", async () => {
    shop.build({ digest: `sha256:${"9".repeat(64)}` });
    expect((await shop.run("shop", { colour: true })).text).toContain(
      "\u001b[33mdiffers: this engine has 999999999999",
    );
  });

  it("prints the same for programs", async () => {
    shop.build();
    const { schema, images, undeclared, notes } = asJson(await shop.run("--json"));
    expect({ schema, notes }).toEqual({ schema: 1, notes: [] });
    expect(images.find(({ path }: { path: string }) => path === "shop/web-image")).toEqual({
      ...{
        name: `${shop.registry.host}/shop/web`,
        path: "shop/web-image",
        stack: "shop",
        kind: "built",
        version: "1.4.2",
      },
      ...{
        contentId: CONTENT.web,
        tags: [`sha-${CONTENT.web}`, "1.4.2"],
        digest: shop.digests.web,
        id: expect.any(String),
      },
      ...{ size: expect.any(Number), created: "2026-01-02T03:04:05Z", platforms: ["linux/amd64"], registry: "there" },
      ...{ engine: true, runs: ["shop/host/web"], differences: [] },
    });
    expect(undeclared).toEqual([
      { name: `${shop.registry.host}/shop/web`, digest: expect.any(String), tags: ["1.4.1", `sha-${CONTENT.old}`] },
    ]);
  });

  it.each<[string, RegExp]>([
    ["{{.Repository}}:{{.Tag}}", /^127\.0\.0\.1:\d+\/shop\/web:1\.4\.2$/m],
    ["{{.ID}} {{.Size}}", /^[0-9a-f]{12} \d+B$/m],
    ["{{.Digest}}", /^sha256:[0-9a-f]{64}$/m],
    ["{{.CreatedSince}}", /^7 days ago$/m],
    ["{{.CreatedAt}}", /^2026-01-02 03:04:05 \+0000 UTC$/m],
    ["table {{.Tag}}\\t{{.Size}}", /^TAG {5}SIZE\n2\.0\.0 {3}190B$/m],
    ["json", /^\{"Repository":"127.*"Tag":"1\.4\.2","ID":"[0-9a-f]{12}".*\}$/m],
  ])("prints by Docker's own fields: %s", async (format, printed) => {
    expect((await shop.run([`--format=${format}`])).printed).toMatch(printed);
  });

  it("names the fields that there are, before anything is asked", async () => {
    await expect(shop.run("--format {{.Name}}")).rejects.toThrow(
      "--format: {{.Name}} is no field that there is: there are {{.Repository}}, {{.Tag}}, {{.ID}}, {{.Digest}}, {{.CreatedSince}}, {{.CreatedAt}}, {{.Size}}, table in front of them, and json",
    );
    expect(shop.registry.asked).toEqual([]);
  });

  it("says what could not be asked, and shows the rest", async () => {
    const { code, text } = await shop.run("", { engine: "tcp://127.0.0.1:9" });
    expect(code).toBe(0);
    expect(text).toContain("what is here is not known: the engine at tcp://127.0.0.1:9 does not answer");
    expect(text).toContain("in the registry");
    shop.registry.denies = 403;
    const denied = await shop.run("");
    expect(denied.code).toBe(0);
    expect(denied.text).toContain("the registry does not say:");
    expect(denied.text).toContain("what else the registries keep is not known:");
  });

  it("takes nothing for undeclared that another stack declares in the same repository", async () => {
    const image = {
      kind: "image",
      repository: `${shop.registry.host}/shop/web`,
      version: "1.4.1",
      contentId: CONTENT.old,
    };
    const tags = { tags: [`sha-${CONTENT.old}`, "1.4.1"], reference: "", platforms: [] };
    shop.declare({ beside: [{ path: "more/web-image", ...image, ...tags }] });
    expect(asJson(await shop.run("shop --json"))).toMatchObject({ undeclared: [], images: { length: 3 } });
    await expect(shop.run("inspect web")).rejects.toThrow(
      "image web may be each of more/web-image, shop/web-image: name it by its path",
    );
    expect((await shop.run("inspect web:1.4.1")).code).toBe(0);
  });

  it("says of which image it does not know where it is kept", async () => {
    const image = { kind: "image", contentId: CONTENT.old, reference: "", tags: [], platforms: [] };
    shop.declare({
      constructs: [{ ...image, path: "shop/x-image", repository: "${aws_ecr_repository.x.repository_url}" }],
    });
    expect((await shop.run("")).text).toContain("shop/x-image is not shown: Terraform alone knows its repository");
  });

  it("knows the stacks that there are", async () => {
    await expect(shop.run("shoop")).rejects.toThrow("stack must be one of shop, got shoop: did you mean shop?");
  });
});

describe("images inspect", () => {
  it("puts the declaration beside what the registry has", async () => {
    const { code, text } = await shop.run("inspect web-image");
    expect(code).toBe(0);
    golden("inspect", text);
    expect(text).not.toContain("secret");
  });

  it("prints the same for programs, and no value of the environment", async () => {
    const said = await shop.run("inspect shop/web-image --json");
    const { image } = asJson(said);
    expect(image).toMatchObject({
      digest: shop.digests.web,
      platforms: ["linux/amd64"],
      environment: ["PATH", "MODE", "TOKEN"],
    });
    expect(image.layers).toHaveLength(4);
    expect(image.facts).toContainEqual({ fact: "user", declared: "1000", actual: "1000" });
    expect(said.printed).not.toContain("secret");
  });

  it("looks at the declared platform's side of several", async () => {
    const { registry } = shop;
    const arm = registry.image("base/proxy", [], { layers: ["arm"], architecture: "arm64" });
    registry.index("base/proxy", [], { "linux/arm64": arm, "linux/amd64": shop.digests.proxy });
    const index = registry.index("shop/api", [`sha-${CONTENT.api}`], {
      "linux/arm64": arm,
      "linux/amd64": shop.digests.api,
    });
    const { image } = asJson(await shop.run("inspect api-image --json"));
    expect(image).toMatchObject({ digest: index, platforms: ["linux/arm64", "linux/amd64"] });
  });

  it.each([
    [
      "web-imag",
      /^image must be one that a stack declares, got web-imag: there are shop\/api-image, .*; did you mean web-image\?$/,
    ],
    ["nothing-alike", /^image must be one that a stack declares, got nothing-alike: there are [^;]*$/],
  ])("names the nearest of %s", async (typed, message) => {
    await expect(shop.run(`inspect ${typed}`)).rejects.toThrow(message);
  });

  it("says what is declared and not there", async () => {
    shop.registry.tags.delete(`shop/web:sha-${CONTENT.web}`);
    await expect(shop.run("inspect web-image")).rejects.toThrow(
      /^shop\/web-image: .* does not have .*:sha-a1.*: npx slipway up builds and pushes/,
    );
  });
});

describe("images history", () => {
  it("says which line made a layer, who shares it, and what was kept out", async () => {
    const { code, text } = await shop.run("history web-image");
    expect(code).toBe(0);
    golden("history", text);
  });

  it("prints the same for programs", async () => {
    const { image } = asJson(await shop.run("history web-image --json"));
    expect(image.history.map(({ line }: { line?: number }) => line)).toEqual([
      undefined,
      undefined,
      2,
      3,
      4,
      6,
      7,
      8,
      9,
      undefined,
    ]);
    expect(image.history[0].sharedWith).toEqual(["shop/api-image", "shop/proxy-image"]);
    expect(image.history[3].sharedWith).toEqual([]);
    expect(image.leftOut).toEqual([{ path: "node_modules", folder: true, line: 2, pattern: "node_modules" }]);
  });

  it("claims no line of a history that is of another file", async () => {
    shop.registry.image("shop/web", [`sha-${CONTENT.web}`], {
      layers: ["one"],
      history: [{ created_by: "RUN something else" }],
    });
    const { image } = asJson(await shop.run("history web-image --json"));
    expect(image.history).toEqual([expect.objectContaining({ createdBy: "RUN something else", size: 3 })]);
    expect(image.history[0]).not.toHaveProperty("line");
  });
});

describe("images tags", () => {
  it("orders versions, and says which tags are one image", async () => {
    shop.registry.tags.set("shop/web:1.10.0", shop.digests.api);
    shop.registry.tags.set("shop/web:1.4", shop.digests.web);
    golden("tags", (await shop.run("tags web")).text);
  });

  it("asks page by page", async () => {
    shop.registry.page = 1;
    const { tags } = asJson(await shop.run("tags shop/web --json"));
    expect(tags.map(({ tag }: { tag: string }) => tag)).toEqual([
      "1.4.2",
      "1.4.1",
      "latest",
      `sha-${CONTENT.web}`,
      `sha-${CONTENT.old}`,
    ]);
  });

  it("says what the declared retention would let go, and keeps what a host holds", async () => {
    const { host } = shop.registry;
    const rule = (rulePriority: number, prefix: string, countNumber: number) => ({
      rulePriority,
      selection: { tagStatus: "tagged", tagPrefixList: [prefix], countType: "imageCountMoreThan", countNumber },
    });
    const lifecycle = { rules: [rule(1, "release-", 9999), rule(3, "sha-", 1)] };
    shop.declare({ constructs: [{ path: "shop/repository", kind: "repository", uri: `${host}/shop/web`, lifecycle }] });
    const expiring = async () => {
      const { tags } = asJson(await shop.run("tags web --json"));
      return tags.filter(({ expires }: { expires: boolean }) => expires).map(({ tag }: { tag: string }) => tag);
    };
    expect(await expiring()).toEqual(["1.4.1", `sha-${CONTENT.old}`]);
    shop.registry.tags.set("shop/web:release-host-live", shop.registry.tags.get("shop/web:1.4.1") as string);
    expect(await expiring()).toEqual([]);
  });

  it("shows no more than asked", async () => {
    expect((await shop.run("tags web --limit 2")).text).toMatch(/3 more: --limit shows them/);
  });
});

describe("images tag", () => {
  it("adds a version by digest, without the engine", async () => {
    const { code, text } = await shop.run("tag web-image 1.5.0", { engine: "tcp://127.0.0.1:9" });
    expect([code, text.trim()]).toEqual([0, `registry.eu:443/shop/web:1.5.0 stands for ${shop.digests.web}`]);
    expect(shop.registry.tags.get("shop/web:1.5.0")).toBe(shop.digests.web);
    expect((await shop.run("tag web-image 1.5.0")).text).toMatch(/1\.5\.0 is [0-9a-f]{12} already/);
  });

  it("says it only with --dry-run", async () => {
    expect((await shop.run("tag web-image 1.5.0 --dry-run")).text).toMatch(/would stand for/);
    expect(shop.registry.tags.has("shop/web:1.5.0")).toBe(false);
  });

  it("moves no version", async () => {
    const before = shop.registry.tags.get("shop/web:1.4.1");
    const { code, text } = await shop.run("tag web-image 1.4.1");
    expect([code, text]).toEqual([1, expect.stringMatching(/would move to[\s\S]*nothing was changed/)]);
    expect(shop.registry.tags.get("shop/web:1.4.1")).toBe(before);
    expect(shop.registry.asked.filter((line) => line.startsWith("PUT"))).toEqual([]);
  });

  it.each(["latest", "1.4", "1.4.2+build"])("takes %s for no version", async (version) => {
    await expect(shop.run(`tag web-image ${version}`)).rejects.toThrow(/^version/);
  });

  it("says what a registry answers that refuses it", async () => {
    shop.registry.refuses = 400;
    await expect(shop.run("tag web-image 1.5.0")).rejects.toThrow(/answered 400: MANIFEST_INVALID: no artifacts here/);
  });
});
