import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { App } from "cdktf";

const DIGEST = `sha256:${"d".repeat(64)}`;
const staging = (name: string) => `111122223333.dkr.ecr.eu-west-1.amazonaws.com/${name}@${DIGEST}`;
const environment = { ...process.env };
const cwd = process.cwd();

/** Synthesizes the one file for all environments, in a project's folder of its own, which may have staging's release. */
function declared({ release, preview, only }: { release?: object; preview?: string; only?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-environments-"));
  const pins = ["nginx:1.30.5", "registry:2.8.3", "python:3.12.8-slim-bookworm", "node:22.12.0-slim"];
  const images = Object.fromEntries(pins.map((name) => [`docker.io/library/${name}`, `sha256:${"0".repeat(64)}`]));
  writeFileSync(join(folder, "slipway.lock.json"), JSON.stringify({ version: 1, images }));
  if (release) writeFileSync(join(folder, "release.netflix-staging.json"), JSON.stringify(release));
  for (const name of Object.keys(process.env)) if (name.startsWith("SLIPWAY_")) delete process.env[name];
  process.env.SLIPWAY_CATALOG_DIR = resolve(cwd, "stacks/apps/netflix-catalog");
  process.env.SLIPWAY_FRONTEND_DIR = resolve(cwd, "stacks/apps/netflix-frontend");
  if (preview) process.env.SLIPWAY_PREVIEW = preview;
  process.chdir(folder);
  const app = new App({ outdir: join(folder, "cdktf.out") });
  jest.isolateModules(() => {
    const { netflixEnvironments } = require("../../stacks/netflix-environments.ts");
    netflixEnvironments(app, only);
  });
  app.synth();
  const stacks = join(folder, "cdktf.out/stacks");
  const read = (name: string, file: string) => JSON.parse(readFileSync(join(stacks, name, file), "utf8"));
  return {
    names: readdirSync(stacks).sort(),
    terraform: (name: string) => read(name, "cdk.tf.json"),
    of: (name: string, kind: string) =>
      read(name, "slipway.json").constructs.filter((each: { kind: string }) => each.kind === kind),
    findings: (name: string) => read(name, "slipway.json").findings,
  };
}

afterEach(() => {
  process.chdir(cwd);
  process.env = { ...environment };
});

const image = (name: string) => ({ reference: staging(name), version: "1.0.0", platforms: ["linux/arm64"], runs: [] });
const RELEASE = {
  schema: 1,
  stack: "netflix-staging",
  images: { "catalog-image": image("netflix-movie-catalog"), "frontend-image": image("netflix-frontend") },
};

test("dev, staging and production come from one file, each in its place", () => {
  const { names, of, terraform } = declared({ release: RELEASE });
  expect(names).toEqual(["netflix-dev", "netflix-production", "netflix-staging"]);
  const sites = names.map((name) => of(name, "host")[0].release.sites[0].name);
  expect(sites).toEqual(["netflix.localhost", "netflix.devops-days-upes.com", "netflix.staging.devops-days-upes.com"]);
  expect(of("netflix-staging", "account")[0]).toMatchObject({ account: "111122223333", environment: "staging" });
  expect(of("netflix-production", "account")[0]).toMatchObject({ account: "444455556666", environment: "production" });
  expect(terraform("netflix-dev").provider.aws).toBeUndefined();
});

test("production serves what staging served, by the same digests, from its own registry, and builds nothing", () => {
  const { of, terraform, findings } = declared({ release: RELEASE });
  expect(of("netflix-production", "image").map(({ reference }: { reference: string }) => reference)).toEqual([
    `444455556666.dkr.ecr.eu-west-1.amazonaws.com/netflix-movie-catalog@${DIGEST}`,
    `444455556666.dkr.ecr.eu-west-1.amazonaws.com/netflix-frontend@${DIGEST}`,
  ]);
  expect(Object.keys(terraform("netflix-production").provider)).toEqual(["aws"]);
  expect(terraform("netflix-production").resource.docker_image).toBeUndefined();
  expect(Object.keys(terraform("netflix-staging").resource)).toContain("docker_image");
  expect(findings("netflix-production").filter(({ path }: { path: string }) => /-image$/.test(path))).toEqual([]);
});

test("before staging was deployed, staging and dev can be: production's plan waits for it", () => {
  const { names, findings } = declared();
  expect(names).toHaveLength(3);
  expect(findings("netflix-production")).toContainEqual({
    path: "netflix-production/catalog-image",
    severity: "warning",
    message:
      "release: there is no release.netflix-staging.json: deploy the environment that writes it, or take the file over from where that was deployed",
  });
});

test("the terminal is about one of them, or about a preview", () => {
  expect(declared({ only: "netflix-dev" }).names).toEqual(["netflix-dev"]);
  const { names, terraform } = declared({ preview: "pr-42", only: "netflix-preview-pr-42" });
  expect(names).toEqual(["netflix-preview-pr-42"]);
  expect(terraform("netflix-preview-pr-42").output).toHaveProperty("slipway_expires");
});
