import { InstanceType } from "../../../src/aws/nano/instance-type.ts";
import { memoryFindings } from "../../../src/aws/nano/memory-findings.ts";
import { type FittedContainer, memoryFit, servicesMemory } from "../../../src/aws/nano/memory-fit.ts";
import { findingText } from "../../../src/release/fit.ts";

test.each([
  ["t4g.nano", 256],
  ["t3.micro", 768],
  ["t3a.small", 1792],
  ["t3.2xlarge", 32_512],
  ["c7g.medium", undefined],
])("a %s has %p MiB for services", (type, mebibytes) => {
  expect(servicesMemory(InstanceType.parse(type))).toBe(mebibytes);
});

type Declared = Partial<FittedContainer> & Pick<FittedContainer, "name">;

const containers = (declared: readonly Declared[]): FittedContainer[] =>
  declared.map((each) => ({
    path: `stack/host/${each.name}`,
    memoryMiB: 64,
    runs: "twice while it is replaced",
    ...each,
  }));
const found = (type: string, declared: readonly Declared[]) =>
  memoryFindings("stack/host", InstanceType.parse(type), containers(declared));
const reserving = (name: string, memoryReservationMiB: number, runs?: FittedContainer["runs"]): Declared => ({
  ...{ name, memoryReservationMiB },
  ...(runs && { runs }),
});

test.each<[string, string, Declared[], string[]]>([
  ["all that it has", "t4g.nano", [{ name: "web", memoryMiB: 256 }], []],
  [
    "a limit that it could never give",
    "t4g.nano",
    [{ name: "web", memoryMiB: 257 }],
    ["error stack/host/web memoryMiB"],
  ],
  ["the same on the next size", "t4g.micro", [{ name: "web", memoryMiB: 257 }], []],
  [
    "limits that add up to more",
    "t4g.nano",
    [
      { name: "web", memoryMiB: 256 },
      { name: "api", memoryMiB: 256 },
    ],
    ["warning stack/host memoryMiB"],
  ],
  [
    "reservations with the roll of one",
    "t4g.nano",
    [reserving("web", 60), reserving("api", 98)],
    ["warning stack/host memoryReservationMiB"],
  ],
  ["reservations with the roll of all", "t4g.nano", [reserving("web", 64), reserving("api", 64)], []],
  [
    "reservations that one roll goes beyond",
    "t4g.nano",
    [reserving("web", 65), reserving("api", 96)],
    ["error stack/host/api memoryReservationMiB"],
  ],
  [
    "those of services that stop first",
    "t4g.nano",
    [reserving("redis", 128, "once"), reserving("db", 128, "once")],
    [],
  ],
  [
    "one more of those",
    "t4g.nano",
    [reserving("redis", 128, "once"), reserving("db", 129, "once")],
    ["error stack/host/db memoryReservationMiB"],
  ],
  [
    "a task beside what runs",
    "t4g.nano",
    [reserving("redis", 200, "once"), reserving("migrate", 56, "before a release")],
    [],
  ],
  [
    "a task that is too much beside what runs",
    "t4g.nano",
    [reserving("redis", 200, "once"), reserving("migrate", 57, "before a release")],
    ["error stack/host/migrate memoryReservationMiB"],
  ],
  ["whatever a type has of which that is not known", "m7g.medium", [{ name: "web", memoryMiB: 100_000 }], []],
])("%s on a %s", (_, type, declared, expected) => {
  // every service of the table that reserves may take no more than that, so that limits say nothing of their own
  const fitted = declared.map((each) => ({ memoryMiB: each.memoryReservationMiB ? 6 : 64, ...each }));
  expect(found(type, fitted).map(({ severity, path, property }) => `${severity} ${path} ${property}`)).toEqual(
    expected,
  );
});

test("an error has the sum, and the smallest type that would do", () => {
  const [finding] = found("t4g.nano", [{ name: "api", memoryMiB: 512 }]);
  expect(
    finding && findingText(finding),
  ).toBe(`is 512, but a t4g.nano leaves its services 256 MiB: declare less, or choose a t4g.micro
   512 MiB  memory of a t4g.nano
   -96 MiB  the kernel
  -110 MiB  Ubuntu, with snapd and the Systems Manager agent
   -50 MiB  Docker, containerd and Nginx
   256 MiB  left for services
   512 MiB  api, at most`);
});

test("reservations are added up with the one roll that asks for most, in the order of names", () => {
  const [finding] = found("t4g.nano", [reserving("web", 65), reserving("api", 96)]);
  expect(
    finding &&
      findingText(finding)
        .split("\n")
        .filter((line) => /reserved$|replaces it$/.test(line)),
  ).toEqual([
    "    96 MiB  api, reserved",
    "    65 MiB  web, reserved",
    "    96 MiB  api, reserved once more while a release replaces it",
  ]);
  expect(finding?.problem).toBe(
    "is 96, and with it 257 MiB are reserved on stack/host while a release comes, but a t4g.nano leaves its services 256 MiB: declare less, or choose a t4g.micro",
  );
});

test("what no type of the family has is said so", () => {
  const [finding] = found("t3a.nano", [{ name: "web", memoryMiB: 40_000 }]);
  expect(finding?.problem).toContain("choose a larger type of another family");
});

test("what the type leaves and what is asked of it are in the model, another order of declaration is the same", () => {
  const declared = [
    { name: "web", memoryMiB: 128, memoryReservationMiB: 32 },
    { name: "api", memoryMiB: 96 },
  ];
  const type = InstanceType.parse("t4g.nano");
  const fit = memoryFit(type, containers(declared));
  expect(fit).toMatchObject({ leftMiB: 256, limitsMiB: 224, reservedMiB: 32, rollMiB: 32, smallestType: "t4g.nano" });
  expect(memoryFit(type, containers([...declared].reverse()))).toEqual(fit);
  expect(memoryFit(InstanceType.parse("c7g.medium"), containers(declared))).toBeUndefined();
});
