import { forCdktn } from "../../scripts/cdktn-package.mjs";

test.each([
  ['const cdktf_1 = require("cdktf");', 'const cdktf_1 = require("cdktn");'],
  ['require("cdktf/lib/tokens/private/stack-trace")', 'require("cdktn/lib/tokens/private/stack-trace")'],
  ['import { App } from "cdktf";', 'import { App } from "cdktn";'],
  ['await import("cdktf")', 'await import("cdktn")'],
  ['from "@cdktf/provider-aws/lib/eip"', 'from "@cdktn/provider-aws/lib/eip"'],
  ['resolve("@cdktf/provider-aws/package.json")', 'resolve("@cdktn/provider-aws/package.json")'],
  [
    '"slipway/aws needs the package @cdktf/provider-aws: npm install @cdktf/provider-aws"',
    '"slipway-cdktn/aws needs the package @cdktn/provider-aws: npm install @cdktn/provider-aws"',
  ],
])("%s is %s for cdktn", (text, rewritten) => {
  expect(forCdktn(text)).toBe(rewritten);
});

test.each([
  'from "@cdktf/provider-docker/lib/image"', // published for cdktf alone: npm installs cdktn under its name
  '"@cdktf/error": "error"', // cdktn has kept the word
  'join(folder, "cdktf.json")',
  'from "./cdktf"',
  'const PACKAGES = { cdktf: "slipway", cdktn: "slipway-cdktn" };',
])("%s stays as it is", (text) => {
  expect(forCdktn(text)).toBe(text);
});
