import type { NanoHostProps } from "../../../src/aws/index.ts";
import { nano, pulled } from "./nano-host-stack.ts";

const declared = (unattendedReboot?: unknown) =>
  nano((host, scope) => host.run("web", { image: pulled(scope), port: 80 }), {
    unattendedReboot: unattendedReboot as NanoHostProps["unattendedReboot"],
  });
const userData = ({ resource }: ReturnType<typeof nano>) =>
  Object.values(resource.aws_instance ?? {}).map((instance) => instance.user_data_base64);

test("a host is told when it may reboot, by its release and not by its user data", () => {
  const [without, with_] = [declared(), declared({ window: { from: "23:30", to: "00:30" } })];
  expect(with_.manifest).toMatchObject({ reboot: { from: "23:30", to: "00:30" } });
  expect(without.manifest).not.toHaveProperty("reboot");
  expect(userData(with_)).toEqual(userData(without));
});

const window = (from: unknown, to: unknown) => ({ window: { from, to } });

test.each<[string, unknown, string]>([
  ["by a switch", true, "host: unattendedReboot: unattended reboot must have a window, got true: write { window:"],
  ["without a window", {}, "host: unattendedReboot: unattended reboot must have a window"],
  [
    "at an hour",
    window("3", "05:00"),
    'host: unattendedReboot.window.from: time must be hours and minutes, hh:mm, got "3"',
  ],
  ["at no time of a day", window("03:00", "24:00"), "host: unattendedReboot.window.to: time must be hours and minutes"],
  [
    "in no time",
    window("03:00", "03:00"),
    'host: unattendedReboot.window: window must last 30 minutes at least, got "03:00 to 03:00"',
  ],
  ["in a moment", window("23:50", "00:19"), "host: unattendedReboot.window: window must last 30 minutes at least"],
  [
    "in other words",
    { ...window("03:00", "05:00"), at: 1 },
    'host: unattendedReboot: NanoHost option must be known, got "at"',
  ],
  [
    "until later",
    { window: { from: "03:00", to: "05:00", until: 1 } },
    'unattendedReboot.window: NanoHost option must be known, got "until"',
  ],
])("a reboot is refused %s", (_, options, problem) => {
  expect(() => declared(options)).toThrow(problem);
});
