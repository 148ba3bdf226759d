import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost } from "../../src/aws/index.ts";
import { PulledImage } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import { changedFiles } from "../../src/review/context-files.ts";
import { html } from "../../src/review/html.ts";
import { page } from "../../src/review/page.ts";
import { synthesize } from "../../src/testing/index.ts";

const TEN = [...Array(10).keys()];

/** Ten hosts with ten services each, every one with an image and a site of its own. */
const shops = (digest: string) => (stack: TerraformStack) => {
  new AwsAccount(stack, "aws", { account: "123456789012", region: "eu-west-1" });
  for (const shop of TEN) {
    const host = new NanoHost(stack, `shop-${shop}`, { instanceType: "t4g.medium" });
    for (const part of TEN) {
      const image = new PulledImage(stack, `image-${shop}-${part}`, {
        image: `ghcr.io/shop-${shop}/part-${part}@sha256:${digest.repeat(64)}`,
        platform: host.platform,
      });
      const service = host.run(`part-${part}`, { image, port: 8080, memoryMiB: 64 });
      host.serve(`part-${part}.shop-${shop}.example.org`, { "/": service });
    }
  }
};

function timed<T>(run: () => T): { readonly made: T; readonly milliseconds: number } {
  const start = performance.now();
  const made = run();
  return { made, milliseconds: performance.now() - start };
}

test("a review of 100 services takes less than their synth on top of it, its page for a browser included", () => {
  const synth = (digest: string) =>
    synthesize(shops(digest), { outdir: mkdtempSync(join(tmpdir(), "slipway-hundred-")) });
  const before = synth("a");
  const { made: after, milliseconds: synthesized } = timed(() => synth("b"));
  const { made: text, milliseconds: reviewed } = timed(() => {
    const comparison = compare(before.model, after.model);
    const files = changedFiles(comparison.images, before.directory, after.directory);
    const markdown = page(comparison, after.model, { base: "main", files });
    html(markdown, after.model);
    return markdown;
  });
  expect(text).toContain("**100 services roll in place, nobody notices**");
  expect(reviewed).toBeLessThan(synthesized);
});
