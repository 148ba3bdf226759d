import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DockerHub, HealthCheck, LocalHost, PromotedImage, Signing } from "../../src/index.ts";
import { compare } from "../../src/review/comparison.ts";
import { keyPair } from "../docker/registry-of-signatures.ts";
import { modelOf, pageOf } from "./reviewed.ts";

const CONTENT = "c".repeat(64);

function promoted(digit: string, version: string, sign?: Signing, requireSignature?: readonly string[]) {
  const release = join(mkdtempSync(join(tmpdir(), "slipway-release-")), "release.json");
  const reference = `registry.example.com/team/web@sha256:${digit.repeat(64)}`;
  const web = { reference, version, contentId: CONTENT, platforms: ["linux/amd64"], exposedPorts: [80], runs: [] };
  writeFileSync(release, JSON.stringify({ schema: 1, stack: "shop-staging", images: { web } }));
  return modelOf((stack) => {
    const repository = new DockerHub(stack, "hub", { namespace: "shop" }).repository("web");
    const image = PromotedImage.from(stack, "web", { release, repository, ...(sign && { sign }) });
    new LocalHost(stack, "host", { ...(requireSignature && { requireSignature }) }).run("web", {
      image,
      health: HealthCheck.http("/"),
    });
  });
}

test("a review shows the digest that production gets, and where it is served already", () => {
  const row = pageOf(promoted("a", "1.0.0"), promoted("b", "1.1.0"))
    .split("\n")
    .find((line) => line.startsWith("| `stack/web`"));
  expect(row).toBe(
    "| `stack/web` | `1.0.0` → `1.1.0` | `sha256:aaaaaaaaaaaa` → `sha256:bbbbbbbbbbbb`, as in `registry.example.com/team/web` |",
  );
});

test("another build of the same content is another image: its digest is what was tried", () => {
  const { hosts } = compare(promoted("a", "1.0.0"), promoted("b", "1.0.0"));
  expect(hosts[0]?.services).toMatchObject([{ name: "web" }]);
  expect(compare(promoted("a", "1.0.0"), promoted("a", "1.0.0")).hosts[0]?.services).not.toEqual(hosts[0]?.services);
});

test("a review says that an image is signed from now on, or no longer, and that a host demands it", () => {
  const signing = Signing.key({ file: "~/signing.key" });
  const [plain, signed] = [promoted("a", "1.0.0"), promoted("b", "1.1.0", signing, [keyPair().publicKey])];
  const row = (page: string) => page.split("\n").find((line) => line.startsWith("| `stack/web`"));
  expect(row(pageOf(plain, signed))).toContain("as in `registry.example.com/team/web`, signed by `~/signing.key`");
  expect(row(pageOf(signed, promoted("c", "1.2.0")))).toContain(", no longer signed");
  expect(compare(plain, signed).hosts[0]?.settings).toContain("requireSignature");
});
