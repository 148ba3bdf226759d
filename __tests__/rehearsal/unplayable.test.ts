import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import { registryHostOf, unplayable } from "../../src/rehearsal/unplayable.ts";

const ROOT = resolve(__dirname, "../..");
const ECR = registryHostOf("123456789012", "eu-west-1");
const stack = (address: string, path?: string) =>
  new SynthesizedStack("shop", "/x", {
    ...(path === undefined ? {} : { terraform: { backend: { local: { path } } } }),
    provider: { docker: [{ registry_auth: [{ address }] }] },
  } as never);
const BESIDE = "../../../terraform.shop.tfstate";

test("what a rehearsal has is played", () => {
  expect(unplayable(stack(ECR, BESIDE), ECR)).toEqual([]);
});

test.each([
  [
    stack("ghcr.io", BESIDE),
    ["shop pushes to ghcr.io, and a rehearsal has ECR only: rehearse it with its images there"],
  ],
  [
    stack(ECR),
    [
      "shop must keep its state beside the project to be rehearsed, got terraform.tfstate: useLocalBackend(this) in the stack",
    ],
  ],
  [stack("ghcr.io"), [expect.stringContaining("ghcr.io"), expect.stringContaining("useLocalBackend")]],
])("what it has not is said before anything is raised", (declared, problems) => {
  expect(unplayable(declared, ECR)).toEqual(problems);
});

test("a stack of another registry is refused before it is asked what it serves", () => {
  const rehearse = () =>
    execFileSync(process.execPath, ["--import", "tsx", "src/rehearsal/rehearse.ts", "netflix-hub"], {
      cwd: ROOT,
      env: { ...process.env, SLIPWAY_HUB_NAMESPACE: "somebody" },
      encoding: "utf8",
      stdio: "pipe",
    });
  expect(rehearse).toThrow(/netflix-hub pushes to .*, and a rehearsal has ECR only/);
}, 60_000);
