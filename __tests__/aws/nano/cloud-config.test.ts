import { type CloudConfigOptions, cloudConfig } from "../../../src/aws/nano/cloud-config.ts";

test("prints every part in the order in which it happens", () => {
  const text = cloudConfig({
    bootCommands: [["sh", "-c", "true"]],
    swap: { filename: "/swapfile", size: "512M" },
    aptConf: 'Acquire::Retries "5";\n',
    packages: ["nginx", "htop=3.3.0-4", "nginx"],
    files: [
      { path: "/etc/motd", content: "one\n\n  two\n" },
      { path: "/usr/local/bin/x", content: "no end of line", permissions: "0755" },
    ],
    commands: [["/usr/local/bin/x", "a b"]],
  });
  expect(text).toBe(`#cloud-config
bootcmd:
-
  - "sh"
  - "-c"
  - "true"
swap:
  filename: "/swapfile"
  size: "512M"
apt:
  conf: |
    Acquire::Retries "5";
package_update: true
packages:
- "nginx"
- "htop=3.3.0-4"
write_files:
- path: "/etc/motd"
  permissions: "0644"
  content: |
    one

      two
- path: "/usr/local/bin/x"
  permissions: "0755"
  content: "no end of line"
runcmd:
-
  - "/usr/local/bin/x"
  - "a b"
`);
});

test("prints nothing of what was not asked for", () => {
  expect(cloudConfig({ packages: ["jq"] })).toBe('#cloud-config\npackage_update: true\npackages:\n- "jq"\n');
});

const file = (path: string, content = "", permissions?: string): CloudConfigOptions => ({
  files: [{ path, content, permissions }],
});
const key = (kind: string) => `-----BEGIN ${kind}PRIVATE KEY-----\n`;

test.each<[string, CloudConfigOptions, string]>([
  ["a package with a space", { packages: ["nginx curl"] }, "package must be a package as apt-get knows it"],
  ["a package that is an option", { packages: ["--force"] }, "package must be"],
  ["a relative path", file("etc/motd"), "file path must be absolute"],
  ["a path with a space", file("/etc/a b"), "file path must be absolute"],
  ["a path with dots", file("/etc/../root/x"), "file path must be absolute"],
  ["a path that ends in dots", file("/etc/.."), "file path must be absolute"],
  ["permissions in decimal", file("/etc/motd", "", "644"), "file permissions must be four octal digits"],
  ["permissions that are no octal", file("/etc/motd", "", "0888"), "file permissions must be"],
  ["an RSA key", file("/etc/key", key("RSA ")), "must not hold a private key"],
  ["a key of another kind", file("/etc/key", key("")), "must not hold a private key"],
  ["an access key", file("/etc/aws", `id ${"AKIA"}ABCDEFGHIJKLMNOP`), "must not hold an AWS access key"],
  ["a secret key", file("/etc/aws", "aws_secret_access_key = abc"), "must not hold an AWS secret key"],
  ["a GitHub token", file("/etc/gh", `ghp_${"a".repeat(36)}`), "must not hold a GitHub token"],
])("refuses %s", (_, options, message) => {
  expect(() => cloudConfig(options)).toThrow(message);
});

test("never repeats a secret in its message", () => {
  const secret = `ghp_${"a1".repeat(18)}`;
  expect(() => cloudConfig(file("/etc/gh", secret))).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(secret) }),
  );
});

test("refuses a path that is written twice", () => {
  const twice = { path: "/etc/motd", content: "" };
  expect(() => cloudConfig({ files: [twice, twice] })).toThrow('file path must be free, got "/etc/motd"');
});
