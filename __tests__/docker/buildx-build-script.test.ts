import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SCRIPT = resolve(__dirname, "../../src/docker/buildx-build.sh");
const PUSH = "registry.example.com/team/cats";
const CONTENT = "c".repeat(64);
const OTHER = "d".repeat(64);
const OWN = `sha-${CONTENT}`;

/** What `imagetools inspect` prints of an image with one side, and of an index. */
const config = (content: string) =>
  `{\n  "architecture": "amd64",\n  "config": {\n    "Labels": {\n      "dev.slipway.content": "${content}",\n      "a": "b"\n    }\n  }\n}`;
const index = (content: string) => `{ "linux/amd64": ${config(content)}, "linux/arm64": ${config(content)} }`;
const NOTHING = "{}";

interface World {
  /** By tag, what is there; `?` cannot be asked. */
  readonly there?: Readonly<Record<string, string>>;
  /** What a build says before it fails. */
  readonly broken?: string;
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly docker?: string;
}

function run({ there = {}, broken, words = [], environment = {}, docker }: World = {}) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-buildx-"));
  mkdirSync(join(folder, "bin"));
  for (const [tag, text] of Object.entries(there)) writeFileSync(join(folder, tag), text);
  const failing = broken === undefined ? ":" : `printf '%s\\n' '${broken}' >&2; exit 1`;
  const program = `#!/bin/sh
    case "$*" in *'imagetools inspect'*) ;; *) printf '%s|' "$@" >> '${folder}/calls'; echo >> '${folder}/calls' ;; esac
    for last; do :; done
    case "$*" in
      'buildx imagetools inspect '*)
        found='${folder}/'"\${last##*:}"
        [ -e "$found" ] || { echo "ERROR: $last: not found" >&2; exit 1; }
        [ "$(cat "$found")" != '?' ] || { echo 'ERROR: dial tcp: i/o timeout' >&2; exit 1; }
        cat "$found" ;;
      'buildx build '*) ${failing} ;;
    esac`;
  writeFileSync(join(folder, "bin/docker"), docker ?? program);
  chmodSync(join(folder, "bin/docker"), 0o755);
  const { status, stdout, stderr } = spawnSync("/bin/sh", [SCRIPT, ...words], {
    encoding: "utf8",
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      SLIPWAY_CONTEXT: "contexts/1",
      SLIPWAY_DOCKERFILE: "docker/Dockerfile",
      SLIPWAY_PUSH: PUSH,
      SLIPWAY_CONTENT: CONTENT,
      SLIPWAY_LABEL: "dev.slipway.content",
      SLIPWAY_FIXED: `${OWN} 1.4.2`,
      SLIPWAY_MUTABLE_TAGS: "",
      SLIPWAY_PLATFORMS: "linux/amd64,linux/arm64",
      SLIPWAY_NEEDS: "several platforms",
      SLIPWAY_STREAMED: resolve(__dirname, "../../src/docker/streamed.sh"),
      ...environment,
    },
  });
  const calls = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "";
  const made = calls
    .split("\n")
    .filter((call) => call !== "" && call !== "buildx|version|")
    .map((call) => call.replace(/\|$/, "").split("|").slice(1));
  return { status, output: stdout + stderr, made };
}

const BUILD = ["--file", "contexts/1/docker/Dockerfile", "--push", "contexts/1"];
const tagged = (...tags: string[]) => tags.flatMap((tag) => ["--tag", `${PUSH}:${tag}`]);

test("what is new is built once and pushed under all of its tags, with the words that it was given", () => {
  const words = ["--build-arg", "A=it's ${B} *", "--label", ""];
  expect(run({ words, environment: { SLIPWAY_MUTABLE_TAGS: "1.4 latest" } })).toEqual({
    status: 0,
    output: `${PUSH}: has ${OWN} 1.4.2 1.4 latest\n`,
    made: [["build", "--progress", "plain", ...words, ...tagged(OWN, "1.4.2", "1.4", "latest"), ...BUILD]],
  });
});

test.each([
  ["an index", index(CONTENT)],
  ["one image", config(CONTENT)],
])("what is there and has the same content is adopted: %s", (_, found) => {
  expect(run({ there: { [OWN]: found, "1.4.2": found } })).toEqual({
    status: 0,
    output: `${PUSH}: adopts the tag ${OWN}, built from the same content\n${PUSH}: has every tag already\n`,
    made: [],
  });
});

test("a tag that is missing is made of the one that is there, in the registry", () => {
  const create = (tag: string) => ["create", "--prefer-index=false", ...tagged(tag), `${PUSH}:${OWN}`];
  const { status, made } = run({ there: { [OWN]: index(CONTENT) }, environment: { SLIPWAY_MUTABLE_TAGS: "latest" } });
  expect({ status, made }).toEqual({
    status: 0,
    made: [
      ["imagetools", ...create("1.4.2")],
      ["imagetools", ...create("latest")],
    ],
  });
});

test("so it is by a buildx that has no word for a copy as it is", () => {
  const docker = `#!/bin/sh
    case "$*" in
      *'imagetools inspect'*:sha-*) printf '%s' '${index(CONTENT)}' ;;
      *'imagetools inspect'*) echo 'ERROR: not found' >&2; exit 1 ;;
      *--prefer-index*) echo 'unknown flag: --prefer-index' >&2; exit 125 ;;
    esac`;
  expect(run({ docker })).toMatchObject({ status: 0, output: expect.stringContaining(`${PUSH}: has 1.4.2\n`) });
});

test.each([
  ["other content", index(OTHER), OTHER],
  ["nothing of ours", NOTHING, "something that is not ours"],
])("a version that stands for %s is refused before anything is built", (_, found, named) => {
  expect(run({ there: { "1.4.2": found } })).toEqual({
    status: 1,
    output: `${PUSH}: the tag 1.4.2 stands for other content (built from ${named}): nothing was built; give this content a new version, or put the old content back\n`,
    made: [],
  });
});

test("on one's own machine it moves, and that is said", () => {
  const { output, made } = run({ there: { "1.4.2": index(OTHER) }, environment: { SLIPWAY_MOVES: "1" } });
  expect(output).toContain(`the tag 1.4.2 stood for other content (built from ${OTHER}) and moves\n`);
  expect(made).toEqual([["build", "--progress", "plain", ...tagged(OWN, "1.4.2"), ...BUILD]]);
});

test("a registry that cannot be asked is said, and stops nothing", () => {
  const { status, output, made } = run({ there: { [OWN]: "?", "1.4.2": "?" } });
  expect(status).toBe(0);
  expect(output).toContain(`${PUSH}: what the tag 1.4.2 stands for cannot be told: ERROR: dial tcp: i/o timeout\n`);
  expect(made).toHaveLength(1);
});

test("a builder of its own is asked everything", () => {
  const environment = { SLIPWAY_BUILDER: "farm", SLIPWAY_FIXED: `${OWN} 1.4.2` };
  expect(run({ environment }).made[0]?.slice(0, 3)).toEqual(["build", "--builder", "farm"]);
  expect(run({ there: { [OWN]: index(CONTENT) }, environment }).made[0]?.slice(0, 4)).toEqual([
    "imagetools",
    "create",
    "--builder",
    "farm",
  ]);
});

test.each([
  [
    "ERROR: Multi-platform build is not supported for the docker driver.",
    /this builder cannot do it \(several platforms\): let the engine use the containerd image store, or make a builder by docker buildx create --name slipway --driver docker-container --driver-opt network=host and declare builder: "slipway"$/,
  ],
  ["ERROR: Attestation is not supported for the docker driver.", /this builder cannot do it/],
  ["ERROR: docker exporter does not currently support exporting manifest lists", /this builder cannot do it/],
  [
    "exec /bin/sh: exec format error",
    /the builder runs no steps of a platform of linux\/amd64,linux\/arm64: docker run --privileged --rm tonistiigi\/binfmt --install all teaches it$/,
  ],
  [
    "ERROR: failed to push: no basic auth credentials",
    /docker has no login that may push there: docker login registry.example.com, /,
  ],
  ["ERROR: server message: insufficient_scope: authorization failed", /docker has no login/],
  [
    "dial tcp 127.0.0.1:5001: connect: connection refused",
    /nothing answers there; .* made with --driver-opt network=host$/,
  ],
  [
    "process /bin/sh -c false did not complete successfully: exit code: 1",
    /^registry.example.com\/team\/cats: the build failed$/,
  ],
])("a build that ends with %s fails with these words, and what usually helps", (broken, last) => {
  const { status, output } = run({ broken });
  const lines = output.trim().split("\n");
  expect({ status, first: lines[0] }).toEqual({ status: 1, first: broken });
  expect(lines.at(-1)).toMatch(last);
});

test("a tag that cannot be made fails the step", () => {
  const docker = `#!/bin/sh
    case "$*" in
      *'imagetools inspect'*:sha-*) printf '%s' '${index(CONTENT)}' ;;
      *'imagetools inspect'*) echo 'ERROR: not found' >&2; exit 1 ;;
      *'imagetools create'*) echo 'ERROR: tag invalid: immutable' >&2; exit 1 ;;
    esac`;
  expect(run({ docker })).toMatchObject({
    status: 1,
    output: expect.stringContaining(`${PUSH}: cannot be tagged 1.4.2: ERROR: tag invalid: immutable\n`),
  });
});

test("without buildx, and without docker, it says what to install", () => {
  expect(run({ docker: "#!/bin/sh\nexit 1\n" })).toMatchObject({
    status: 1,
    output: `${PUSH}: docker has no buildx, which builds several platforms: install docker-buildx-plugin (docker-buildx on Debian and Ubuntu) and apply again\n`,
  });
  const { status, stdout } = spawnSync("/bin/sh", [SCRIPT], {
    encoding: "utf8",
    env: { PATH: mkdtempSync(join(tmpdir(), "slipway-buildx-")), SLIPWAY_PUSH: PUSH },
  });
  expect({ status, stdout }).toEqual({
    status: 1,
    stdout: `${PUSH}: the docker command is missing: install Docker's command line and apply again\n`,
  });
});

describe("a context that is kept elsewhere", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-elsewhere-"));
  writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
  // What fetches is tried by itself; here it only says where.
  writeFileSync(join(folder, "fetch.sh"), `fetch_context() { context=${folder}; }\ntop_of() { echo "app lib"; }\n`);
  const elsewhere = (environment: Readonly<Record<string, string>>, more: World = {}) =>
    run({
      ...more,
      environment: {
        SLIPWAY_CONTEXT: "",
        SLIPWAY_FETCH: join(folder, "fetch.sh"),
        SLIPWAY_REMOTE_URL: "U",
        ...environment,
      },
    });

  test("is fetched and built with its own Dockerfile, or with the one that is handed over", () => {
    const build = (file: string) => [
      ["build", "--progress", "plain", ...tagged(OWN, "1.4.2"), "--file", file, "--push", folder],
    ];
    expect(elsewhere({ SLIPWAY_DOCKERFILE: "Dockerfile" }).made).toEqual(build(`${folder}/Dockerfile`));
    const handed = elsewhere({ SLIPWAY_DOCKERFILE: "Dockerfile", SLIPWAY_CONTEXT: "files/1" });
    expect(handed.made).toEqual(build("files/1/Dockerfile"));
  });

  test("is not fetched for what is there already", () => {
    const found = index(CONTENT);
    const there = { [OWN]: found, "1.4.2": found };
    expect(elsewhere({ SLIPWAY_FETCH: "/nowhere" }, { there })).toMatchObject({ status: 0, made: [] });
  });

  test("without the Dockerfile says what it has", () => {
    expect(elsewhere({ SLIPWAY_DOCKERFILE: "docker/Dockerfile" })).toMatchObject({
      status: 1,
      output: `${PUSH}: what U has to build has no docker/Dockerfile, but: app lib: name the file by dockerfile, or the folder that has it by folder\n`,
      made: [],
    });
  });
});
