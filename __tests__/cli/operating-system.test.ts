import { existsSync } from "node:fs";
import { join } from "node:path";
import { operatingSystemProblem } from "../../src/cli/operating-system.mjs";
import { FakeMachine, makeProject } from "./fake-machine.ts";

test.each([["linux"], ["darwin"], ["freebsd"]])("%s deploys", (platform) => {
  expect(operatingSystemProblem(platform)).toBeUndefined();
});

test("Windows is refused before anything is made, and told of WSL", async () => {
  const script = "Object.defineProperty(process,'platform',{value:'win32'})";
  const project = makeProject();
  const machine = new FakeMachine().docker().engineUp().terraform();
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(script)}` };
  const { code, stderr } = await machine.start(project, ["up"], env);
  expect({ code, stderr }).toEqual({
    code: 3,
    stderr:
      "slipway: Windows deploys through WSL only, for the steps of an apply are POSIX shell: install it by wsl --install, and run this in its shell\n",
  });
  expect(machine.calls()).toEqual([]);
  expect(existsSync(join(project, "synths"))).toBe(false);
});
