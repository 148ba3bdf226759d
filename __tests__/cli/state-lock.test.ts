import { join } from "node:path";
import { ApplyReport } from "../../src/cli/apply-report.ts";
import { lockedState } from "../../src/cli/state-lock.ts";

const SUMMARY = "Error acquiring the state lock";
const ADVICE = `

Terraform acquires a state lock to protect the state from being written
by multiple users at the same time. Please resolve the issue above and try
again. For most commands, you can disable locking with the "-lock=false"
flag, but this is not recommended.`;
const info = (path: string) => `Lock Info:
  ID:        5b1c3c10-9d0e-8d0b-9e55-5f1b2d0c9b3a
  Path:      ${path}
  Operation: OperationTypeApply
  Who:       alice@laptop
  Version:   1.11.4
  Created:   2026-11-29 09:00:17.123456789 +0000 UTC
  Info:      
`;
/** As Terraform 1.11 prints it with use_lockfile. */
const S3 = `Error message: operation error S3: PutObject, https response error
StatusCode: 412, RequestID: 7A3, HostID: kZ, api error PreconditionFailed: At
least one of the pre-conditions you specified did not hold
${info("shop-terraform-state/shop-production.tfstate")}${ADVICE}`;
const LOCAL = `Error message: resource temporarily unavailable\n${info("../../../terraform.shop.tfstate")}${ADVICE}`;

const line = (detail: string) =>
  JSON.stringify({
    type: "diagnostic",
    "@level": "error",
    diagnostic: { severity: "error", summary: SUMMARY, detail },
  });

test("who comes second is told in one line who is first, since when, and how a lock goes that nobody holds", () => {
  const report = new ApplyReport({
    pathOf: (address) => address,
    folder: join(process.cwd(), "cdktf.out/stacks/shop"),
  });
  expect(report.read(line(S3))).toEqual([]);
  expect(report.errors).toEqual([
    "alice@laptop (apply) is at work on this stack since 2026-11-29 09:00:17 UTC, and nothing was done: run this again when that has ended; only if it is certain that nobody is at work any more: terraform -chdir=cdktf.out/stacks/shop force-unlock 5b1c3c10-9d0e-8d0b-9e55-5f1b2d0c9b3a",
  ]);
});

test("a lock of this machine's own ends with its process, and there is nothing to unlock", () => {
  expect(lockedState(`${SUMMARY}\n${LOCAL}`)).toBe(
    "alice@laptop (apply) is at work on this stack since 2026-11-29 09:00:17 UTC, and nothing was done: run this again when that has ended",
  );
});

test("a lock that says nothing of who holds it is somebody's", () => {
  expect(lockedState(`${SUMMARY}\nError message: resource temporarily unavailable`)).toBe(
    "somebody else is at work on this stack, and nothing was done: run this again when that has ended",
  );
});

test("any other failure keeps its own words", () => {
  expect(lockedState("Error: Saved plan is stale")).toBeUndefined();
});
