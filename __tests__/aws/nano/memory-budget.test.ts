import { InstanceType } from "../../../src/aws/nano/instance-type.ts";
import { servicesMemory } from "../../../src/aws/nano/memory-budget.ts";
import { nano, pulled } from "./nano-host-stack.ts";

test.each([
  ["t4g.nano", 256],
  ["t3.micro", 768],
  ["t3a.small", 1792],
  ["c7g.medium", undefined],
  ["t3.2xlarge", undefined],
])("a %s has %p MiB for services", (type, mebibytes) => {
  expect(servicesMemory(InstanceType.parse(type))).toBe(mebibytes);
});

/** What a synth says of a host whose services may take so much. */
function said(instanceType: string, ...memory: number[]): string[] {
  const lines: string[] = [];
  nano(
    (host, stack) => {
      memory.forEach((memoryMiB, at) => {
        host.run(`s${at}`, { image: pulled(stack, `i${at}`, host.platform), port: 80, memoryMiB });
      });
      lines.push(...host.node.metadata.map(({ data }) => `${data}`));
    },
    { instanceType },
  );
  return lines.filter((line) => line.startsWith("memoryMiB"));
}

test("refuses a service that could never have what it may take", () => {
  expect(() => said("t4g.nano", 257)).toThrow(
    "stack/host/s0: memoryMiB: is 257, but a t4g.nano has 256 MiB for services, the rest is Ubuntu's, Docker's and Nginx's: declare less, or choose a larger type",
  );
  expect(() => said("t4g.micro", 257)).not.toThrow();
});

test("warns once where the services may take more in sum than there is", () => {
  expect(said("t4g.nano", 128, 128)).toEqual([]);
  expect(said("t4g.nano", 128, 192, 64)).toEqual([
    "memoryMiB: its services may take 320 MiB with s1, but a t4g.nano has 256 MiB for services, the rest is Ubuntu's, Docker's and Nginx's: declare memoryMiB as each needs it, or choose a larger type",
  ]);
  expect(said("t4g.small", 256, 256, 256)).toEqual([]);
  expect(said("m7g.medium", 4096, 4096)).toEqual([]);
});
