import fc from "fast-check";
import { IpRange } from "../../src/values/ip-range.ts";

test.each([
  ["10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8"],
  ["203.0.113.7", "203.0.113.7", "203.0.113.7/32"],
  ["203.0.113.7/32", "203.0.113.7", "203.0.113.7/32"],
  ["2001:DB8::/32", "2001:db8::/32", "2001:db8::/32"],
  ["::1", "::1", "::1/128"],
  ["0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0"],
])("reads %s", (text, printed, cidr) => {
  expect([`${IpRange.parse(text)}`, IpRange.parse(text).cidr]).toEqual([printed, cidr]);
});

test.each([
  ["10.0.0.1/8", 'must have only zeros behind its prefix, got "10.0.0.1/8": use "10.0.0.0/8"'],
  ["2001:db8::1/32", "must have only zeros behind its prefix"],
  ["10.0.0.0/33", "must have a prefix length to 32"],
  ["::/129", "must have a prefix length to 128"],
  ["10.0.0", "must be an IP address"],
  ["::ffff:10.0.0.1", "must be an IP address"],
  ["a.test", "must be an IP address"],
  ["10.0.0.0/8 ", "must be an IP address"],
  ["", "must be an IP address"],
])("refuses %j", (text, reason) => {
  expect(() => IpRange.parse(text)).toThrow(reason);
});

test("takes the network that it names for another one, and prints every address as it was", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, length) => {
      let text = `${address}/${length}`;
      try {
        IpRange.parse(text);
      } catch (error) {
        text = /use "(.*)"/.exec(`${error}`)?.[1] as string;
        expect(text).not.toBe(`${address}/${length}`);
      }
      expect(IpRange.parse(text).cidr).toBe(text);
      expect(IpRange.parse(address).toString()).toBe(address);
    }),
  );
  fc.assert(fc.property(fc.ipV6(), (address) => address.includes(".") || IpRange.parse(address).cidr.endsWith("/128")));
});
