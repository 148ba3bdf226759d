import { compare } from "../../src/review/comparison.ts";
import { firstScreen } from "../../src/review/first-screen.ts";
import { page } from "../../src/review/page.ts";
import { picture } from "../../src/review/picture.ts";
import { verdict } from "../../src/review/verdict.ts";
import { fleet } from "../aws/nano/nano-fleet-stack.ts";
import { pulled } from "../aws/nano/nano-host-stack.ts";

/** What of a fleet of `hosts` a review reads, with a service whose health check is asked at `health` and one host apart. */
function model(hosts: number, { memoryMiB = 64, isTasked = false } = {}) {
  return fleet(
    (all, stack) => {
      const web = all.run("web", { image: pulled(stack, "web"), port: 80, memoryMiB });
      if (isTasked) all.task("migrate", { image: pulled(stack, "migrate"), memoryMiB: 64 });
      all.serve("shop.example.com", { "/": web });
    },
    { hosts },
  ).model;
}

const HUNDRED = model(100);
const OTHER = model(100, { memoryMiB: 96 });
const text = (before: ReturnType<typeof model> | undefined, after: ReturnType<typeof model>) =>
  page(compare(before, after), after, { base: "main", files: new Map() });

test("a new fleet of a hundred hosts is one page, a row for what all of them are", () => {
  const all = text(undefined, HUNDRED);
  expect(all).toContain("100 hosts are created");
  expect(all.match(/host-\d+/g)?.every((each) => each === "host-1")).toBe(true);
  expect(all).toContain("| `stack/fleet/host-1…100` | created | new |");
  expect(all).toContain("| `stack/fleet/host-1…100` | `eu-west-1` |  | 771.20 |");
  expect(all).toContain("| `stack/fleet` | `eu-west-1` |  | 50.00 |");
  expect(all.split("\n").length).toBe(text(undefined, model(3)).split("\n").length);
});

test("a change of a service is said once", () => {
  const all = text(HUNDRED, OTHER);
  expect(verdict(compare(HUNDRED, OTHER))).toBe("100 services roll in place, nobody notices");
  expect(all).toContain("| `stack/fleet/host-1…100` `web` | rolled | 0 s | `memoryMiB` |");
  expect(all.split("\n").length).toBeLessThan(60);
  const screen = firstScreen({
    comparison: compare(HUNDRED, OTHER),
    plan: { isFirst: false, changes: [], warnings: [] },
    lost: [],
  });
  expect(screen.lines.filter((line) => line.includes("rolled"))).toHaveLength(1);
});

test("what the first host alone has is said of it alone", () => {
  const all = text(model(4), model(4, { isTasked: true }));
  expect(all).toContain("| `stack/fleet/host-1` task `migrate` | created |");
  expect(all).not.toContain("host-1…4");
});

test("growing says what is created, and nothing of what stays", () => {
  const after = model(5);
  const all = text(model(3), after);
  expect(all).toContain("| `stack/fleet/host-4…5` | created | new |");
  expect(all).not.toMatch(/host-1…3` \| (?!untouched)/);
});

test("what Terraform intends with all of them stands once", () => {
  const changed = (number: number, part: string) => ({
    address: `terraform_data.fleet_host-${number}_${part}`,
    path: `stack/fleet/host-${number}/${part}`,
    provider: "terraform.io/builtin",
    action: "replaced" as const,
    why: ["triggers_replace"],
  });
  const numbers = [...Array(100).keys()].map((at) => at + 1);
  const changes = [
    ...numbers.map((number) => changed(number, "Release/Deploy/Resource")),
    changed(7, "Alarm/Resource"),
  ];
  const plan = { isFirst: false, warnings: [], changes };
  const all = page(compare(HUNDRED, OTHER), OTHER, { base: "main", files: new Map(), plan });
  expect(all.match(/Release\/Deploy/g)).toHaveLength(1);
  expect(all).toContain("`stack/fleet/host-*/Release/Deploy/Resource`");
  expect(all).toContain("`stack/fleet/host-*/Alarm/Resource`");
});

test("the picture has the fleet once", () => {
  expect(picture(HUNDRED).match(/fleet, 100 hosts/g)).toHaveLength(1);
});
