import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { DockerCredentials } from "../../src/cli/docker-credentials.ts";

const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });
const none = () => undefined;

it.each([
  ["ghcr.io", { username: "me", password: "a:b" }],
  ["docker.io", { username: "hub", password: "x" }],
  ["quay.io", { username: "q", password: "y" }],
  ["example.com", undefined],
])("finds the login of %s that docker login left", (domain, expected) => {
  const auths = {
    "ghcr.io": auth("me:a:b"),
    "https://index.docker.io/v1/": auth("hub:x"),
    "https://quay.io": auth("q:y"),
  };
  expect(new DockerCredentials({ auths }, none).find(domain)).toEqual(expected);
});

it("asks the helper of the server, else the store for all", () => {
  const asked: string[] = [];
  const helper = (name: string, server: string) => {
    asked.push(`${name} ${server}`);
    return server === "ghcr.io" ? JSON.stringify({ Username: "u", Secret: "s" }) : undefined;
  };
  const credentials = new DockerCredentials({ credHelpers: { "ghcr.io": "gh" }, credsStore: "desktop" }, helper);
  expect(credentials.find("ghcr.io")).toEqual({ username: "u", password: "s" });
  expect(credentials.find("quay.io")).toBeUndefined();
  expect(asked).toEqual(["gh ghcr.io", "desktop quay.io", "desktop https://quay.io"]);
});

it("does not pass an identity token for a password", () => {
  const helper = () => JSON.stringify({ Username: "<token>", Secret: "t" });
  expect(new DockerCredentials({ credsStore: "desktop" }, helper).find("ghcr.io")).toBeUndefined();
});

it("reads the configuration where DOCKER_CONFIG says, and runs real helpers", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-credentials-"));
  writeFileSync(join(folder, "config.json"), JSON.stringify({ credsStore: "test" }));
  writeFileSync(
    join(folder, "docker-credential-test"),
    '#!/bin/sh\nread server || true\necho "{\\"Username\\":\\"$1\\",\\"Secret\\":\\"$server\\"}"\n',
  );
  chmodSync(join(folder, "docker-credential-test"), 0o755);
  const before = process.env.PATH;
  process.env.PATH = `${folder}${delimiter}${before}`;
  try {
    const credentials = DockerCredentials.read({ DOCKER_CONFIG: folder });
    expect(credentials.find("ghcr.io")).toEqual({ username: "get", password: "ghcr.io" });
    expect(DockerCredentials.read({ DOCKER_CONFIG: join(folder, "none") }).find("ghcr.io")).toBeUndefined();
  } finally {
    process.env.PATH = before;
  }
});
