import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { requireProgram } from "../../src/rehearsal/program.ts";
import { Project } from "./project.ts";

const ROOT = resolve(__dirname, "../..");

jest.setTimeout(180_000);

test("Terraform, with Amazon's real provider, finds what we synthesize for ECR valid", async () => {
  const project = new Project("ecr.ts", "slipway-test", { Dockerfile: "FROM scratch\nCOPY Dockerfile /\n" });
  try {
    await project.synth();
    await project.init();
    expect(await project.terraform("validate")).toEqual({
      status: 0,
      output: expect.stringContaining("The configuration is valid"),
    });
  } finally {
    project.remove();
  }
});

test("Terraform, with the real providers, finds every stack of main.ts valid", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-stacks-"));
  const env = { ...process.env, CDKTF_OUTDIR: join(folder, "cdktf.out"), CHECKPOINT_DISABLE: "1" };
  try {
    await requireProgram(process.execPath, ["--import", "tsx", "main.ts"], { cwd: ROOT, env });
    const stacks = join(folder, "cdktf.out/stacks");
    expect(readdirSync(stacks).sort()).toEqual([
      "availability",
      "cats",
      "netflix",
      "netflix-aws",
      "netflix-dev",
      "netflix-fleet",
      "netflix-hub",
      "netflix-production",
      "netflix-ssh",
      "netflix-staging",
      "netflix-swarm",
      "nginx-front",
    ]);
    for (const stack of readdirSync(stacks)) {
      const cwd = join(stacks, stack);
      await requireProgram("terraform", ["init", "-input=false", "-no-color"], { cwd, env });
      const said = await requireProgram("terraform", ["validate", "-no-color"], { cwd, env });
      expect({ stack, said }).toEqual({ stack, said: expect.stringContaining("The configuration is valid") });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
