import type { Construct } from "constructs";
import type { RebootWindow } from "../../host-agent/reboot-window.ts";
import { ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { requireLiteral } from "../../terraform/literal.ts";

/** When a {@link NanoHost} may reboot by itself, where an upgrade asks for it. */
export interface UnattendedRebootOptions {
  readonly window: RebootWindow;
}

const TIME = /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/;
const DAY_MINUTES = 24 * 60;
/** The host looks every five and a half minutes, and may find a release or an upgrade at work. */
const SHORTEST_MINUTES = 30;
const REMEDY = 'write { window: { from: "03:00", to: "05:00" } }, in UTC';

/** @throws {ConstructError} for what is no window of a day, or too short a one */
export function checkUnattendedReboot(scope: Construct, options: UnattendedRebootOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || typeof options?.window !== "object" || options.window === null) {
    const problem = { subject: "unattended reboot", rule: "must have a window", got: options, remedy: REMEDY };
    throw new ConstructError(scope, "unattendedReboot", problem);
  }
  const { window } = options;
  collectErrors([
    () => knownProps(scope, options, { window: true }, "unattendedReboot"),
    () => knownProps(scope, window, { from: true, to: true }, "unattendedReboot.window"),
    () => checkWindow(scope, window),
  ]);
}

function checkWindow(scope: Construct, window: RebootWindow): void {
  for (const end of ["from", "to"] as const) {
    const got = requireLiteral(scope, `unattendedReboot.window.${end}`, window[end]);
    if (typeof got === "string" && TIME.test(got)) continue;
    const problem = { subject: "time", rule: "must be hours and minutes, hh:mm", got, remedy: REMEDY };
    throw new ConstructError(scope, `unattendedReboot.window.${end}`, problem);
  }
  const minutes = (minutesOf(window.to) - minutesOf(window.from) + DAY_MINUTES) % DAY_MINUTES;
  if (minutes >= SHORTEST_MINUTES) return;
  throw new ConstructError(scope, "unattendedReboot.window", {
    subject: "window",
    rule: `must last ${SHORTEST_MINUTES} minutes at least`,
    got: `${window.from} to ${window.to}`,
    remedy: "a host looks every five minutes, and waits for a release that is at work",
  });
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours as number) * 60 + (minutes as number);
}
