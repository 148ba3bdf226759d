import { nextDeclaration, rehearseChange } from "../../src/rehearsal/rehearsed-change.ts";

/** Terraform, as far as a change asks it: what a plan says before the apply, and what it says after. */
function terraform(planned: readonly string[], after: readonly string[] = []) {
  const actions = (addresses: readonly string[]) =>
    addresses.map((address) => ({ address, actions: ["update"], attributes: [] }));
  const outcome = { code: 0, stdout: "", stderr: "" };
  return {
    applyPlanned: async () => ({ planned: actions(planned), outcome }),
    plan: async () => actions(after),
  } as never;
}

test("the next declaration is the app's own by further variables, and may touch every resource but a machine", async () => {
  const declared: unknown[] = [];
  const change = nextDeclaration({ VERSION: "2", TAG: "b" }, async (more) => declared.push(more));
  const checks = await rehearseChange(terraform(["aws_ssm_parameter.host_release_1"]), change);
  expect(declared).toEqual([{ VERSION: "2", TAG: "b" }]);
  expect(checks.map(({ what, ok }) => [what, ok])).toEqual([
    ["VERSION=2 TAG=b changes something, and nothing of aws_instance.*", true],
    ["a plan after VERSION=2 TAG=b is empty", true],
  ]);
});

test.each([
  ["a machine", ["aws_instance.host_1"], [], [false, true]],
  ["a machine of a module", ["module.shop.aws_instance.host_1"], [], [false, true]],
  ["nothing", [], [], [false, true]],
  ["something that never rests", ["terraform_data.deploy"], ["terraform_data.deploy"], [true, false]],
])("one that changes %s is told", async (_, planned, after, ok) => {
  const change = nextDeclaration({ VERSION: "2" }, async () => {});
  expect((await rehearseChange(terraform(planned, after), change)).map((check) => check.ok)).toEqual(ok);
});

test("what is named by its name alone is found whatever its type is", async () => {
  const change = { what: "a change", untouched: "front_" };
  const [check] = await rehearseChange(terraform(["aws_eip.front_1"]), change);
  expect(check).toMatchObject({ ok: false });
});
