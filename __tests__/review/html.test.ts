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

test("calls what is moved by itself by its heading, and lets a name break only where it is long", () => {
  const [short, long] = ["stack/host", "a".repeat(40)];
  const rows = `| a | b |\n|---|---|\n| \`${short}\` | \`${long}\` |\n`;
  const text = html(`## Who "may"\n\n${rows}\n## Picture\n\n\`\`\`mermaid\n\`\`\`\n`, model(1));
  const labels = [...text.matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label);
  expect(labels).toEqual(["Who &#34;may&#34;", "Picture", "From context to name"]);
  expect(text).toContain(`<code>${short}</code>`);
  expect(text).toContain(`<code class="long">${long}</code>`);
});

test("takes text of others for no markup", () => {
  const strange = model(1);
  const text = html("<script>alert(1)</script>", { ...strange, stack: "<b>shop" });
  expect(text).toContain("&lt;script&gt;");
  expect(text).toContain("<title>&#60;b&#62;shop: review</title>");
});

test("shortens a long name at its beginning, by whole parts where enough is left", () => {
  const [image, ...others] = model(1).images;
  const named = (path: string) =>
    html("```mermaid\n```", { ...model(1), images: [{ ...image, path } as never, ...others] });
  expect(named("123456789012.dkr.ecr.eu-west-1.amazonaws.com/netflix-movie-catalog")).toContain(
    ">…/netflix-movie-catalog</text>",
  );
  expect(named(`${"a".repeat(30)}/${"b".repeat(40)}`)).toContain(`>…${"b".repeat(35)}</text>`);
  expect(named("shop/image")).toContain(">shop/image</text>");
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
