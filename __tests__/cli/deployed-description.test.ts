import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeployedDescription } from "../../src/cli/deployed-description.ts";

const description = (stack: string) => ({ format: 1 as const, stack, constructs: [], findings: [] });

/** A stack's folder, with a state in the project's. */
function project() {
  const root = mkdtempSync(join(tmpdir(), "slipway-deployed-"));
  const folder = join(root, "cdktf.out/stacks/cats");
  mkdirSync(folder, { recursive: true });
  const state = (content: object) => writeFileSync(join(root, "terraform.cats.tfstate"), JSON.stringify(content));
  const of = (localStatePath: string | undefined) => new DeployedDescription({ name: "cats", folder, localStatePath });
  return { root, folder, state, local: of("../../../terraform.cats.tfstate"), elsewhere: of(undefined) };
}

it("knows nothing, and has nothing to say, of what was never deployed or was taken away", () => {
  const { state, local } = project();
  expect(local.read()).toEqual({});
  state({ serial: 3, lineage: "a", resources: [] });
  expect(local.read()).toEqual({});
});

it("says of a state with resources that nothing describes them", () => {
  const { state, local } = project();
  state({ serial: 3, lineage: "a", resources: [{}] });
  expect(local.read()).toEqual({ note: expect.stringContaining("what is deployed of cats is not described here") });
});

it("keeps beside the state what was deployed, and says where the state went on without it", () => {
  const { root, state, local } = project();
  state({ serial: 3, lineage: "a", resources: [{}] });
  local.keep(description("cats"));
  expect(existsSync(join(root, "terraform.cats.tfstate.slipway.json"))).toBe(true);
  expect(local.read()).toEqual({ description: description("cats") });
  for (const other of [
    { serial: 4, lineage: "a" },
    { serial: 3, lineage: "b" },
  ]) {
    state({ ...other, resources: [{}] });
    const note = expect.stringContaining("has changed since the last up that ended well");
    expect(local.read()).toEqual({ description: description("cats"), note });
  }
  local.forget();
  expect(local.read()).toEqual({ note: expect.stringContaining("is not described here") });
});

it("keeps it in the stack's folder where the state lies elsewhere", () => {
  const { folder, elsewhere } = project();
  expect(elsewhere.read().note).toContain("is not described here");
  elsewhere.keep(description("cats"));
  expect(existsSync(join(folder, "slipway.deployed.json"))).toBe(true);
  expect(elsewhere.read()).toEqual({ description: description("cats") });
});

it("forgets what was before where the stack says nothing of itself any more", () => {
  const { local } = project();
  local.keep(description("cats"));
  local.keep(undefined);
  expect(local.read()).toEqual({});
});

it("takes a file of another form or none at all for nothing", () => {
  const { root, state, local } = project();
  state({ serial: 1, resources: [{}] });
  for (const text of ["", "[]", '{"format":2}']) {
    writeFileSync(join(root, "terraform.cats.tfstate.slipway.json"), text);
    expect(local.read()).toEqual({ note: expect.stringContaining("is not described here") });
  }
});
