/** What the builder makes of a source of COPY or ADD. */
export type SourceKind = { readonly kind: "git" | "http" | "path" } | { readonly kind: "bad"; readonly reason: string };

const SCHEME = /^([a-zA-Z0-9]+):\/\//;
const SCP = /^[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:([^\n]*?)(?:\?([^\n]*?))?(?:#([^\n]*))?$/;

/** Whether `text` is a Git repository, an address to download from, or a path of the context. */
export function readSourceKind(text: string): SourceKind {
  const git = readGitQuery(text);
  if (git === undefined) return { kind: /^https?:\/\//.test(text) ? "http" : "path" };
  const reason = queryProblem(git.query, git.ref);
  return reason === undefined ? { kind: "git" } : { kind: "bad", reason };
}

interface GitQuery {
  readonly query: URLSearchParams;
  /** The reference in the fragment. */
  readonly ref: string;
}

/** The query of `text`, if it is a Git repository to an ADD. */
function readGitQuery(text: string): GitQuery | undefined {
  if (/^\.{1,2}\//.test(text) || text.startsWith("github.com/")) return undefined;
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    const [, , query = "", fragment = ""] = SCP.exec(text) ?? [];
    return SCP.test(text) ? { query: new URLSearchParams(query), ref: fragment.split(":")[0] ?? "" } : undefined;
  }
  if (!["http", "https", "ssh", "git"].includes(scheme)) return undefined;
  const [address = "", fragment = ""] = text.split(/#(.*)/s);
  const [place = "", query = ""] = address.split(/\?(.*)/s);
  const path = place.slice(place.indexOf("://") + 3).replace(/^[^/]*/, "");
  if (scheme.startsWith("http") && !path.endsWith(".git")) return undefined;
  return { query: new URLSearchParams(query), ref: fragment.split(":")[0] ?? "" };
}

const SWITCHES: readonly string[] = ["submodules", "keep-git-dir", "fetch-by-commit"];
const KEYS: readonly string[] = ["ref", "tag", "branch", "subdir", "checksum", "commit", "mtime", ...SWITCHES];

/** Why the builder refuses a Git address with this query. */
function queryProblem(query: URLSearchParams, ref: string): string | undefined {
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key);
    const [value = ""] = values;
    if (values.length > 1) return `the Git address says ${key} twice`;
    if (!KEYS.includes(key)) return `a Git address takes no ${key}`;
    if (value === "" && !SWITCHES.includes(key)) return `the Git address gives ${key} no value`;
    if (value !== "" && SWITCHES.includes(key) && !/^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(value)) {
      return `the Git address takes true or false for ${key}`;
    }
    if (key === "mtime" && value !== "checkout" && value !== "commit") return "mtime is checkout or commit";
  }
  const named = Object.entries({ ref: "", tag: "refs/tags/", branch: "refs/heads/" }).flatMap(([key, prefix]) => {
    const value = query.get(key);
    return value === null ? [] : [value.startsWith(prefix) ? value : prefix + value];
  });
  if (query.has("tag") && query.has("branch")) return "the Git address names a tag and a branch";
  const refs = new Set([...(ref === "" ? [] : [ref]), ...named]);
  return refs.size > 1 ? "the Git address names two references" : undefined;
}
