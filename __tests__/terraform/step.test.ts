import { Step } from "../../src/terraform/step.ts";
import { VerifiedStep } from "../../src/terraform/verified-step.ts";
import { only, type SynthesizedStack, synthesize } from "../synthesize.ts";

/** The step of that name, without CDKTF's own notes. */
function written(stack: SynthesizedStack, name: string | RegExp): Record<string, unknown> {
  const { "//": _, ...step } = only(stack, "terraform_data", name);
  return step;
}

test("a step runs when it is made, and again when a trigger changes", () => {
  const stack = synthesize((scope) => {
    const first = new Step(scope, "first", { command: "true" });
    new Step(scope, "second", {
      command: "echo hello",
      environment: { NAME: "value" },
      triggers: { camelCase: ["1"] },
      dependsOn: [first],
    });
  });
  expect(written(stack, "second")).toEqual({
    depends_on: ["terraform_data.first"],
    lifecycle: { create_before_destroy: true },
    provisioner: [
      {
        "local-exec": {
          command: "echo hello",
          environment: { NAME: "value" },
          interpreter: ["/bin/sh", "-c"],
        },
      },
    ],
    triggers_replace: { camelCase: ["1"] },
  });
});

test("a step of the destroy is destroyed first, or Terraform would skip it", () => {
  const stack = synthesize((scope) => new Step(scope, "last", { command: "echo bye", when: "destroy" }));
  expect(written(stack, "last")).toEqual({
    provisioner: [{ "local-exec": { command: "echo bye", interpreter: ["/bin/sh", "-c"], when: "destroy" } }],
  });
});

test("where there cannot be two of what it depends on, a step lets the old go first", () => {
  const stack = synthesize((scope) => new Step(scope, "step", { command: "true", createBeforeDestroy: false }));
  expect(only(stack, "terraform_data", "step")).not.toHaveProperty("lifecycle");
});

describe("a verified step", () => {
  const declared = (verifyCommand?: string) =>
    synthesize((scope) => {
      const step = new VerifiedStep(scope, "fill", { command: "sh fill.sh", verifyCommand, triggers: { of: "1" } });
      new Step(scope, "after", { command: "true", dependsOn: step.ready });
    });
  const command = (resource: Record<string, unknown>) =>
    (resource.provisioner as Record<string, { command: string }>[])[0]?.["local-exec"]?.command;

  test("is verified by a second resource, which waits for the first and is triggered alike", () => {
    const stack = declared();
    const [run, verify] = [written(stack, /^fill_[0-9A-F]{8}$/), written(stack, "fill_Verify")];
    expect(verify).toEqual({ ...run, depends_on: [expect.stringMatching(/^terraform_data\.fill_[0-9A-F]{8}$/)] });
    expect(only(stack, "terraform_data", "after").depends_on).toHaveLength(2);
  });

  test("is verified by a command of its own where it has one", () => {
    const stack = declared("sh fill.sh verify");
    expect(command(written(stack, /^fill_[0-9A-F]{8}$/))).toBe("sh fill.sh");
    expect(command(written(stack, "fill_Verify"))).toBe("sh fill.sh verify");
  });
});
