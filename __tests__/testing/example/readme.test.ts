import { synthesize } from "../../../src/testing/index.ts";
import "../../../src/testing/jest.ts";
import { ShopStack } from "./shop.ts";

const stack = synthesize(ShopStack, { env: { SHOP_VERSION: "1.4.2" } });

test("visitors of /api reach the interface, and nobody the SSH port", () => {
  expect(stack.route("https://shop.example.com/api/7")).toReach("api", { path: "/7" });
  expect(stack).not.toOpenPort(22);
  expect(stack).toPinEveryImage();
});
