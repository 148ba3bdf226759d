import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import type { NanoHost, NanoHostProps } from "../../../src/aws/index.ts";
import { HealthCheck, Mount } from "../../../src/index.ts";
import { type ModelHost, readModel } from "../../../src/review/model.ts";
import { DESCRIPTION_FILE } from "../../../src/terraform/stack-description.ts";
import { nano, pulled } from "./nano-host-stack.ts";

type Options = Partial<Parameters<NanoHost["run"]>[1]>;

/** The host in the model of a synth, and what the synth said of it. */
function synthesized(declare: (host: NanoHost, stack: TerraformStack) => void, props: NanoHostProps = {}) {
  const { directory } = nano(declare, props);
  const model = readModel(JSON.parse(readFileSync(join(directory, DESCRIPTION_FILE), "utf8")));
  const annotations = JSON.parse(readFileSync(join(directory, "..", "..", "manifest.json"), "utf8")).stacks.stack
    .annotations as { constructPath: string; level: string; message: string }[];
  return { host: model.hosts[0] as ModelHost, findings: model.findings, annotations };
}

const running =
  (...options: Options[]) =>
  (host: NanoHost, stack: TerraformStack) =>
    options.forEach((each, at) => {
      host.run(`s${at}`, { image: pulled(stack, `i${at}`, host.platform), port: 80, ...each });
    });

test("a service of 512 MiB on a nano is refused where it is declared, with the sum", () => {
  expect(() => synthesized(running({ memoryMiB: 512 }))).toThrow(
    "stack/host/s0: memoryMiB: is 512, but a t4g.nano leaves its services 256 MiB: declare less, or choose a t4g.micro\n   512 MiB  memory of a t4g.nano\n",
  );
  expect(synthesized(running({ memoryMiB: 512 }), { instanceType: "t4g.micro" }).findings).toEqual([]);
});

test("two services of 256 MiB are deployable: a warning of the synth and of the model, once, with all that is declared", () => {
  const { host, findings, annotations } = synthesized(running({}, {}));
  expect(findings).toMatchObject([{ path: "stack/host", severity: "warning" }]);
  expect(findings[0]?.message).toMatchInlineSnapshot(`
    "memoryMiB: its services may take 512 MiB in sum, but a t4g.nano leaves its services 256 MiB: declare memoryMiB as each needs it, or choose a t4g.micro
       512 MiB  memory of a t4g.nano
       -96 MiB  the kernel
      -110 MiB  Ubuntu, with snapd and the Systems Manager agent
       -50 MiB  Docker, containerd and Nginx
       256 MiB  left for services
       256 MiB  s0, at most
       256 MiB  s1, at most"
  `);
  expect(annotations.map(({ message }) => message)).toEqual([findings[0]?.message]);
  expect(host.fit?.findings).toMatchObject([{ severity: "warning", path: "stack/host", property: "memoryMiB" }]);
  expect(host.fit?.memory).toMatchObject({ leftMiB: 256, limitsMiB: 512, smallestType: "t4g.micro" });
});

test("reservations that cannot be kept while a release comes are refused at the one with which that is so", () => {
  const reserved = (mib: number) => ({ memoryMiB: 100, memoryReservationMiB: mib });
  expect(() => synthesized(running(reserved(96), reserved(65)))).toThrow(
    "stack/host/s1: memoryReservationMiB: is 65, ",
  );
  expect(synthesized(running(reserved(64), reserved(64))).findings).toEqual([]);
});

test("a service with a volume of its own is never there twice", () => {
  const redis = { memoryReservationMiB: 200, mounts: { "/data": Mount.volume("redis") } };
  const dataVolume = { sizeGiB: 4 };
  expect(synthesized(running(redis), { dataVolume }).host.fit?.memory).toMatchObject({ reservedMiB: 200, rollMiB: 0 });
  const { mounts: _, ...rolled } = redis;
  expect(() => synthesized(running(rolled), { dataVolume })).toThrow(
    "memoryReservationMiB: is 200, and with it 400 MiB",
  );
});

test("tasks and schedules count as well", () => {
  const { host } = synthesized((of, stack) => {
    const image = pulled(stack, "job", of.platform);
    of.run("web", { image, port: 80, health: HealthCheck.tcp(), memoryMiB: 64, memoryReservationMiB: 32 });
    of.task("migrate", { image, memoryMiB: 64, memoryReservationMiB: 48 });
    of.schedule("report", { image, cron: "@daily", memoryMiB: 64, memoryReservationMiB: 16 });
  });
  expect(host.fit?.memory).toMatchObject({ limitsMiB: 192, reservedMiB: 48, rollMiB: 48 });
});

test("the disk is what system, swap and logs leave, for as many releases as are kept and the one that comes", () => {
  const { host } = synthesized(running({ memoryMiB: 64 }), { volumeGiB: 16, swapMiB: 2048, keepReleases: 4 });
  expect(host.fit?.disk).toEqual({
    leftMiB: 11_234,
    releases: 5,
    rows: [
      { what: "the disk", mib: 16_384 },
      { what: "Ubuntu with Docker and Nginx", mib: -3072 },
      { what: "swap", mib: -2048 },
      { what: "logs of containers, 30 each", mib: -30 },
      { what: "left for the images of 5 releases, the one that comes included", mib: 11_234 },
      { what: "for those of each", mib: 2246 },
    ],
  });
});

test.each([
  [{ swapMiB: 5119 }, undefined],
  [
    { swapMiB: 5120 },
    "stack/host: volumeGiB: is 8, which system and swap take all of: declare 9 at least, or less swapMiB\n   8192 MiB  the disk\n",
  ],
  [{ swapMiB: 16_384, volumeGiB: 20 }, undefined],
])("a disk for %p", (props, problem) => {
  const declare = () => synthesized(() => {}, props);
  if (problem === undefined) expect(declare).not.toThrow();
  else expect(declare).toThrow(problem);
});
