import { InstanceType } from "../../../src/aws/nano/instance-type.ts";
import { monthlyPrice, priceText } from "../../../src/aws/nano/monthly-price.ts";

const host = (type: string, volumeGiB = 8, alarms = 0) => ({ type: InstanceType.parse(type), volumeGiB, alarms });

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
    "about 8.83 USD a month (instance 3.80, disk 1.28, public IPv4 3.65, alarm 0.10; us-east-1, list prices of 2025, before traffic and surplus credits)",
  );
});

test("a type that is not in the list is not guessed", () => {
  expect(priceText(monthlyPrice(host("c7g.metal")))).toBe(
    "4.29 USD a month and the instance, whose price is not known here (disk 0.64, public IPv4 3.65; us-east-1, list prices of 2025, before traffic and surplus credits)",
  );
});
