import { execFileSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { FakeEngine } from "./fake-release-engine.ts";

const FILE = "shop.localhost-0123abcd";
const PASSWORD = "pass'w\"ord $HOME {x}";

function serving(openssl = true): FakeEngine {
  const engine = new FakeEngine();
  if (openssl) engine.installs("openssl");
  engine.container("c1");
  for (const folder of ["home", "proc/21"]) mkdirSync(join(engine.folder, folder), { recursive: true });
  engine.write("proc/21/cmdline", "nginx: worker process\0");
  engine.write("proc/21/status", `Name:\tnginx\nGid:\t${process.getgid?.()}\t0\t0\t0\n`);
  return engine;
}

/** A release of a site that lets in alice, whose password is of this kind and there. */
function release(engine: FakeEngine, kind: string, id: string, more: Record<string, string> = {}, file = FILE) {
  const line = [file, "shop.localhost", "alice", kind, id].join("\t");
  return engine.release(
    `r-${file}`,
    { app: "c1" },
    {
      sites: `    auth_basic_user_file /etc/nginx/slipway/htpasswd/${file};\n`,
      environment: { SLIPWAY_PASSWORDS: `${line}\n`, ...more },
    },
  );
}

const placed = (engine: FakeEngine, file = FILE) => engine.read(`etc/slipway/htpasswd/${file}`);

test("a password is hashed where Terraform runs, and Nginx's container gets the hash for its workers alone", () => {
  const engine = serving();
  engine.write("home/alice", `${PASSWORD}\n`);
  const run = release(engine, "file", "~/alice");
  expect(run).toMatchObject({ status: 0 });
  const [, salt = "", hash] = /^alice:\$apr1\$([^$]+)\$(\S+)\n$/.exec(placed(engine)) ?? [];
  const words = ["passwd", "-apr1", "-salt", salt, "-stdin"];
  expect(execFileSync("openssl", words, { input: `${PASSWORD}\n`, encoding: "utf8" }).trim()).toBe(
    `$apr1$${salt}$${hash}`,
  );
  expect(statSync(join(engine.folder, `etc/slipway/htpasswd/${FILE}`)).mode & 0o777).toBe(0o640);
  expect(statSync(join(engine.folder, "etc/slipway/htpasswd")).mode & 0o777).toBe(0o750);
  expect(run.output + run.calls.join("\n")).not.toContain(PASSWORD);
  expect(engine.temporary.filter((name) => name.startsWith("slipway."))).toEqual([]);
});

test("it is asked for when its declaration is new, and what nothing names any more goes", () => {
  const engine = serving();
  release(engine, "environment", "ALICE", { ALICE: PASSWORD });
  const before = placed(engine);
  expect(release(engine, "environment", "ALICE")).toMatchObject({ status: 0 });
  expect(placed(engine)).toBe(before);
  const other = "shop.localhost-89abcdef";
  expect(release(engine, "environment", "ALICE", { ALICE: "another" }, other)).toMatchObject({ status: 0 });
  expect([engine.has(`etc/slipway/htpasswd/${FILE}`), placed(engine, other)]).toEqual([
    false,
    expect.stringMatching(/^alice:/),
  ]);
});

test.each<[string, string, string, Record<string, string>, string]>([
  [
    "of a variable that is not set",
    "environment",
    "ALICE",
    {},
    "the variable ALICE is not set: export ALICE where Terraform runs",
  ],
  [
    "of a file that is not there",
    "file",
    "~/none",
    {},
    "home/none cannot be read: put the secret into it, outside of git",
  ],
  ["of a file that is empty", "file", "~/empty", {}, "home/empty is empty: put the secret into it"],
  [
    "of two lines",
    "environment",
    "ALICE",
    { ALICE: "one\ntwo" },
    "the password of alice at shop.localhost is not one line",
  ],
])("a password %s fails the release before anything moves", (_, kind, id, environment, message) => {
  const engine = serving();
  engine.write("home/empty", "");
  const run = release(engine, kind, id, environment);
  expect(run.status).toBe(1);
  expect(run.output).toContain(message);
  expect([engine.reloads, engine.serving, engine.has("etc/slipway/htpasswd")]).toEqual([0, [], false]);
});

test("without openssl it says so", () => {
  const run = release(serving(false), "environment", "ALICE", { ALICE: PASSWORD });
  expect(run.output).toContain("basic auth needs openssl, which is not there: install it");
  expect(run.status).toBe(1);
});
