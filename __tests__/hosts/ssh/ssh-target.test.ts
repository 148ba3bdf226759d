import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHostKey, sshAddress, sshUser } from "../../../src/hosts/ssh/ssh-target.ts";

test.each(["web-1.example.com", "203.0.113.7", "2001:db8::7", "web", "WEB.example.com.", "1.example"])(
  "%s is an address",
  (address) => {
    expect(sshAddress(address)).toBe(address);
  },
);

test.each([
  "-oProxyCommand=id",
  "-",
  "",
  "root@web",
  "web:22",
  "web example",
  "web;id",
  "$(id)",
  "%h",
  "web-",
  "web\n-oProxyCommand=id",
  "a".repeat(254),
])("%j is no address", (address) => {
  expect(() => sshAddress(address)).toThrow("address must be a name or an IP address");
});

test.each(["root", "deploy", "_apt", "admin-2", "a.b"])("%s is a user", (user) => {
  expect(sshUser(user)).toBe(user);
});

test.each(["-l", "", "a b", "a;b", "a@b", "$(id)", "7up", "%u"])("%j is no user", (user) => {
  expect(() => sshUser(user)).toThrow("user must be a user's name, which begins with a letter");
});

describe("a host key", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-host-key-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ["ed25519", []],
    ["ecdsa", ["-b", "256"]],
    ["rsa", ["-b", "2048"]],
  ] as const)("of the kind %s has the fingerprint that ssh-keygen says", (kind, more) => {
    const file = join(folder, kind);
    execFileSync("ssh-keygen", ["-q", "-t", kind, ...more, "-N", "", "-C", "root@web", "-f", file]);
    const text = readFileSync(`${file}.pub`, "utf8");
    const said = execFileSync("ssh-keygen", ["-lf", `${file}.pub`], { encoding: "utf8" });
    const { hostKey, fingerprint } = parseHostKey(text);
    expect(said).toContain(` ${fingerprint} `);
    expect(text).toBe(`${hostKey} root@web\n`);
    writeFileSync(`${file}.pub`, `${hostKey}\n`);
    expect(execFileSync("ssh-keygen", ["-lf", `${file}.pub`], { encoding: "utf8" })).toContain(fingerprint);
  });

  const ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

  test.each([
    ["a fingerprint", "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDSCL6I4H1L1XQHOuc"],
    ["a line of ssh-keyscan", `web.example.com ssh-ed25519 ${ED25519}`],
    ["another type than its own", `ssh-rsa ${ED25519}`],
    ["half of a key", `ssh-ed25519 ${ED25519.slice(0, 9)}`],
    ["two lines", `ssh-ed25519 ${ED25519}\nssh-ed25519 ${ED25519}`],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
    ["nothing", ""],
  ])("is not %s", (_, text) => {
    expect(() => parseHostKey(text)).toThrow("host key must be the server's public key, a type and base64");
  });
});
