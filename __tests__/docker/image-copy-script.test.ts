import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const SCRIPT = resolve(__dirname, "../../src/docker/image-copy.sh");
const DIGEST = `sha256:${"d".repeat(64)}`;
const OTHER = `sha256:${"e".repeat(64)}`;
const FROM = `staging.example.com/team/web@${DIGEST}`;
const TO = "production.example.com/team/web";
const OWN = `sha-${"d".repeat(64)}`;

/** What `imagetools inspect` prints of one image, and of an index around others. */
const manifest = (digest: string, ...inside: string[]) =>
  JSON.stringify({ mediaType: "a", digest, manifests: inside.map((each) => ({ digest: each })) }, null, 2);

interface World {
  /** Digest by reference: what the registries have. */
  readonly there?: Readonly<Record<string, string>>;
  /** What an inspection of a reference says in place of an answer. */
  readonly says?: Readonly<Record<string, string>>;
  /** What a copy says before it fails. */
  readonly broken?: string;
  /** What a tag stands for after a copy, if not for what was copied. */
  readonly becomes?: readonly [string, ...string[]];
  /** Whether a tag stands for the image although the copy failed, since the registry refuses to move it to an index. */
  readonly isPut?: boolean;
  readonly knowsPreferIndex?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  readonly hasBuildx?: boolean;
}

/** Runs the script against a docker command that keeps references as files. */
function run(world: World = {}) {
  const { there = { [FROM]: DIGEST }, says = {}, broken, becomes, knowsPreferIndex = true, environment = {} } = world;
  const folder = mkdtempSync(join(tmpdir(), "slipway-copy-"));
  for (const each of ["bin", "there", "says"]) mkdirSync(join(folder, each));
  const fileOf = (reference: string) => reference.replace(/\//g, "_");
  for (const [reference, digest] of Object.entries(there))
    writeFileSync(join(folder, "there", fileOf(reference)), manifest(digest));
  for (const [reference, text] of Object.entries(says)) writeFileSync(join(folder, "says", fileOf(reference)), text);
  if (broken !== undefined) writeFileSync(join(folder, "broken"), broken);
  writeFileSync(join(folder, "made"), manifest(...(becomes ?? [DIGEST])));
  writeFileSync(join(folder, "side"), manifest(DIGEST));
  const program = `#!/bin/sh
    file() { printf '%s' "$1" | tr / _; }
    for last; do :; done
    put() {
        while [ $# -gt 0 ]; do
          [ "$1" != --tag ] || cp '${folder}/made' "${folder}/there/$(file "$2")"
          [ "$1" != --tag ] || cp '${folder}/side' "${folder}/there/$(file "\${2%:*}@\${last##*@}")"
          shift
        done
    }
    case "$*" in
      'buildx version') ${world.hasBuildx === false ? "exit 1" : "exit 0"} ;;
      'buildx imagetools inspect '*)
        if [ -e "${folder}/says/$(file "$last")" ]; then cat "${folder}/says/$(file "$last")" >&2; exit 1; fi
        [ -e "${folder}/there/$(file "$last")" ] || { echo "ERROR: $last: not found" >&2; exit 1; }
        cat "${folder}/there/$(file "$last")"; echo ;;
      'buildx imagetools create '*)
        printf '%s\\n' "$*" >> '${folder}/calls'
        case "$*" in *--prefer-index*) ${knowsPreferIndex ? ":" : "echo 'unknown flag: --prefer-index' >&2; exit 125"} ;; esac
        ${world.isPut ? "put" : ":"} "$@"
        [ ! -e '${folder}/broken' ] || { cat '${folder}/broken' >&2; exit 1; }
        put "$@" ;;
    esac`;
  writeFileSync(join(folder, "bin/docker"), program);
  chmodSync(join(folder, "bin/docker"), 0o755);
  const { status, stdout, stderr } = spawnSync("/bin/sh", [SCRIPT], {
    encoding: "utf8",
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      SLIPWAY_FROM: FROM,
      SLIPWAY_TO: TO,
      SLIPWAY_TAGS: `${OWN} 1.4.2`,
      ...environment,
    },
  });
  const calls = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8").trim().split("\n") : [];
  return { status, output: stdout + stderr, calls: calls.map((call) => call.replace("buildx imagetools create ", "")) };
}

const has = (tags: string) => `${TO}: has ${DIGEST} of staging.example.com/team/web, as ${tags}\n`;

test("what is not there yet is copied once by its digest, under all of its tags, as it is", () => {
  expect(run()).toEqual({
    status: 0,
    output: has(`${OWN} 1.4.2`),
    calls: [OWN, "1.4.2"].map((tag) => `--prefer-index=false --tag ${TO}:${tag} ${FROM}`),
  });
});

test("so it is by a buildx that has no word for a copy as it is", () => {
  const { status, calls } = run({ knowsPreferIndex: false });
  expect([status, calls.at(-1)]).toEqual([0, `--tag ${TO}:1.4.2 ${FROM}`]);
});

test("an index around the image alone, as an older buildx makes it, stands for the image; one around more does not", () => {
  const wrapped: [string, ...string[]] = [OTHER, DIGEST];
  expect(run({ becomes: wrapped, knowsPreferIndex: false })).toMatchObject({ status: 0, output: has(`${OWN} 1.4.2`) });
  expect(run({ becomes: [OTHER, DIGEST, OTHER] })).toMatchObject({ status: 1 });
});

test("a tag that does not move stands for the image before an older buildx makes an index of it, and that is as good", () => {
  const broken = "ERROR: unexpected status from PUT request: 400 Bad Request";
  expect(run({ isPut: true, broken, knowsPreferIndex: false })).toMatchObject({
    status: 0,
    output: has(`${OWN} 1.4.2`),
  });
});

test("what is there already is left, whether or not the source has it still", () => {
  const there = { [`${TO}:${OWN}`]: DIGEST, [`${TO}:1.4.2`]: DIGEST };
  expect(run({ there })).toEqual({ status: 0, output: `${TO}: has ${DIGEST} already\n`, calls: [] });
});

test("a tag that is missing is put, and no other again", () => {
  const { calls } = run({ there: { [FROM]: DIGEST, [`${TO}:${OWN}`]: DIGEST } });
  expect(calls).toEqual([`--prefer-index=false --tag ${TO}:1.4.2 ${FROM}`]);
});

test("a digest that the source does not have is an error that says so, and nothing is copied", () => {
  expect(run({ there: {} })).toEqual({
    status: 1,
    output: `${TO}: staging.example.com/team/web has no image ${DIGEST}: it was deleted there, or the release file is of another registry; deploy the environment that it comes from again, and promote what that serves\n`,
    calls: [],
  });
});

test("a version that stands for another image is refused before anything is copied", () => {
  expect(run({ there: { [FROM]: DIGEST, [`${TO}:1.4.2`]: OTHER } })).toEqual({
    status: 1,
    output: `${TO}: the tag 1.4.2 stands for another image (${OTHER}): nothing was copied; a version is one image everywhere, so give what was built anew a version of its own and promote that\n`,
    calls: [],
  });
});

test("on one's own machine it moves, and that is said", () => {
  const there = { [FROM]: DIGEST, [`${TO}:1.4.2`]: OTHER };
  const { status, output } = run({ there, environment: { SLIPWAY_MOVES: "1" } });
  expect([status, output]).toEqual([
    0,
    `${TO}: the tag 1.4.2 stood for another image (${OTHER}) and moves\n${has(`${OWN} 1.4.2`)}`,
  ]);
});

test("what arrived as another image fails the step", () => {
  expect(run({ becomes: [OTHER] })).toMatchObject({
    status: 1,
    output: `${TO}: the tag ${OWN} stands for ${OTHER} after the copy, and not for ${DIGEST}: apply again\n`,
  });
});

test.each([
  [
    FROM,
    "ERROR: pull access denied, repository does not exist or may require authorization: 401 Unauthorized",
    `cannot look for ${FROM}: docker has no login that may use staging.example.com/team/web: docker login staging.example.com, or the registry's credential helper; it said: ERROR: pull access`,
  ],
  [
    `${TO}:${OWN}`,
    "ERROR: no basic auth credentials",
    `cannot look for ${TO}:${OWN}: docker has no login that may use ${TO}: docker login production.example.com, or`,
  ],
  [
    FROM,
    "ERROR: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "this machine does not trust the certificate of staging.example.com: name its authority by SSL_CERT_FILE; it said: ",
  ],
  [
    FROM,
    "ERROR: dial tcp: lookup staging.example.com: no such host",
    "staging.example.com does not answer from here: ",
  ],
])("what cannot be asked fails with what helps: %s %s", (reference, said, expected) => {
  const { status, output, calls } = run({ there: { [FROM]: DIGEST }, says: { [reference]: said } });
  expect([status, calls]).toEqual([1, []]);
  expect(output).toContain(expected);
});

test("a push that is refused names the registry that refused it", () => {
  const { status, output } = run({ broken: "ERROR: failed to copy: push access denied, insufficient scope" });
  expect(status).toBe(1);
  expect(output).toContain(
    "cannot be copied to from staging.example.com/team/web: docker has no login that may use production.",
  );
});

test("docker without buildx is named", () => {
  expect(run({ hasBuildx: false })).toMatchObject({
    status: 1,
    output: expect.stringContaining("docker has no buildx, which copies images: install docker-buildx-plugin"),
  });
});
