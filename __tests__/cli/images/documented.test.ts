import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../house/house.ts";
import { blocksOf } from "../../readme/blocks.ts";
import { FakeHub } from "./fake-hub.ts";
import { FakeRegistry } from "./fake-registry.ts";
import { Shop } from "./shop.ts";

const PAGE = readFileSync(join(ROOT, "docs/images.md"), "utf8");
const COMMANDS = blocksOf("docs/images.md")
  .filter(({ language }) => language === "sh")
  .flatMap(({ text }) => text.split("\n").filter(Boolean));

let shop: Shop;
let other: FakeRegistry;
let hub: FakeHub;

beforeAll(async () => {
  shop = await Shop.open();
  shop.build({ running: false });
  other = await FakeRegistry.start();
  hub = await FakeHub.start();
  process.env.SLIPWAY_DOCKER_HUB = hub.url;
  process.chdir(shop.root);
});

const folder = process.cwd();
afterAll(() => {
  process.chdir(folder);
  delete process.env.SLIPWAY_DOCKER_HUB;
  shop.stop();
  other.stop();
  hub.stop();
});

test("the page has commands, and nothing but what it is about", () => {
  expect(COMMANDS.length).toBeGreaterThan(15);
  expect(COMMANDS.filter((line) => !line.startsWith("npx slipway images"))).toEqual([]);
});

// in the order of the page: what one has saved the next one loads
test.each(COMMANDS)("%s", async (line) => {
  const words = line.replace("REGISTRY", other.host).match(/'[^']*'|\S+/g) ?? [];
  const { code, text, printed } = await shop.run(words.slice(3).map((word) => word.replace(/^'(.*)'$/, "$1")));
  expect({ code, says: text.trim() + printed.trim() }).toEqual({ code: 0, says: expect.stringMatching(/./) });
});

test.each([
  ...["images", "inspect", "history", "tag", "rmi", "image prune", "save", "load", "import", "export", "search"],
  ...["build --squash", "run -p", "run registry:2", "pull", "push"],
])("docker %s has what replaces it", (command) => {
  expect(PAGE).toMatch(new RegExp(`^\\|[^|]*\`docker ${command}\`[^|]*\\| .+ \\|$`, "m"));
});
