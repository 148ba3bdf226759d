import { compare } from "../../src/review/comparison.ts";
import { firstScreen } from "../../src/review/first-screen.ts";
import { lostData } from "../../src/review/lost-data.ts";
import type { Model } from "../../src/review/model.ts";
import type { Plan, PlannedChange } from "../../src/review/plan.ts";
import { type Declared, shop as shopIn } from "./shop.ts";

const shop = (change: Declared = {}) => shopIn({ region: "us-east-1", ...change });

const change = (
  address: string,
  action: PlannedChange["action"],
  more: Partial<PlannedChange> = {},
): PlannedChange => ({
  ...{ address, path: address, provider: "hashicorp/aws", action, why: [] },
  ...more,
});
const planOf = (
  changes: readonly PlannedChange[] = [change("terraform_data.x", "replaced")],
  warnings: string[] = [],
) => {
  const plan: Plan = { changes, warnings, isFirst: false };
  return plan;
};
function screenOf(before: Model | undefined, after: Model, plan = planOf()): string {
  const comparison = compare(before, after);
  const lost = lostData(plan, before ? [before, after] : [after], comparison);
  const { headline, lines } = firstScreen({ comparison, plan, lost });
  return [headline, ...lines].join("\n");
}

const before = shop();

test("says of an edited line that a service rolls in place, and what stays", () => {
  expect(screenOf(shop({ worker: true }), shop({ worker: true, digest: "b" }))).toMatchInlineSnapshot(`
    "2 services roll in place, nobody notices
    rolled  stack/host page (image), away 0 s
            stack/host worker (image), away 0 s"
  `);
});

test("of a first deploy names what comes, what it opens and what it costs", () => {
  expect(screenOf(undefined, before)).toMatchInlineSnapshot(`
    "1 host is created, 1 service is created; 1 new port open to the world; 127 new permissions
    created  stack/host: page
    opens    icmp type 3 in from the world (stack/host)
             tcp 80 in from the world (stack/host)
             tcp 443 out to the world (stack/host)
             tcp 53 out to the world (stack/host)
             tcp 80 out to the world (stack/host)
             udp 123 out to the world (stack/host)
             udp 53 out to the world (stack/host)
    cost     stack/host, us-east-1: 7.36 USD a month, surplus CPU credits at worst 55.48 more"
  `);
});

test("of a larger machine says what is away for how long, and what it costs", () => {
  expect(screenOf(before, shop({ type: "t4g.small" }))).toMatchInlineSnapshot(`
    "1 host restarts: its sites are away for about 2 minutes
    restarted  stack/host (type), away while the machine stops and starts: about 2 minutes
    with it    stack/host page
    cost       stack/host, us-east-1: 7.36 → 16.55 USD a month, surplus CPU credits at worst 46.72 more"
  `);
});

test("of a machine that is replaced says that its new version comes with it, for it rolls nowhere", () => {
  expect(
    screenOf(before, shop({ type: "t3.nano", digest: "b" }))
      .split("\n")
      .slice(0, 3),
  ).toEqual([
    "1 host is replaced: its sites are away for about 2 minutes",
    expect.stringMatching(/^replaced +stack\/host \(platform, type\), away until the new machine has booted/),
    expect.stringMatching(/^with it +stack\/host page \(image\)$/),
  ]);
});

test("names a port, a right and a secret more", () => {
  expect(screenOf(before, shop({ secret: true, port: 5432 }))).toMatchInlineSnapshot(`
    "1 service rolls in place, nobody notices; 1 new permission
    rolled   stack/host page (secrets.TOKEN), away 0 s
    opens    tcp 5432 out to the world (stack/host)
    may now  stack/host: ssm:GetParameter on arn:aws:ssm:us-east-1:123456789012:parameter/shop/token
    secret   stack/host page: TOKEN: none → parameter /shop/token"
  `);
});

test("has what a check warns of first", () => {
  const held = "stack/host is held at version 4: other content ends it";
  expect(screenOf(before, shop({ digest: "b" }), planOf(undefined, [held])).split("\n")[1]).toBe(`warning  ${held}`);
});

test("says nothing but that where nothing changes", () => {
  expect(screenOf(before, shop(), planOf([]))).toBe("nothing changes");
});

test("shows Terraform's plan where nothing is declared otherwise", () => {
  const plan = planOf([change("aws_eip.a", "updated", { path: "stack/host/Eip" }), change("aws_x.gone", "deleted")]);
  expect(screenOf(before, shop(), plan)).toMatchInlineSnapshot(`
    "no host, image or permission is declared otherwise, Terraform's plan says what changes
    updates  stack/host/Eip
    deletes  aws_x.gone"
  `);
});

test("shows Terraform's plan alone where nothing is known of what is deployed, and no more of a kind than fits", () => {
  const changes = Array.from({ length: 12 }, (_, index) => change(`aws_x.a${index}`, "created"));
  const { headline, lines } = firstScreen({ plan: planOf(changes), lost: [] });
  expect([headline, lines.length, lines.at(-1)]).toEqual([
    "Terraform's plan says what changes",
    9,
    "         and 4 more",
  ]);
});

test("names a machine that is replaced without a word of the declaration", () => {
  const plan = planOf([
    change("aws_instance.i", "replaced", {
      path: "stack/host/Instance/Resource",
      why: ["ami"],
    }),
  ]);
  expect(screenOf(before, shop({ digest: "b" }), plan)).toContain("\nreplaces  stack/host/Instance/Resource (ami)");
});

test("says of data that is lost once, before all else", () => {
  const plan = planOf([change("docker_volume.a", "deleted", { path: "stack/data" })]);
  expect(screenOf(before, shop(), plan).split("\n").slice(1)).toEqual([
    "deletes  stack/data (docker_volume), with all that it holds",
  ]);
});
