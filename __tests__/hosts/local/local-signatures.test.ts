import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { keyPair, RegistryOfSignatures } from "../../docker/registry-of-signatures.ts";
import type { Signed } from "../../docker/signature-artifact.ts";
import { FakeEngine } from "./fake-release-engine.ts";

const PATH = "team/web";
const REPOSITORY = `registry.example.com/${PATH}`;
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const ours = keyPair();
const next = keyPair();
const theirs = keyPair();

/** A curl that answers from the files of a registry, and notes what it is asked. */
const CURL = `for word; do case $last in --output) out=$word ;; --dump-header) : >"$word" ;; esac; last=$word; done
echo "$last" >>"$STATE/asked"
file=$STATE/registry/\${last##*/}
if [ -e "$file" ]; then cp "$file" "$out" && printf 200; else printf '{}' >"$out" && printf 404; fi`;

function engineWith(...programs: readonly string[]): FakeEngine {
  const engine = new FakeEngine();
  for (const name of programs) engine.installs(name);
  for (const folder of ["registry", "home"]) mkdirSync(join(engine.folder, folder));
  engine.write("asked", "");
  if (programs.length > 0) {
    engine.write("bin/curl", `#!/bin/sh\n${CURL.replace("for word", "last='' out=/dev/null\nfor word")}\n`);
    chmodSync(join(engine.folder, "bin/curl"), 0o755);
  }
  return engine;
}

/** Puts the artifact beside the image `of` into the registry that curl pretends. */
function put(engine: FakeEngine, of: string, ...signed: Signed[]): void {
  const registry = new RegistryOfSignatures();
  registry.put(PATH, of, ...signed);
  for (const [name, text] of registry.manifests) engine.write(`registry/${name.replace(/.*\//, "")}`, text);
  for (const [name, bytes] of registry.blobs) engine.write(`registry/${name}`, bytes.toString());
}

const by = (key: { privateKey: string }, of: string): Signed => ({
  by: key.privateKey,
  repository: REPOSITORY,
  digest: of,
});

/** A release of the image `letter` by the container of that name. */
function release(engine: FakeEngine, letter: string, keys: readonly { publicKey: string }[] = [ours]) {
  engine.container(letter);
  const environment = {
    SLIPWAY_SIGNED: `app ${REPOSITORY}@${digest(letter)} https://registry.example.com\n`,
    SLIPWAY_SIGNERS: keys.map(({ publicKey }) => publicKey).join(""),
  };
  return engine.release(`r-${letter}`, { app: letter }, { environment });
}

const asked = (engine: FakeEngine) => engine.read("asked").split("\n").filter(Boolean);

test("a signed image serves, for one request, and for none when the release is looked at again", () => {
  const engine = engineWith("jq", "openssl");
  put(engine, digest("a"), by(ours, digest("a")));
  expect(release(engine, "a")).toMatchObject({ status: 0 });
  expect(asked(engine)).toEqual([
    `https://registry.example.com/v2/${PATH}/manifests/${digest("a").replace(":", "-")}.sig`,
  ]);
  expect(release(engine, "a")).toMatchObject({ status: 0, calls: [] });
  expect(asked(engine)).toHaveLength(1);
});

test.each<[string, (engine: FakeEngine) => void, string]>([
  ["is not signed", () => {}, "is not signed: registry.example.com/team/web has no "],
  [
    "is signed by another key",
    (engine) => put(engine, digest("b"), by(theirs, digest("b"))),
    "is signed by none of the required keys",
  ],
  [
    "has the signature of another image",
    (engine) => put(engine, digest("b"), by(ours, digest("a"))),
    "has the signature of another image",
  ],
])("one that %s fails the release before anything of it starts, and the old one serves on", (_, given, problem) => {
  const engine = engineWith("jq", "openssl");
  put(engine, digest("a"), by(ours, digest("a")));
  expect(release(engine, "a")).toMatchObject({ status: 0 });
  given(engine);
  const run = release(engine, "b");
  expect(run.status).toBe(1);
  expect(run.output).toContain(`app: ${REPOSITORY}@${digest("b")} ${problem}`);
  expect(run.calls.filter((call) => /^(start|update|rm|stop|reload)/.test(call))).toEqual([]);
  expect(engine.serving).toEqual(["app a spec-a"]);
});

test("a key that takes another's place: both count for a while, then the new one alone", () => {
  const engine = engineWith("jq", "openssl");
  put(engine, digest("a"), by(ours, digest("a")));
  expect(release(engine, "a")).toMatchObject({ status: 0 });
  put(engine, digest("b"), by(next, digest("b")));
  expect(release(engine, "b", [ours, next])).toMatchObject({ status: 0 });
  put(engine, digest("c"), by(ours, digest("c")));
  expect(release(engine, "c", [next])).toMatchObject({ status: 1 });
  expect(engine.serving).toEqual(["app b spec-b"]);
});

test("what it takes to verify is said where it is missing, and a host that asks for no signature does without", () => {
  const engine = engineWith();
  const run = release(engine, "a");
  expect(run.status).toBe(1);
  expect(run.output).toContain("the curl command is missing, which signatures are verified by: install curl");
  expect(engine.release("r-a", { app: "a" })).toMatchObject({ status: 0 });
});
