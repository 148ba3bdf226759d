import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostConf } from "../../../../src/aws/nano/host-bootstrap.ts";
import { stageZero } from "../../../../src/aws/nano/stage-zero/stage-zero.ts";

const GOLDEN = join(__dirname, "golden");

test("stage 0 is the one that the hosts have: another one replaces each of them, and is a new file beside the old ones", () => {
  const programs = readdirSync(GOLDEN).filter((name) => name.startsWith("stage-zero-"));
  const newest = `stage-zero-${programs.length}.sh`;
  expect(programs).toContain(newest);
  expect(stageZero()).toBe(readFileSync(join(GOLDEN, newest), "utf8"));
});

test("the keys of host.conf are those that every agent and stage 0 reads", () => {
  expect(hostConf({ host: "shop/host", parameter: "/slipway/shop/host/release" })).toBe(
    "HOST=shop/host\nPARAMETER=/slipway/shop/host/release\nMARKER_PORT=8100\n",
  );
});
