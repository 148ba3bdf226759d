import { resolve } from "node:path";
import { INSTANCE } from "./fake-host.ts";
import { runScript } from "./fake-programs.ts";

const NEXT = "shop/fleet/host-2, shop/fleet/host-3";

/** Runs `canary.sh` with a host whose status command ends as `outcome` says. */
function watch(seconds: number, outcome: string) {
  const aws = `
case "$*" in
  *send-command*) echo command-1 ;;
  *get-command-invocation*ResponseCode*) printf '${outcome}\\n' ;;
  *StandardOutputContent*) echo 'web NOT HEALTHY: exited with 1' ;;
  *) echo None ;;
esac`;
  return runScript(
    "nano/fleet/canary.sh",
    [`${seconds}`],
    {
      SLIPWAY_TELL: resolve(__dirname, "../../../src/aws/nano/tell.sh"),
      SLIPWAY_HOST: "shop/fleet/host-1",
      SLIPWAY_INSTANCE: INSTANCE,
      SLIPWAY_DOCUMENT: "slipway.shop.fleet.host-1",
      SLIPWAY_NEXT: NEXT,
      SLIPWAY_PAUSE: "0",
    },
    // a pause is noted and not waited for
    { aws, sleep: "exit 0" },
  );
}

test("the others hear of a release once the canary is well after its pause", () => {
  const run = watch(30, "Success\\t0");
  expect(run).toMatchObject({ status: 0, output: expect.stringContaining("the others hear of it in 30 s\n") });
  expect(run.calls[0]).toBe("sleep 30");
  expect(run.calls[1]).toContain('"verb":["status"]');
});

test("the step that confirms asks at once", () => {
  const run = watch(0, "Success\\t0");
  expect(run.status).toBe(0);
  expect(run.calls.filter((call) => call.startsWith("sleep"))).toEqual([]);
});

test.each([
  ["Failed\\t1", "is not well"],
  ["Failed\\t75", "cannot be asked"],
])(
  "a canary whose status ends with %s stops the release, which says who is not told and what to do",
  (outcome, words) => {
    const run = watch(30, outcome);
    expect(run.status).toBe(1);
    expect(run.output).toContain("web NOT HEALTHY: exited with 1\n");
    expect(run.output).toContain(
      `shop/fleet/host-1: ${words} after the release, which stops here: not told and as they were are ${NEXT}\n`,
    );
    expect(run.output).toContain("take it back by npx slipway rollback shop/fleet/host-1\n");
  },
);
