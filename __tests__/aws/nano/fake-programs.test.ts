import { readFileSync, realpathSync } from "node:fs";
import { which } from "../../../src/cli/command.mjs";
import { runScript } from "./fake-programs.ts";

test("a program that this machine has is pretended for the script alone", () => {
  const found = realpathSync(which("sleep") as string);
  const before = readFileSync(found);
  const environment = { SLIPWAY_HOST: "h", SLIPWAY_INSTANCE: "i", SLIPWAY_DOCUMENT: "d", SLIPWAY_SECONDS: "60" };
  const aws = `case "$*" in
  *send-command*) echo command-1 ;;
  *ResponseCode*) [ -e "$STATE/asked" ] && printf 'Success\\t0\\n' || printf 'Pending\\t-1\\n'; : >"$STATE/asked" ;;
  *) echo None ;;
esac`;
  const run = runScript("nano/tell.sh", ["status"], { ...environment, SLIPWAY_PAUSE: "77" }, { aws, sleep: "exit 0" });
  expect(run.status).toBe(0);
  expect(run.calls).toContain("sleep 77");
  expect(readFileSync(found).equals(before)).toBe(true);
});
