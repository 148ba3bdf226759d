import { synthesize } from "../../../src/testing/index.ts";
import "../../../src/testing/jest.ts";
import { ShopStack } from "./shop.ts";

const stack = synthesize(ShopStack, { id: "shop", env: { SHOP_VERSION: "1.4.2" } });

test("visitors of /api reach the interface, which does not see the prefix", () => {
  expect(stack.route("https://shop.example.com/api/orders/7?full")).toReach("api", { path: "/orders/7?full" });
  expect(stack.route("https://shop.example.com/apiary")).toReach("page");
});

test("old addresses lead to the new ones, and nothing is served in the clear", () => {
  expect(stack.route("https://shop.example.com/cart/3")).toRedirectTo("https://shop.example.com/basket/3");
  expect(stack.route("http://shop.example.com/api")).toRedirectTo("https://shop.example.com/api", 308);
  expect(stack.route("https://www.shop.example.com/")).toRedirectTo("https://shop.example.com/");
});

test("nothing is open that a shop does not need", () => {
  expect(stack).toOpenPort(443);
  expect(stack).not.toOpenPort(22);
  expect(stack.permissions()).toAllow(
    "ssm:GetParameter",
    "arn:aws:ssm:us-east-1:111122223333:parameter/shop/stripe-key",
  );
  expect(stack.permissions()).not.toAllow("s3:GetObject");
});

test("what runs is pinned, has its version, and stays cheap", () => {
  expect(stack).toPinEveryImage();
  expect(stack.model.images.map(({ version }) => version)).toEqual(["1.4.2", "1.4.2"]);
  expect(stack).toCostAtMost(8);
  expect(stack).not.toHaveProblem();
});

test("the machine takes no password by the network", () => {
  expect(stack).toHaveResource("aws_instance", { metadata_options: { http_tokens: "required" } });
  expect(stack.userData()).not.toContain("ssh_authorized_keys");
});
