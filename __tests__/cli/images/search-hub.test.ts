import { FakeHub } from "./fake-hub.ts";
import { Shop } from "./shop.ts";

let hub: FakeHub;
let shop: Shop;

beforeAll(async () => {
  shop = await Shop.open();
  hub = await FakeHub.start();
  process.env.SLIPWAY_DOCKER_HUB = hub.url;
});

beforeEach(() => {
  hub.asked = [];
  hub.status = 200;
});

afterAll(() => {
  delete process.env.SLIPWAY_DOCKER_HUB;
  hub.stop();
  shop.stop();
});

it("shows the most starred first, and says that a double answered", async () => {
  const { code, text } = await shop.run("search nginx --limit 2");
  expect(code).toBe(0);
  expect(text.replace(/127\.0\.0\.1:\d+/, "HUB").split("\n")).toEqual([
    "NAME           STARS  OFFICIAL  DESCRIPTION",
    "nginx          20000  [OK]      Official build of Nginx.",
    "bitnami/nginx  200              Bitnami's container image for NGINX",
    "  HUB answered, which is not Docker Hub",
    "",
  ]);
  expect(hub.asked).toEqual(["/v1/search?q=nginx&n=2"]);
});

it.each<[string, string[]]>([
  ["--filter stars=3", ["nginx", "bitnami/nginx"]],
  ["--filter official=true", ["nginx"]],
  ["--filter official=false --filter stars=100", ["bitnami/nginx"]],
])("takes %s", async (words, names) => {
  const { printed } = await shop.run(`search nginx ${words} --json`);
  expect(JSON.parse(printed).results.map(({ name }: { name: string }) => name)).toEqual(names);
});

it("prints by Docker's own fields", async () => {
  const { printed } = await shop.run(["search", "nginx", "--format", "{{.Name}} {{.StarCount}} {{.IsOfficial}}"]);
  expect(printed).toBe("nginx 20000 [OK]\nbitnami/nginx 200 \nsomeone/nginx 1 \n");
});

it.each([
  ["--filter stars=many", "--filter must be stars=NUMBER or official=true|false, got stars=many"],
  ["--limit 101", "--limit must be a number, 1 to 100, got 101"],
  ["--limit 0", "--limit must be a number, 1 to 100, got 0"],
])("refuses %s", async (words, message) => {
  await expect(shop.run(`search nginx ${words}`)).rejects.toThrow(message);
  expect(hub.asked).toEqual([]);
});

it("says what answered otherwise", async () => {
  hub.status = 429;
  await expect(shop.run("search nginx")).rejects.toThrow(/answered 429 to the search: try later/);
});
