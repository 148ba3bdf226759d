import fc from "fast-check";
import { InstanceType } from "../../../src/aws/nano/instance-type.ts";
import { NO_TEXTS, refusal } from "../../values/refusal.ts";

test.each([
  ["t4g.nano", "linux/arm64", true, true],
  ["t3.nano", "linux/amd64", true, true],
  ["t3a.nano", "linux/amd64", true, true],
  ["t2.nano", "linux/amd64", true, false],
  ["t1.micro", "linux/amd64", true, false],
  ["a1.medium", "linux/arm64", false, true],
  ["c7g.metal", "linux/arm64", false, true],
  ["c7gn.large", "linux/arm64", false, true],
  ["im4gn.large", "linux/arm64", false, true],
  ["is4gen.medium", "linux/arm64", false, true],
  ["x2gd.medium", "linux/arm64", false, true],
  ["hpc7g.4xlarge", "linux/arm64", false, true],
  ["g5g.xlarge", "linux/arm64", false, true],
  ["p6e-gb200.36xlarge", "linux/arm64", false, true],
  ["g4dn.xlarge", "linux/amd64", false, true],
  ["g5.xlarge", "linux/amd64", false, true],
  ["gr6.4xlarge", "linux/amd64", false, true],
  ["m7i-flex.large", "linux/amd64", false, true],
  ["u-6tb1.metal", "linux/amd64", false, true],
  ["m3.medium", "linux/amd64", false, false],
  ["c3.large", "linux/amd64", false, false],
])("%s runs %s; credits %s, EBS-optimized %s", (name, platform, isBurstable, isEbsOptimized) => {
  const type = InstanceType.parse(name);
  expect([`${type}`, `${type.platform}`, type.isBurstable, type.isEbsOptimized]).toEqual([
    name,
    platform,
    isBurstable,
    isEbsOptimized,
  ]);
});

test.each([
  "",
  "nano",
  "t4g",
  "t4g.",
  ".nano",
  "T4G.nano",
  "t4g.nano ",
  "t4g nano",
  "4t.nano",
  "t4g.nano.x",
  ...NO_TEXTS,
])("refuses %p", (name) => {
  const { rule, remedy } = refusal(() => InstanceType.parse(name as string));
  expect([rule, remedy]).toEqual(["must be a family and a size, joined by a dot", 'write it like "t4g.nano"']);
});

test.each(["mac1.metal", "mac2-m2.metal", "mac-m4.metal"])("refuses %s, which runs no Linux", (name) => {
  expect(refusal(() => InstanceType.parse(name)).rule).toBe("must run Linux");
});

test("any name of a family and a size is taken as it is", () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((text) => !text.startsWith("mac"));
  fc.assert(
    fc.property(word, fc.stringMatching(/^[a-z0-9-]{1,8}$/), (family, size) => {
      const type = InstanceType.parse(`${family}.${size}`);
      expect([type.family, type.size, `${type}`]).toEqual([family, size, `${family}.${size}`]);
    }),
  );
});
