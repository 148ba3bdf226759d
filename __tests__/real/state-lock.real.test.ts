import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { outputTail, run } from "../../src/cli/command.mjs";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import { Terminal } from "../../src/cli/terminal.mjs";
import { TerraformRun } from "../../src/cli/terraform-run.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { waitFor } from "./project.ts";

jest.setTimeout(60_000);

const TERRAFORM = process.env.SLIPWAY_TERRAFORM ?? "terraform";
const folder = mkdtempSync(join(tmpdir(), "slipway-lock-"));
const began = join(folder, "began");
const end = join(folder, "end");

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("who comes second is refused by the lock, and told who is first", async () => {
  // an apply that lasts until the test lets it end
  const command = `touch '${began}'; read -r _ <'${end}'`;
  const document = {
    terraform: { backend: { local: { path: "terraform.tfstate" } } },
    resource: { terraform_data: { slow: { provisioner: [{ "local-exec": { command } }] } } },
  };
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(document));
  execFileSync("mkfifo", [end]);
  const terminal = new Terminal({ out: new PassThrough() as never, input: new PassThrough() as never, env: {} });
  const tools = { terminal, command: { run, outputTail }, terraform: { program: TERRAFORM, name: "Terraform" } };
  const stack = new SynthesizedStack("shop", folder, document as never);
  const second = new TerraformRun(stack, tools as unknown as Tools);
  await second.init();

  const first = run(TERRAFORM, [`-chdir=${folder}`, "apply", "-auto-approve", "-input=false"], {});
  await waitFor(() => existsSync(began));
  await expect(second.plan(join(folder, "plan"), { verb: "up" })).rejects.toThrow(
    /^\S+@\S+ \(apply\) is at work on this stack since \d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC, and nothing was done: run this again when that has ended$/,
  );
  writeFileSync(end, "\n");
  expect(await first).toMatchObject({ code: 0 });
  await expect(second.plan(join(folder, "plan"), { verb: "up" })).resolves.toMatchObject({ verb: "up" });
});
