import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryRemedy } from "../../src/cli/registry-remedy.ts";

const lockfile = join(mkdtempSync(join(tmpdir(), "slipway-remedy-")), "slipway.lock.json");
writeFileSync(
  lockfile,
  JSON.stringify({ images: { "docker.io/library/python:3.9-slim": "a", "docker.io/grafana/grafana:11": "b" } }),
);
const DNS = "dial tcp: lookup registry-1.docker.io on 127.0.0.53:53: no such host";

test.each([
  [
    `failed to solve: ruby:3: failed to resolve source metadata for docker.io/library/ruby:3: failed to do request: ${DNS}`,
    "docker.io/library/ruby:3",
  ],
  [
    `failed to create LLB definition: failed to do request: Head "https://registry-1.docker.io/v2/library/ruby/manifests/3-alpine": ${DNS}`,
    "ruby:3-alpine",
  ],
  [
    `failed to solve with frontend gateway.v0: Head "https://registry-1.docker.io/v2/docker/dockerfile/manifests/1.4": ${DNS}`,
    "docker/dockerfile:1.4",
  ],
  [`unable to pull image ruby:3: error pulling image ruby:3: ${DNS}`, "ruby:3"],
])("%s is told by what there is", (failure, image) => {
  expect(registryRemedy(failure, lockfile)).toBe(
    `its registry does not answer here and nothing stands in for ${image}; there are grafana/grafana:11, python:3.9-slim`,
  );
});

test.each([
  ["another failure", "failed to solve: process did not complete", lockfile],
  ["no stand-ins", `failed to resolve source metadata for ruby:3: ${DNS}`, "/nowhere"],
])("%s has no such remedy", (_, failure, file) => {
  expect(registryRemedy(failure, file)).toBeUndefined();
});
