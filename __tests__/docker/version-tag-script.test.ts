import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SCRIPT = resolve(__dirname, "../../src/docker/version-tag.sh");
const TAG = "registry.example.com/team/cats:1.4.2";
const CONTENT = "c".repeat(64);
const OTHER = "d".repeat(64);

/** Runs the step with a `docker` that is this shell text. */
function check(docker: string, environment: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-tag-"));
  mkdirSync(join(folder, "bin"));
  const program = join(folder, "bin/docker");
  writeFileSync(program, `#!/bin/sh\necho "$*" >> '${folder}/calls'\n${docker}\n`);
  chmodSync(program, 0o755);
  const { status, stdout, stderr } = spawnSync("/bin/sh", [SCRIPT], {
    encoding: "utf8",
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      SLIPWAY_TAG: TAG,
      SLIPWAY_CONTENT: CONTENT,
      SLIPWAY_LABEL: "dev.slipway.content",
      ...environment,
    },
  });
  return { status, output: stdout + stderr, calls: readFileSync(join(folder, "calls"), "utf8").trim().split("\n") };
}

const standsFor = (content: string) => `[ "$1" = pull ] || echo '${content}'`;
const refuses = (words: string) => `echo '${words}' >&2; exit 1`;

test.each([
  ["Error response from daemon: manifest for a:1 not found: manifest unknown: manifest unknown"],
  ['Error response from daemon: failed to resolve reference "a:1": a:1: not found'],
  ["Error response from daemon: name unknown: repository name not known to registry"],
  ["Error response from daemon: pull access denied for a, repository does not exist or may require 'docker login'"],
])("a tag that is not there is nobody's: %s", (words) => {
  expect(check(refuses(words.replaceAll("'", "")))).toMatchObject({
    status: 0,
    output: "",
    calls: [`pull --quiet ${TAG}`],
  });
});

test("a tag of the same content is no other's", () => {
  expect(check(standsFor(CONTENT))).toEqual({
    status: 0,
    output: "",
    calls: [`pull --quiet ${TAG}`, `image inspect --format {{index .Config.Labels "dev.slipway.content"}} ${TAG}`],
  });
});

test.each([
  [OTHER, OTHER],
  ["<no value>", "something that is not ours"],
  ["", "something that is not ours"],
])("a tag that stands for other content, %j, is refused", (content, named) => {
  expect(check(standsFor(content))).toMatchObject({
    status: 1,
    output: `${TAG} stands for other content (built from ${named}): nothing was pushed; give this content a new version, or put the old content back\n`,
  });
});

test("on one's own machine it moves, and that is said", () => {
  expect(check(standsFor(OTHER), { SLIPWAY_MOVES: "1" })).toMatchObject({
    status: 0,
    output: `${TAG} stood for other content (built from ${OTHER}) and moves\n`,
  });
});

test.each([
  [
    "Error response from daemon: Get https://a/v2/: unauthorized: authentication required",
    "; after docker login registry.example.com it can",
  ],
  [
    'Error response from daemon: Head "https://a/v2/b/manifests/1": no basic auth credentials',
    "; after docker login registry.example.com it can",
  ],
  [
    'Error response from daemon: failed to resolve reference "a:1": pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
    "; after docker login registry.example.com it can",
  ],
  ["Cannot connect to the Docker daemon", ""],
])("what cannot be asked is said and stops nothing: %s", (words, remedy) => {
  expect(check(refuses(words))).toMatchObject({
    status: 0,
    output: `${TAG} may stand for other content, which cannot be told: ${words}${remedy}\n`,
  });
});

test("without the docker command nothing can be told", () => {
  const { status, stdout } = spawnSync("/bin/sh", [SCRIPT], {
    encoding: "utf8",
    env: { PATH: mkdtempSync(join(tmpdir(), "slipway-tag-")), SLIPWAY_TAG: TAG },
  });
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `${TAG} may stand for other content, which cannot be told: the docker command is missing\n`,
  });
});

test("an image that was pulled and cannot be read stops the push", () => {
  expect(check(`[ "$1" = pull ] || { echo 'no such image' >&2; exit 1; }`).status).toBe(1);
});

test("the platform that it was built for is the one that is asked for", () => {
  const { calls } = check(standsFor(CONTENT), { SLIPWAY_PLATFORM: "linux/arm64" });
  expect(calls[0]).toBe(`pull --quiet --platform linux/arm64 ${TAG}`);
});
