import { type ArchiveContextOptions, type GitContextOptions, RemoteContext } from "../../src/values/remote-context.ts";
import { refusal } from "./refusal.ts";

const COMMIT = "3b18e512dba79e4c8300dd08aeb37f8e728b8dad";
const CHECKSUM = `sha256:${"5".repeat(64)}`;
const GIT = "https://github.com/octo-org/catalog.git";
const TAR = "https://example.com/catalog-1.4.2.tar.gz";

test.each<[string, string, GitContextOptions, string]>([
  ["https", GIT, { commit: COMMIT }, `${GIT}#${COMMIT}`],
  ["a folder", GIT, { commit: COMMIT, folder: "apps/catalog" }, `${GIT}#${COMMIT}:apps/catalog`],
  ["a port", "https://git.example:8443/x.git", { commit: COMMIT }, `https://git.example:8443/x.git#${COMMIT}`],
  ["http", "http://127.0.0.1:8000/x.git", { commit: COMMIT }, `http://127.0.0.1:8000/x.git#${COMMIT}`],
  ["ssh", "ssh://git@github.com/a/b", { commit: COMMIT }, `ssh://git@github.com/a/b#${COMMIT}`],
  ["git's short form of ssh", "git@github.com:a/b.git", { commit: COMMIT }, `git@github.com:a/b.git#${COMMIT}`],
  ["a commit by SHA-256", GIT, { commit: "a".repeat(64) }, `${GIT}#${"a".repeat(64)}`],
])("a git context by %s is what docker build takes", (_, url, options, text) => {
  expect(RemoteContext.git(url, options).toString()).toBe(text);
});

test("says how it is reached, and keeps of a token where it is", () => {
  const context = RemoteContext.git("https://git.example:8443/x.git", { commit: COMMIT, token: { env: "TOKEN" } });
  expect(context).toMatchObject({ scheme: "https", host: "git.example:8443", token: { env: "TOKEN" } });
  expect(JSON.stringify(context)).toBe(
    `{"url":"https://git.example:8443/x.git","kind":"git","commit":"${COMMIT}","token":{"env":"TOKEN"}}`,
  );
  expect(RemoteContext.git("git@github.com:a/b.git", { commit: COMMIT })).toMatchObject({
    scheme: "ssh",
    host: "github.com",
  });
});

test("is pinned by what it is, not by where it is kept", () => {
  const commit = (url: string, folder?: string) => RemoteContext.git(url, { commit: COMMIT, folder }).pin;
  expect(commit(GIT)).toBe(commit("git@github.com:octo-org/catalog.git"));
  expect(commit(GIT)).not.toBe(commit(GIT, "apps"));
  const archive = (url: string) => RemoteContext.archive(url, { checksum: CHECKSUM }).pin;
  expect(archive(TAR)).toBe(archive("https://mirror.example/c.tgz"));
});

test.each<[string, string, Partial<GitContextOptions>, RegExp]>([
  ["no commit", GIT, {}, new RegExp(`^commit must be the 40 or 64 .*: git ls-remote ${GIT} HEAD prints it$`)],
  ["a branch", GIT, { commit: "main" }, new RegExp(`a branch or tag moves, got "main": git ls-remote ${GIT} main`)],
  ["a short commit", GIT, { commit: "3b18e51" }, /git rev-parse 3b18e51, in a clone of it, prints the whole of it$/],
  ["upper case", GIT, { commit: COMMIT.toUpperCase() }, /lower case/],
  ["what a shell would run", GIT, { commit: "$(id)" }, /git ls-remote \S+ HEAD prints it$/],
  [
    "a branch in the URL",
    `${GIT}#v1:apps`,
    { commit: COMMIT },
    /must end with its path, got .*: name commit and folder by the options; git ls-remote \S+catalog\.git v1 prints it$/,
  ],
  ["no .git", "https://github.com/a/b", { commit: COMMIT }, /write "https:\/\/github\.com\/a\/b\.git"$/],
  ["a folder of this machine", "../catalog", { commit: COMMIT }, /must be a URL that begins with https:\/\//],
  [
    "git's own protocol",
    "git://github.com/a/b.git",
    { commit: COMMIT },
    /must begin with https:\/\/, http:\/\/, ssh:\/\//,
  ],
  [
    "a login in the URL",
    "https://me:hunter2@github.com/a/b.git",
    { commit: COMMIT },
    /^git repository must carry no login, got "https:\/\/\*\*\*@github\.com\/a\/b\.git": name the variable that holds a token/,
  ],
  ["a way out", GIT, { commit: COMMIT, folder: "../x" }, /^folder must be a path within it/],
  ["an absolute folder", GIT, { commit: COMMIT, folder: "/x" }, /^folder must be a path within it/],
  ["a token in the clear", "http://h/x.git", { commit: COMMIT, token: { env: "T" } }, /must not travel in the clear/],
  [
    "a token for ssh",
    "ssh://git@h/x.git",
    { commit: COMMIT, token: { env: "T" } },
    /drop it: git asks ssh for the key$/,
  ],
  ["two tokens", GIT, { commit: COMMIT, token: { env: "T", file: "t" } }, /exactly one of env and file/],
])("a git context with %s is refused", (_, url, options, message) => {
  expect(refusal(() => RemoteContext.git(url, options as GitContextOptions)).message).toMatch(message);
});

test("a token in place of its variable's name is not repeated", () => {
  const token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";
  const { message } = refusal(() => RemoteContext.git(GIT, { commit: COMMIT, token: { env: token } }));
  expect(message).toMatch(/^token must be named, not written/);
  expect(message).not.toContain(token);
});

test.each<[string, string, Partial<ArchiveContextOptions>, RegExp]>([
  ["no checksum", TAR, {}, new RegExp(`^checksum must be .*: curl -fsSL ${TAR} \\| sha256sum prints its digits$`)],
  ["digits alone", TAR, { checksum: "5".repeat(64) }, /^checksum must be an algorithm, a colon and a hash/],
  ["another algorithm", TAR, { checksum: `sha512:${"5".repeat(128)}` }, /^checksum must be a sha256/],
  ["a zip", "https://example.com/a.zip", { checksum: CHECKSUM }, /must be a tar/],
  ["a git repository", GIT, { checksum: CHECKSUM }, /write RemoteContext\.git$/],
  ["a login in the URL", "https://me:pw@example.com/a.tgz", { checksum: CHECKSUM }, /must carry no login/],
  ["ssh", "ssh://example.com/a.tgz", { checksum: CHECKSUM }, /must begin with https:\/\/, http:\/\//],
])("an archive with %s is refused", (_, url, options, message) => {
  expect(refusal(() => RemoteContext.archive(url, options as ArchiveContextOptions)).message).toMatch(message);
});

test("an unknown option is refused by its name", () => {
  const options = { commit: COMMIT, subdir: "x" } as GitContextOptions;
  expect(refusal(() => RemoteContext.git(GIT, options))).toMatchObject({ subject: "git context option" });
});
