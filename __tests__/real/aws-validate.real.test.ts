import { Project } from "./project.ts";

jest.setTimeout(120_000);

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
