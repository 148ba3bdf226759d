import { PRICES, priceOf } from "../../../src/aws/nano/price-table.ts";

test("each row says where and as of when its price is from, and there is one of each", () => {
  for (const { date, source, usd } of PRICES) {
    expect(date).toMatch(/^20\d\d(-\d\d-\d\d)?$/);
    expect(source).toMatch(/^https:\/\//);
    expect(usd).toBeGreaterThan(0);
  }
  const keys = PRICES.map(({ region, what }) => `${region} ${what}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test("two regions have every type that the other has", () => {
  const types = (of: string) => PRICES.filter(({ region, what }) => region === of && what.includes("."));
  const names = types("us-east-1").map(({ what }) => what);
  expect(names).toHaveLength(16);
  expect(types("eu-west-1").map(({ what }) => what)).toEqual(names);
});

test.each([
  ["us-east-1", "t4g.nano", 0.0042],
  ["eu-west-1", "t4g.nano", 0.0046],
  ["eu-west-1", "gp3", 0.088],
  ["ap-south-1", "address", 0.005],
  ["ap-south-1", "t4g.nano", undefined],
  ["eu-west-1", "metric", 0.3],
  ["ap-south-1", "metric", undefined],
  ["eu-west-1", "c7g.metal", undefined],
])("in %s %s costs %p", (region, what, usd) => {
  expect(priceOf(region, what)?.usd).toBe(usd);
});
