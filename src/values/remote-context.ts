import { Digest } from "./digest.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import { refuseUnknownOptions } from "./known-options.ts";
import { howToFindCommit, type RemoteUrl, readArchiveUrl, readGitUrl } from "./remote-url.ts";

/** Where a token is found on the machine that deploys; exactly one of the two. */
export interface RemoteToken {
  /** The name of a variable of its environment, in upper case. */
  readonly env?: string;
  /** A file of it that holds the token alone, relative to the working directory. */
  readonly file?: string;
}

/** What every remote context may be told. */
interface RemoteContextOptions {
  /** The folder of it that is built. @default - all of it */
  readonly folder?: string;
  /**
   * A token that opens it: git is shown it as a password, a server of archives as a bearer token. It is read where
   * Terraform runs, and stands in no code, JSON or state.
   * @default - none; for git its own credential helpers and ssh's keys count
   */
  readonly token?: RemoteToken;
}

/** What {@link RemoteContext.git} takes. */
export interface GitContextOptions extends RemoteContextOptions {
  /** All 40 (or 64) hexadecimal digits of the commit. */
  readonly commit: string;
}

/** What {@link RemoteContext.archive} takes. */
export interface ArchiveContextOptions extends RemoteContextOptions {
  /** `sha256:` and the 64 hexadecimal digits that `sha256sum` prints. */
  readonly checksum: string;
}

type Source =
  | { readonly kind: "git"; readonly commit: string }
  | { readonly kind: "archive"; readonly checksum: string };

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Upper case, as variables of the environment are written: the tokens of GitHub could be names otherwise. */
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;

/**
 * A build context that is kept elsewhere and pinned, so that it is the same for every build: a commit of a git
 * repository, or an archive of that checksum. The step that builds it fetches it first, on the machine that deploys.
 *
 * @see https://docs.docker.com/build/concepts/context/#remote-context
 */
export class RemoteContext {
  /**
   * A commit of a repository, e.g. `https://github.com/octo-org/catalog.git`.
   *
   * @throws InvalidValueError for a branch, a tag, a short commit, or a URL that BuildKit does not take for git
   */
  static git(url: string, options: GitContextOptions): RemoteContext {
    refuseUnknownOptions("git context", options, { commit: true, folder: true, token: true });
    const remote = readGitUrl(url);
    const { commit } = options;
    if (typeof commit !== "string" || !COMMIT.test(commit)) {
      const rule = "must be the 40 or 64 hexadecimal digits of a commit, lower case; a branch or tag moves";
      throw new InvalidValueError({
        subject: "commit",
        rule,
        got: commit,
        remedy: howToFindCommit(remote.url, commit),
      });
    }
    return new RemoteContext(remote, { kind: "git", commit }, options);
  }

  /**
   * A tar, plain or compressed, e.g. `https://example.com/catalog-1.4.2.tar.gz`.
   *
   * @throws InvalidValueError for a missing or malformed checksum, or a URL of something else
   */
  static archive(url: string, options: ArchiveContextOptions): RemoteContext {
    refuseUnknownOptions("archive context", options, { checksum: true, folder: true, token: true });
    const remote = readArchiveUrl(url);
    const { checksum } = options;
    const problem = Digest.problemWith(checksum);
    if (problem || !checksum.startsWith("sha256:")) {
      const rule = problem?.rule ?? "must be a sha256";
      const remedy = `curl -fsSL ${remote.url} | sha256sum prints its digits`;
      throw new InvalidValueError({ subject: "checksum", rule, got: checksum, remedy });
    }
    return new RemoteContext(remote, { kind: "archive", checksum }, options);
  }

  readonly url: string;
  readonly host: string;
  readonly scheme: RemoteUrl["scheme"];
  readonly folder?: string;
  readonly token?: RemoteToken;

  private constructor(
    remote: RemoteUrl,
    readonly source: Source,
    { folder, token }: RemoteContextOptions,
  ) {
    this.url = remote.url;
    this.host = remote.host;
    this.scheme = remote.scheme;
    if (folder !== undefined) this.folder = checkedFolder(folder);
    if (token !== undefined) this.token = checkedToken(token, remote);
  }

  /** What decides its content: of one commit and one checksum every server has the same. */
  get pin(): string {
    const { source, folder = "" } = this;
    return `${source.kind === "git" ? `git:${source.commit}` : source.checksum} ${folder}`;
  }

  /** As `docker build` takes it, where it takes it. */
  toString(): string {
    const { url, source, folder } = this;
    if (source.kind === "git") return `${url}#${source.commit}${folder === undefined ? "" : `:${folder}`}`;
    return url;
  }

  toJSON(): object {
    const { url, source, folder, token } = this;
    return { url, ...source, ...(folder === undefined ? {} : { folder }), ...(token === undefined ? {} : { token }) };
  }
}

function checkedFolder(folder: unknown): string {
  const rule = "must be a path within it, with slashes, without . and ..";
  const isPath =
    typeof folder === "string" &&
    !/[\\#\s"']/.test(folder) &&
    folder.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  if (isPath) return folder;
  throw new InvalidValueError({ subject: "folder", rule, got: folder, remedy: 'e.g. "apps/catalog"' });
}

/** Never quotes what it refuses: a token that somebody wrote in place of its name travels no further. */
function checkedToken(token: RemoteToken, { scheme, url }: RemoteUrl): RemoteToken {
  const refuse = (rule: string, remedy: string): never => {
    throw new InvalidValueError({ subject: "token", rule, got: undefined, remedy });
  };
  refuseUnknownOptions("token", token, { env: true, file: true });
  const { env, file } = token;
  if ((env === undefined) === (file === undefined)) {
    refuse("must have exactly one of env and file", 'e.g. token: { env: "GIT_TOKEN" }');
  }
  if (env !== undefined && !(typeof env === "string" && VARIABLE.test(env))) {
    refuse(
      "must be named, not written: env is the name of a variable, in upper case",
      'e.g. token: { env: "GIT_TOKEN" }',
    );
  }
  if (file !== undefined && (typeof file !== "string" || file === ""))
    refuse("must have a path as its file", "name it");
  if (scheme === "ssh") refuse("must not go with ssh, which takes keys", "drop it: git asks ssh for the key");
  if (scheme === "http") refuse("must not travel in the clear", `write ${url.replace(/^http:/, "https:")}`);
  return env === undefined ? { file } : { env };
}
