import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { endOf } from "../ended-child.ts";
import { CodeServer, git } from "./code-server.ts";

const SCRIPT = resolve(__dirname, "../../src/docker/remote-context.sh");
const TOKEN = "very-secret-token";
/** Says what was fetched, a line each: mode, path, content of a file. */
const SHOW = `fail() { echo "$*"; exit 1; }
. "$0"
fetch_context
cd "$context" && find . -type f | LC_ALL=C sort | while read -r file; do
  mode=$(ls -l "$file" | cut -c 1-10)
  echo "$mode $file $(cat "$file")"
done`;

const folder = mkdtempSync(join(tmpdir(), "slipway-remote-"));
const temporary = join(folder, "tmp");
const server = new CodeServer(folder);
let first = "";
let tag = "";
let checksum = "";

beforeAll(async () => {
  mkdirSync(temporary);
  for (const name of ["work/app", "lib"]) mkdirSync(join(folder, name), { recursive: true });
  const lib = join(folder, "lib");
  git(lib, "init", "--quiet");
  writeFileSync(join(lib, "lib.txt"), "lib");
  git(lib, "add", ".");
  git(lib, "commit", "--quiet", "--message", "lib");
  git(folder, "clone", "--quiet", "--bare", "lib", "lib.git");
  const work = join(folder, "work");
  git(work, "init", "--quiet");
  writeFileSync(join(work, "app/Dockerfile"), "FROM scratch\r\n");
  writeFileSync(join(work, "app/run"), "first");
  chmodSync(join(work, "app/run"), 0o755);
  git(work, "add", ".");
  git(work, "commit", "--quiet", "--message", "first");
  first = git(work, "rev-parse", "HEAD");
  git(work, "tag", "--annotate", "--message", "one", "v1");
  tag = git(work, "rev-parse", "v1");
  writeFileSync(join(work, "app/run"), "second");
  git(work, "commit", "--quiet", "--all", "--message", "second");
  git(folder, "clone", "--quiet", "--bare", "work", "app.git");
  git(join(folder, "app.git"), "update-server-info");

  spawnSync("tar", ["-czf", "app.tar.gz", "-C", "work", "app"], { cwd: folder });
  checksum = createHash("sha256")
    .update(readFileSync(join(folder, "app.tar.gz")))
    .digest("hex");
  await server.start();
});

afterEach(() => {
  expect(readdirSync(temporary)).toEqual([]);
  Object.assign(server, { authorization: undefined, plain: false, redirect: undefined });
  server.requests.length = 0;
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

function fetched(environment: Readonly<Record<string, string>>) {
  const child = spawn("sh", ["-c", `umask 077; ${SHOW}`, SCRIPT], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: temporary,
      SLIPWAY_REMOTE_HOST: server.host,
      // As a hook of git's sets it for what it starts.
      GIT_DIR: join(folder, "work/.git"),
      ...environment,
    },
  });
  return endOf(child);
}

const repository = (commit: string, more: Readonly<Record<string, string>> = {}, name = "app.git") =>
  fetched({ SLIPWAY_REMOTE_GIT: commit, SLIPWAY_REMOTE_URL: `http://${server.host}/${name}`, ...more });
const archive = (more: Readonly<Record<string, string>> = {}, name = "app.tar.gz") =>
  fetched({ SLIPWAY_REMOTE_SHA256: checksum, SLIPWAY_REMOTE_URL: `http://${server.host}/${name}`, ...more });

const FIRST = { status: 0, output: "-rw-r--r-- ./Dockerfile FROM scratch\r\n-rwxr-xr-x ./run first\n" };

describe("a repository", () => {
  const app = { SLIPWAY_REMOTE_FOLDER: "app" };

  test("gives the folder of the commit, whatever came after it, as it was committed and without git's own files", async () => {
    expect(await repository(first, app)).toEqual(FIRST);
    const whole = await repository(first);
    expect(whole.output).toBe("-rw-r--r-- ./app/Dockerfile FROM scratch\r\n-rwxr-xr-x ./app/run first\n");
  });

  test("is fetched from a server that gives no single commit", async () => {
    server.plain = true;
    expect(await repository(first, app)).toEqual(FIRST);
  });

  test("brings its submodules", async () => {
    const parent = join(folder, "parent");
    mkdirSync(parent);
    git(parent, "init", "--quiet");
    const url = `http://${server.host}/lib.git`;
    writeFileSync(join(parent, ".gitmodules"), `[submodule "lib"]\n\tpath = lib\n\turl = ${url}\n`);
    const lib = git(join(folder, "lib"), "rev-parse", "HEAD");
    git(parent, "add", ".gitmodules");
    git(parent, "update-index", "--add", "--cacheinfo", `160000,${lib},lib`);
    git(parent, "commit", "--quiet", "--message", "parent");
    git(folder, "clone", "--quiet", "--bare", "parent", "parent.git");
    const commit = git(parent, "rev-parse", "HEAD");
    const { output } = await repository(commit, { SLIPWAY_REMOTE_FOLDER: "lib" }, "parent.git");
    expect(output).toBe("-rw-r--r-- ./lib.txt lib\n");
  });

  test("that is private opens by a token, which nobody else is shown and nothing repeats", async () => {
    server.authorization = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;
    const closed = await repository(first, app);
    expect(closed).toMatchObject({ status: 1, output: expect.stringContaining("lets nobody in without a login") });
    const variable = { ...app, SLIPWAY_TOKEN_VARIABLE: "MY_TOKEN" };
    expect(await repository(first, { ...variable, MY_TOKEN: TOKEN })).toEqual(FIRST);
    writeFileSync(join(folder, "token"), `${TOKEN}\n`);
    expect(await repository(first, { ...app, SLIPWAY_TOKEN_FILE: join(folder, "token") })).toEqual(FIRST);
    const elsewhere = await repository(first, { ...variable, MY_TOKEN: TOKEN, SLIPWAY_REMOTE_HOST: "127.0.0.1:1" });
    expect(elsewhere).toMatchObject({ status: 1, output: expect.stringContaining("lets nobody in without a login") });
    expect(elsewhere.output).not.toContain(TOKEN);
    expect(await repository(first, variable)).toEqual({
      status: 1,
      output: `the variable MY_TOKEN is to hold the token for ${server.host} and is not set: export it and apply again\n`,
    });
  });

  test.each([
    [
      "a commit that is not there",
      () => repository("403".padEnd(40, "1")),
      /has no commit 4031{37}: git ls-remote .* git said: /,
    ],
    ["a tag's own number", () => repository(tag), /is no commit: a tag of its own has another number/],
    [
      "a folder that is not there",
      () => repository(first, { SLIPWAY_REMOTE_FOLDER: "ap" }),
      /has no folder ap, at its top are: app\n$/,
    ],
    [
      "a repository that is not there",
      () => repository(first, {}, "no.git"),
      /^cannot fetch http:\S+no\.git: git said: /,
    ],
  ])("with %s is refused in one line", async (_, run, message) => {
    const { status, output } = await run();
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect(output.trim().split("\n")).toHaveLength(1);
  });
});

describe("an archive", () => {
  const app = { SLIPWAY_REMOTE_FOLDER: "app" };
  const SECOND = { status: 0, output: "-rw-r--r-- ./Dockerfile FROM scratch\r\n-rwxr-xr-x ./run second\n" };

  test("of the declared checksum is unpacked", async () => {
    expect(await archive(app)).toEqual(SECOND);
  });

  test("that is private opens by a token, which is not sent on to another host", async () => {
    server.authorization = `Bearer ${TOKEN}`;
    const withToken = { ...app, SLIPWAY_TOKEN_VARIABLE: "MY_TOKEN", MY_TOKEN: TOKEN };
    expect(await archive(withToken)).toEqual(SECOND);
    expect(await archive(app)).toMatchObject({ status: 1, output: expect.stringMatching(/^cannot fetch .*401\n$/) });
    const other = await new CodeServer(folder).start();
    other.authorization = undefined;
    server.redirect = `http://${other.host.replace("127.0.0.1", "localhost")}`;
    server.authorization = undefined;
    expect(await archive(withToken)).toEqual(SECOND);
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
    await other.stop();
  });

  test.each([
    [
      "another checksum",
      () => archive({ SLIPWAY_REMOTE_SHA256: "5".repeat(64) }),
      /has the checksum sha256:[0-9a-f]{64}, not sha256:5{64}: what is there is another archive/,
    ],
    [
      "no tar in it",
      () => {
        writeFileSync(join(folder, "no.tar"), "no tar");
        const digits = createHash("sha256").update("no tar").digest("hex");
        return archive({ SLIPWAY_REMOTE_SHA256: digits }, "no.tar");
      },
      /is no archive that tar reads: /,
    ],
    ["nothing there", () => archive({}, "none.tar"), /^cannot fetch http:\S+none\.tar: .*404/],
  ])("with %s is refused in one line", async (_, run, message) => {
    const { status, output } = await run();
    expect(status).toBe(1);
    expect(output).toMatch(message);
    expect(output.trim().split("\n")).toHaveLength(1);
  });
});
