import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runsOnEngine, runsOnHosts } from "../../../src/cli/images/image-runs.ts";
import type { Tools } from "../../../src/cli/tools.ts";
import { RecordedCommand } from "../recorded-command.ts";

const at = (path: string) => ({ "//": { metadata: { path } } });
const STACK = {
  terraform: { backend: { local: { path: "../../../terraform.shop.tfstate" } } },
  provider: { aws: [{ region: "eu-west-1" }] },
  resource: {
    aws_ssm_document: { doc: at("shop/host/Release/Document/Resource") },
    aws_instance: { it: at("shop/host/Instance/Resource") },
  },
};
const resources = [
  { address: "aws_instance.it", values: { id: "i-1" } },
  { address: "aws_ssm_document.doc", values: { name: "shop.host-1" } },
];

function hostThatSays(answer: object | string) {
  const root = mkdtempSync(join(tmpdir(), "slipway-runs-"));
  mkdirSync(join(root, "out/stacks/shop"), { recursive: true });
  writeFileSync(join(root, "out/stacks/shop/cdk.tf.json"), JSON.stringify(STACK));
  writeFileSync(join(root, "terraform.shop.tfstate"), "{}");
  const command = new RecordedCommand({
    terraform: JSON.stringify({ values: { root_module: { resources } } }),
    sh: typeof answer === "string" ? { code: 75, stderr: answer } : JSON.stringify(answer),
  });
  const tools = {
    ...{ project: { root, output: "out" }, command },
    terraform: { program: "terraform", name: "Terraform", version: "1.11.4" },
  } as unknown as Tools;
  return runsOnHosts(join(root, "out"), ["shop", "other"], tools);
}

it("asks a host on AWS what it runs", async () => {
  const image = `registry.example/web@sha256:${"1".repeat(64)}`;
  expect(await hostThatSays({ services: [{ name: "web", image }] })).toEqual({
    runs: [{ path: "shop/host/web", image, names: [] }],
    notes: [],
  });
});

it("says of one that does not answer that it was not asked, and why", async () => {
  expect(await hostThatSays("the instance does not answer")).toEqual({
    runs: [],
    notes: ["shop/host was not asked what it runs: the instance does not answer"],
  });
});

it("knows a container by its construct, and another by its name", () => {
  const image = { id: "sha256:1", tags: ["a:1"], digests: ["a@sha256:2"], labels: {}, size: 1 };
  const container = { name: "c", image: "a:1", imageId: "sha256:1", state: "running", labels: {} };
  const own = { ...container, labels: { "dev.slipway.construct": "shop/host/web/Container" } };
  expect(runsOnEngine([own, container, { ...container, state: "exited" }], [image])).toEqual([
    { path: "shop/host/web", image: "a:1", names: ["a@sha256:2", "a:1"] },
    { path: "c", image: "a:1", names: ["a@sha256:2", "a:1"] },
  ]);
});
