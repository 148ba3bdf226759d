import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsAccount, EcrRegistry, NanoHost } from "../../src/aws/index.ts";
import { BuiltImage, LocalHost, SelfHostedRegistry } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import type { Model } from "../../src/review/model.ts";
import { verdict } from "../../src/review/verdict.ts";
import { modelOf, pageOf } from "./reviewed.ts";

let context: string;
beforeAll(() => {
  context = mkdtempSync(join(tmpdir(), "slipway-moved-"));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
});

const onAws = ({ account = "123456789012", region = "us-east-1" } = {}) =>
  modelOf((stack) => {
    new AwsAccount(stack, "aws", { account, region });
    const repository = new EcrRegistry(stack, "registry").repository("shop");
    const host = new NanoHost(stack, "host");
    const image = new BuiltImage(stack, "image", { context, repository, version: "1.0.0", platform: host.platform });
    host.serve("shop.example.org", { "/": host.run("page", { image, port: 80 }) });
  });

const onEngine = (port: number) =>
  modelOf((stack) => {
    const repository = new SelfHostedRegistry(stack, "registry", { port }).repository("shop");
    const image = new BuiltImage(stack, "image", { context, repository, version: "1.0.0" });
    const host = new LocalHost(stack, "host", { port: 8000 });
    host.serve("shop.example.org", { "/": host.run("page", { image, port: 80 }) });
  });

const first = (before: Model, after: Model) => verdict(compare(before, after)).split("; ")[0];

test.each([
  ["region", { region: "eu-west-1" }],
  ["account", { account: "210987654321" }],
])("a host in another %s is another machine, of which nothing stays untouched", (why, place) => {
  expect(first(onAws(), onAws(place))).toBe("1 host is replaced: its sites are away for about 2 minutes");
  const text = pageOf(onAws(), onAws(place));
  expect(text).toMatch(new RegExp(`\\| \`stack/host\` \\| replaced \\| .* \\| \`${why}\` \\|`));
  expect(text).not.toContain("untouched");
});

test("a description that does not say the account has not moved for that", () => {
  const now = onAws();
  const before = { ...now, hosts: now.hosts.map(({ account: _, ...host }) => host) };
  expect(verdict(compare(before, now))).toBe("nothing changes");
});

test("an image in another registry makes new containers, though nothing in it is new", () => {
  expect(first(onEngine(5002), onEngine(5003))).toBe("1 service rolls in place, nobody notices");
  const text = pageOf(onEngine(5002), onEngine(5003));
  expect(text).toContain("| `stack/host` `page` | rolled | 0 s | `image` |");
  expect(text).toMatch(/`[0-9a-f]{12}`, `localhost:5002\/shop` → `localhost:5003\/shop` \|/);
});
