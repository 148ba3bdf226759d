import { html } from "../../src/review/html.ts";
import type { Model } from "../../src/review/model.ts";

/** A stack of that many services, each with an image and a name of its own. */
function model(services: number): Model {
  const names = Array.from({ length: services }, (_, index) => `service-${index + 1}`);
  const container = { health: { kind: "tcp" }, secrets: {}, memoryMiB: 64 };
  return {
    stack: "shop",
    images: names.map((name) => ({
      path: `shop/${name}-image`,
      repository: `ghcr.io/shop/${name}`,
      reference: `ghcr.io/shop/${name}@sha256:${"0".repeat(64)}`,
      platforms: [],
    })),
    repositories: [],
    registries: [],
    hosts: [
      {
        path: "shop/host",
        machine: {},
        release: {
          services: names.map((name) => ({ name, image: `shop/${name}-image`, ...container })),
          sites: names.map((name) => ({ name: `${name}.example.org`, routes: [], proxy: {} })),
          drainSeconds: 10,
        },
        opened: [],
        outbound: [],
        permissions: [],
      },
    ],
    published: [],
    deployer: [],
    findings: [],
  };
}

test("is one file that asks nothing of a network, and runs nothing", () => {
  const text = html("# shop\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```mermaid\nflowchart LR\n```\n", model(2));
  expect(text).toContain("<svg ");
  expect(text).not.toContain("flowchart");
  expect(text).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)|\bsrc=|href=/);
});

test("takes text of others for no markup", () => {
  const strange = model(1);
  const text = html("<script>alert(1)</script>", { ...strange, stack: "<b>shop" });
  expect(text).toContain("&lt;script&gt;");
  expect(text).toContain("<title>&#60;b&#62;shop: review</title>");
});

test("draws 31 things side by side, none over another", () => {
  const text = html("```mermaid\n```", model(10));
  const boxes = [...text.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)]
    .map((match) => match.slice(1).map(Number) as [number, number, number, number])
    .map(([x, y, width, height]) => ({ x, y, right: x + width, bottom: y + height }));
  expect(boxes).toHaveLength(31);
  const over = boxes.filter((a, at) =>
    boxes.slice(at + 1).some((b) => a.x < b.right && b.x < a.right && a.y < b.bottom && b.y < a.bottom),
  );
  expect(over).toEqual([]);
  expect(html("```mermaid\n```", model(10))).toBe(text);
});
