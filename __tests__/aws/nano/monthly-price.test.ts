import { InstanceType } from "../../../src/aws/nano/instance-type.ts";
import { monthlyPrice, priceText } from "../../../src/aws/nano/monthly-price.ts";

const host = (type: string, volumeGiB = 8, alarms = 0, unlimited = false) => ({
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
  expect([disk, address, alarms].map((part) => part.toFixed(2))).toEqual(["1.60", "3.65", "0.20"]);
});

test("the sum is that of its parts, and says of where and when it is", () => {
  expect(priceText(monthlyPrice(host("t3.nano", 16, 1)))).toBe(
    "about 8.83 USD a month (instance 3.80, disk 1.28, public IPv4 3.65, alarm 0.10; us-east-1, list prices of 2025, before traffic)",
  );
});

test("a type that is not in the list is not guessed", () => {
  expect(priceText(monthlyPrice(host("c7g.metal", 8, 0, true)))).toBe(
    "4.29 USD a month and the instance, whose price is not known here (disk 0.64, public IPv4 3.65; us-east-1, list prices of 2025, before traffic and surplus credits)",
  );
});

test.each([
  ["t4g.nano", 55.48],
  ["t4g.micro", 52.56],
  ["t4g.small", 46.72],
  ["t3.nano", 69.35],
  ["t3a.micro", 65.7],
  ["t2.nano", 34.675],
])("%s costs at worst what all of its CPUs do above what it earns, where credits are unlimited", (type, dollars) => {
  expect(monthlyPrice(host(type, 8, 0, true)).surplus).toBeCloseTo(dollars, 2);
  expect(monthlyPrice(host(type)).surplus).toBe(0);
});

test("the worst stands beside the sum, not in it", () => {
  expect(priceText(monthlyPrice(host("t4g.nano", 8, 0, true)))).toBe(
    "about 7.36 USD a month (instance 3.07, disk 0.64, public IPv4 3.65; us-east-1, list prices of 2025, before traffic); surplus CPU credits cost up to 55.48 more where all CPUs always work",
  );
});
