import type { ContextFile } from "./context-path.ts";

/** Something that is sent and was probably forgotten. */
export interface ContextFinding {
  /** The folder or file that an ignore file should name. */
  readonly path: string;
  readonly why: string;
  /** The line that leaves it out. */
  readonly pattern: string;
}

interface Rule {
  /** Tried on each part of a path from the left; the first that fits is what is reported. */
  readonly name: RegExp;
  /** Where the name alone is too common: what the path up to there must be. */
  readonly path?: RegExp;
  readonly why: string;
}

const SECRET = "looks like a secret, and every layer of an image can be read";
const RULES: readonly Rule[] = [
  { name: /^\.(git|hg|svn)$/, why: "is the history of the source, which changes with every commit" },
  { name: /^node_modules$/, why: "is installed for this machine; the image should install its own" },
  { name: /^(\.venv|venv|__pycache__)$/, why: "is made by Python for this machine; the image should make its own" },
  {
    name: /^(\.terraform|.*\.tfstate(\.backup)?)$/,
    why: "belongs to Terraform; a state file holds secrets in plain text",
  },
  { name: /^cdktf\.out$/, why: "is what synth writes, so that every synth would change the image" },
  { name: /^\.env(\.(?!(example|sample|template|dist)$).+)?$/, why: SECRET },
  { name: /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/, why: "is a private SSH key" },
  { name: /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk)$/i, why: SECRET },
  { name: /^\.?(credentials|secrets?)(\.(json|ya?ml|toml|ini|txt|csv))?$/i, why: SECRET },
  { name: /^(\.netrc|\.pypirc|\.htpasswd|\.git-credentials|\.pgpass|\.npmrc|kubeconfig)$/, why: SECRET },
  { name: /^(.*service[-_]?account.*|client_secret.*)\.json$/i, why: SECRET },
  { name: /^config(\.json)?$/, path: /(^|\/)\.(docker\/config\.json|kube\/config|aws\/config)$/, why: SECRET },
];

/** What is sent that people usually forget to leave out, one finding per folder or file. */
export function contextFindings(files: readonly ContextFile[]): ContextFinding[] {
  const findings = new Map<string, ContextFinding>();
  for (const { path } of files) {
    const finding = findIn(path);
    if (finding && !findings.has(finding.path)) findings.set(finding.path, finding);
  }
  return [...findings.values()];
}

function findIn(path: string): ContextFinding | undefined {
  const parts = path.split("/");
  for (const [i, name] of parts.entries()) {
    const upTo = parts.slice(0, i + 1).join("/");
    const rule = RULES.find((candidate) => candidate.name.test(name) && (candidate.path?.test(upTo) ?? true));
    if (rule) return { path: upTo, why: rule.why, pattern: upTo.replace(/[*?[\]\\!#|{}^]/g, "\\$&") };
  }
  return undefined;
}
