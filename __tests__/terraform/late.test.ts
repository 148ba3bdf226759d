import { lateText, lateValue } from "../../src/terraform/late.ts";
import { isReference } from "../../src/terraform/reference.ts";
import { Step } from "../../src/terraform/step.ts";
import { only, synthesize } from "../synthesize.ts";

test("what is declared later is told, escaped, and references stay references", () => {
  const declared: string[] = [];
  const stack = synthesize((scope) => {
    const reference = new Step(scope, "other", { command: "true" }).getStringAttribute("id");
    new Step(scope, "step", {
      command: "true",
      environment: { ALL: lateText(() => declared.join(" ")) },
      triggers: { all: lateValue(() => ({ list: [...declared], "${key}": 1, none: undefined })) },
    });
    declared.push("a", "${b}", "%{c}", reference);
  });
  const step = only(stack, "terraform_data", "step");
  expect(step.triggers_replace).toEqual({
    all: { "$${key}": 1, list: ["a", "$${b}", "%%{c}", "${terraform_data.other.id}"] },
  });
  expect(step.provisioner).toMatchObject([
    { "local-exec": { environment: { ALL: "a $${b} %%{c} ${terraform_data.other.id}" } } },
  ]);
});

test("what is late is a reference", () => {
  expect(
    [lateText(() => "a"), lateValue(() => 1), `a ${lateText(() => "b")}`, "a", 1, undefined].map(isReference),
  ).toEqual([true, true, true, false, false, false]);
});
