import { Secret as AwsSecret } from "../../src/aws/secret.ts";
import { Secret } from "../../src/hosts/secret.ts";

test("the host is told where it is, that it comes as a file, and its version where one is declared", () => {
  expect(Secret.fromFile("~/.config/shop/db-password").source).toEqual({
    kind: "file",
    id: "~/.config/shop/db-password",
    as: "file",
  });
  expect(Secret.fromEnvironment("DB_PASSWORD", { version: 2, as: "file" }).source).toEqual({
    kind: "environment",
    id: "DB_PASSWORD",
    as: "file",
    version: "2",
  });
});

test("the cloud's Secret is the same word: it makes the deployer's, too", () => {
  expect(AwsSecret.fromEnvironment("DB_PASSWORD").source).toEqual(Secret.fromEnvironment("DB_PASSWORD").source);
  expect(AwsSecret.fromParameter("/a", { version: "2026-11-29" }).source).toEqual({
    kind: "parameter",
    id: "/a",
    version: "2026-11-29",
  });
});

test.each<[string, () => unknown, string]>([
  ["a file of white space", () => Secret.fromFile("a b"), "file of a secret must be a path without white space"],
  ["no file", () => Secret.fromFile(undefined as never), 'write it like "~/.config/shop/db-password"'],
  ["a shell's words", () => Secret.fromFile("$HOME/x"), "file of a secret must be a path"],
  [
    "a value in place of a name",
    () => Secret.fromEnvironment("s3cr=t"),
    "variable of a secret must be the name of a variable",
  ],
  [
    "an empty version",
    () => Secret.fromEnvironment("A", { version: "" }),
    "version of a secret must be at most 64 letters",
  ],
  ["a version of two words", () => AwsSecret.fromParameter("/a", { version: "a b" }), "version of a secret"],
  [
    "a variable of the container",
    () => Secret.fromEnvironment("A", { as: "env" as never }),
    'must be file for a secret of the deployer\'s, got "something else": let the service read the file /run/secrets/NAME',
  ],
  ["an unknown option", () => Secret.fromFile("a", { verson: 1 } as never), 'got "verson": did you mean version?'],
])("refuses %s, without what was given", (_, make, message) => {
  expect(make).toThrow(message);
  expect(make).not.toThrow("s3cr");
});
