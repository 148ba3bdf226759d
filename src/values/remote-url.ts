import { refusalOf } from "./invalid-value-error.ts";

/** How a builder reaches what is at a URL. */
export interface RemoteUrl {
  /** The URL, without anything after its path. */
  readonly url: string;
  /** `user@host:path` counts as ssh, as git takes it. */
  readonly scheme: "https" | "http" | "ssh";
  /** With its port, where it has one. */
  readonly host: string;
}

// user "@" host ":" path, which is no URL and git's own short form of ssh://user@host/path
const SCP_LIKE = /^[A-Za-z0-9._-]+@([A-Za-z0-9.-]+):(?!\/\/)[^\s:#]+$/;
const SAFE_WORD = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/;

/**
 * Reads the URL of a git repository.
 *
 * @throws InvalidValueError for one that BuildKit does not take for git, or that says what options are there for
 */
export function readGitUrl(text: string): RemoteUrl {
  const refuse = refusalOf("git repository", text);
  if (typeof text !== "string") return refuse("must be a URL", EXAMPLE);
  const [plain = "", fragment] = text.split("#", 2);
  if (fragment !== undefined) {
    const [ref = "", folder] = fragment.split(":", 2);
    const options = folder ? "commit and folder" : "commit";
    refuse(
      "must end with its path",
      `name ${options} by the option${folder ? "s" : ""}; ${howToFindCommit(plain, ref)}`,
    );
  }
  const [, host] = SCP_LIKE.exec(plain) ?? [];
  if (host !== undefined) return { url: plain, scheme: "ssh", host };
  const { url, scheme } = readUrl(plain, ["https:", "http:", "ssh:"], refuse);
  if (scheme !== "ssh" && url.username !== "") refuseCredentials(refuse);
  if (scheme !== "ssh" && !url.pathname.endsWith(".git")) {
    refuse(
      'must end with ".git", by which the builder knows git from an archive',
      `write "${plain.replace(/\/+$/, "")}.git"`,
    );
  }
  return { url: plain, scheme, host: url.host };
}

/**
 * Reads the URL of an archive.
 *
 * @throws InvalidValueError for one that is not http(s), that carries a login, or whose ending is of no tar
 */
export function readArchiveUrl(text: string): RemoteUrl {
  const refuse = refusalOf("archive", text);
  if (typeof text !== "string") return refuse("must be a URL", 'e.g. "https://example.com/catalog-1.4.2.tar.gz"');
  const { url, scheme } = readUrl(text, ["https:", "http:"], refuse);
  if (url.username !== "" || url.password !== "") refuseCredentials(refuse);
  if (url.hash !== "") refuse("must end with its path or query", "name a folder of it by folder");
  if (url.pathname.endsWith(".git")) refuse("must be an archive", "for a git repository write RemoteContext.git");
  if (/\.(zip|jar|7z|rar)$/i.test(url.pathname)) {
    refuse("must be a tar, plain or compressed by gzip, bzip2 or xz", "most servers of code offer a .tar.gz beside it");
  }
  return { url: text, scheme, host: url.host };
}

/** The command that prints which commit a branch or tag stands for now. */
export function howToFindCommit(url: string, ref: unknown): string {
  const name = typeof ref === "string" && SAFE_WORD.test(ref) ? ref : "HEAD";
  return /^[0-9a-f]{7,39}$/.test(name)
    ? `git rev-parse ${name}, in a clone of it, prints the whole of it`
    : `git ls-remote ${url} ${name} prints it`;
}

const EXAMPLE = 'e.g. "https://github.com/octo-org/catalog.git"';

type Refuse = (rule: string, remedy?: string) => never;

function readUrl(text: string, schemes: readonly string[], refuse: Refuse) {
  const beginnings = schemes.map((scheme) => `${scheme}//`).join(", ");
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return refuse(`must be a URL that begins with ${beginnings}`, EXAMPLE);
  }
  if (!schemes.includes(url.protocol)) {
    refuse(`must begin with ${beginnings}`, EXAMPLE);
  }
  if (url.hostname === "" || url.pathname.length < 2) refuse("must have a host and a path", EXAMPLE);
  if (/[\s"'\\]/.test(text)) refuse("must have no white space, quote or backslash", "write it percent-encoded");
  return { url, scheme: url.protocol.slice(0, -1) as RemoteUrl["scheme"] };
}

function refuseCredentials(refuse: Refuse): never {
  return refuse("must carry no login", 'name the variable that holds a token: token: { env: "GIT_TOKEN" }');
}
