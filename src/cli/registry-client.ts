import { createHash } from "node:crypto";
import type { DockerCredentials } from "./docker-credentials.ts";
import type { HttpAnswer, HttpOptions } from "./http-request.mjs";
import { isLoopback } from "./synthesized-stack.ts";

/** Sends one HTTP request. */
export type Send = (url: string, options?: HttpOptions) => Promise<HttpAnswer>;

const DOCKER_HUB = "docker.io";

// An index before a manifest: the digest of a tag is that of the whole set of platforms.
const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * Asks registries what a tag stands for now.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export class RegistryClient {
  private readonly authorizations = new Map<string, string>();

  constructor(
    private readonly send: Send,
    private readonly credentials: Pick<DockerCredentials, "find">,
    private readonly pause: (milliseconds: number) => Promise<unknown> = (ms) =>
      new Promise((resolve) => setTimeout(resolve, ms)),
  ) {}

  /**
   * The digest of a full reference, `domain/path:tag`.
   *
   * @throws when the registry does not answer, refuses, or has no such tag
   */
  async digestOf(reference: string): Promise<string> {
    const { domain, path, tag } = split(reference);
    const url = `${endpoint(domain)}/v2/${path}/manifests/${encodeURIComponent(tag)}`;
    const head = await this.ask("HEAD", url, domain, path, reference);
    const claimed = String(head.headers["docker-content-digest"] ?? "");
    if (DIGEST.test(claimed)) return claimed;
    const { body } = await this.ask("GET", url, domain, path, reference);
    return `sha256:${createHash("sha256").update(body).digest("hex")}`;
  }

  private async ask(method: string, url: string, domain: string, path: string, reference: string): Promise<HttpAnswer> {
    const key = `${domain}/${path}`;
    for (let attempt = 1; ; attempt++) {
      const authorization = this.authorizations.get(key);
      const headers = { accept: ACCEPT, ...(authorization ? { authorization } : {}) };
      const answer = await this.send(url, { method, headers }).catch((error: Error) => error);
      if (!(answer instanceof Error)) {
        if (answer.status === 200) return answer;
        if (answer.status === 401 && !authorization) {
          this.authorizations.set(
            key,
            await this.authorize(String(answer.headers["www-authenticate"] ?? ""), url, domain, path),
          );
          continue;
        }
      }
      if (attempt === 3 || !mayPass(answer)) throw new Error(`${reference}: ${refusal(answer, domain)}`);
      const wanted = answer instanceof Error ? 0 : Number(answer.headers["retry-after"]) * 1000 || 0;
      await this.pause(Math.min(Math.max(wanted, attempt * 1000), 10_000));
    }
  }

  /** The header that answers a registry's challenge: the login itself, or a token that its token service gives for it. */
  private async authorize(challenge: string, url: string, domain: string, path: string): Promise<string> {
    const login = await this.credentials.find(domain);
    const basic = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
    const [, scheme = "", rest = ""] = /^(\S+)\s+(.*)$/.exec(challenge) ?? [];
    const fields = Object.fromEntries([...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
    if (scheme.toLowerCase() === "basic") {
      if (!basic) throw new Error(`${domain} wants a login: docker login ${domain}`);
      return basic;
    }
    if (scheme.toLowerCase() !== "bearer" || !fields.realm)
      throw new Error(`${domain} asks for a login in a way that is not known: ${challenge || "(no challenge)"}`);
    const realm = new URL(fields.realm);
    if (realm.protocol !== "https:" && !(isLoopback(new URL(url).hostname) && isLoopback(realm.hostname))) {
      throw new Error(`${domain} names a token service without encryption, ${realm.origin}: nothing is sent there`);
    }
    if (fields.service) realm.searchParams.set("service", fields.service);
    realm.searchParams.set("scope", fields.scope ?? `repository:${path}:pull`);
    const answer = await this.send(realm.href, { headers: basic ? { authorization: basic } : {} });
    if (answer.status !== 200)
      throw new Error(`${domain}: the token service ${realm.host} answered ${answer.status}: docker login ${domain}`);
    const { token, access_token: accessToken } = JSON.parse(answer.body.toString("utf8"));
    return `Bearer ${token ?? accessToken}`;
  }
}

function split(reference: string): { domain: string; path: string; tag: string } {
  const match = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference);
  if (!match) throw new Error(`reference must be domain/path:tag, got ${reference}`);
  return { domain: match[1] as string, path: match[2] as string, tag: match[3] as string };
}

function endpoint(domain: string): string {
  if (domain === DOCKER_HUB) return "https://registry-1.docker.io";
  return isLoopback(domain.replace(/:\d+$/, "")) ? `http://${domain}` : `https://${domain}`;
}

function mayPass(answer: HttpAnswer | Error): boolean {
  return answer instanceof Error || answer.status === 429 || answer.status >= 500;
}

function refusal(answer: HttpAnswer | Error, domain: string): string {
  if (answer instanceof Error) return answer.message;
  switch (answer.status) {
    case 401:
    case 403:
      return `${domain} refuses it, which also means that it may not exist: docker login ${domain}`;
    case 404:
      return `${domain} has no such image or tag`;
    case 429:
      return `${domain} limits how often it is asked: docker login ${domain}, or try later`;
    default:
      return `${domain} answered ${answer.status}`;
  }
}
