import { InstanceType } from "../../../src/aws/nano/instance-type.ts";
import { monthlyPrice, type PricedHost, priceText } from "../../../src/aws/nano/monthly-price.ts";

const host = (type: string, volumeGiB = 8, alarms = 0, unlimited = false): PricedHost => ({
  region: "us-east-1",
  type: InstanceType.parse(type),
  volumeGiB,
  alarms,
  unlimited,
});

test.each([
  ["t4g.nano", 3.066],
  ["t3.nano", 3.796],
  ["t3a.nano", 3.431],
  ["t2.nano", 4.234],
  ["t4g.small", 12.264],
])("%s costs its hours of a month", (type, dollars) => {
  expect(monthlyPrice(host(type)).instance).toBeCloseTo(dollars, 3);
});

test("disk, public IPv4 address and alarms are paid for too", () => {
  const { disk, address, alarms } = monthlyPrice(host("t4g.nano", 20, 2));
  expect([disk, address, alarms].map((part) => part?.toFixed(2))).toEqual(["1.60", "3.65", "0.20"]);
});

test("the sum is that of its parts, and says of where and when it is", () => {
  expect(priceText(host("t3.nano", 16, 1))).toBe(
    "about 8.83 USD a month (instance 3.80, disk 1.28, public IPv4 3.65, alarm 0.10; us-east-1, list prices of 2025, before traffic)",
  );
});

test("a type that is not in the list is not guessed", () => {
  expect(priceText(host("c7g.metal", 8, 0, true))).toBe(
    "4.29 USD a month and what is not known here: instance in us-east-1 (disk 0.64, public IPv4 3.65; before traffic and surplus credits)",
  );
});

test.each([
  ["us-east-1", 7.356],
  ["eu-west-1", 7.712],
])("in %s a nano costs what that region asks", (region, total) => {
  expect(monthlyPrice({ ...host("t4g.nano"), region }).total).toBeCloseTo(total, 3);
});

test("what is not known of a region is no price of another one, and the sum is not known then", () => {
  const far = { ...host("t4g.nano", 8, 1, true), region: "ap-south-1" };
  expect(monthlyPrice(far)).toEqual({ address: 0.005 * 730, surplus: expect.closeTo(55.48) });
  expect(priceText(far)).toBe(
    "3.65 USD a month and what is not known here: instance, disk, alarm in ap-south-1 (public IPv4 3.65; before traffic); surplus CPU credits cost up to 55.48 more where all CPUs always work",
  );
});

test("one part that is not known leaves the sum unknown", () => {
  const { total, disk, asOf } = monthlyPrice(host("c7g.metal"));
  expect([total, asOf, disk?.toFixed(2)]).toEqual([undefined, undefined, "0.64"]);
});

test("a data volume costs what its region asks of a disk", () => {
  const price = (region: string) => monthlyPrice({ ...host("t4g.nano"), region, dataVolumeGiB: 10 }).dataVolume;
  expect([price("us-east-1"), price("eu-west-1")].map((usd) => usd?.toFixed(2))).toEqual(["0.80", "0.88"]);
});

test.each([
  ["t4g.nano", 55.48],
  ["t4g.micro", 52.56],
  ["t4g.small", 46.72],
  ["t3.nano", 69.35],
  ["t3a.micro", 65.7],
  ["t2.nano", 34.675],
  ["t2.medium", 58.4],
])("%s costs at worst what all of its CPUs do above what it earns, where credits are unlimited", (type, dollars) => {
  expect(monthlyPrice(host(type, 8, 0, true)).surplus).toBeCloseTo(dollars, 2);
  expect(monthlyPrice(host(type)).surplus).toBe(0);
});

test("the worst stands beside the sum, not in it", () => {
  expect(priceText(host("t4g.nano", 8, 0, true))).toBe(
    "about 7.36 USD a month (instance 3.07, disk 0.64, public IPv4 3.65; us-east-1, list prices of 2025, before traffic); surplus CPU credits cost up to 55.48 more where all CPUs always work",
  );
});
