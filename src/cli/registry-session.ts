import type { DockerCredentials } from "./docker-credentials.ts";
import type { HttpAnswer, HttpOptions } from "./http-request.mjs";
import { isLoopback } from "./synthesized-stack.ts";

/** Sends one HTTP request. */
export type Send = (url: string, options?: HttpOptions) => Promise<HttpAnswer>;

/** One image name in one registry, e.g. `docker.io` and `library/python`. */
export interface Place {
  readonly domain: string;
  readonly path: string;
}

/** What a registry is asked. */
export interface Question extends Pick<HttpOptions, "headers" | "body" | "into" | "timeout"> {
  readonly method: string;
  /** Below the repository, e.g. `manifests/1.4.2`, or a whole address that the registry itself has named. */
  readonly at: string;
  /** What it is about, for an error. */
  readonly subject: string;
  /** Statuses that are an answer. @default [200] */
  readonly answers?: readonly number[];
  /** What of the repository it needs to be allowed. @default "pull" */
  readonly may?: "pull" | "push";
}

const DOCKER_HUB = "docker.io";
const REDIRECTS = [301, 302, 303, 307, 308];
const SCOPES = { pull: "pull", push: "pull,push" };

/**
 * Conversations with registries: logs in as each asks for it, waits where it says so, and follows it where it keeps its
 * layers elsewhere.
 *
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export class RegistrySession {
  private readonly authorizations = new Map<string, string>();

  constructor(
    private readonly send: Send,
    private readonly credentials: Pick<DockerCredentials, "find">,
    private readonly pause: (milliseconds: number) => Promise<unknown> = (ms) =>
      new Promise((resolve) => setTimeout(resolve, ms)),
    /** Where else Docker Hub's images are, as an engine is told of its mirrors; asked when one of them is wanted. */
    private readonly mirrors: () => Promise<readonly string[]> = async () => [],
  ) {}

  /** @throws when the registry does not answer, or refuses */
  async ask(place: Place, question: Question): Promise<HttpAnswer> {
    const mirrored =
      place.domain === DOCKER_HUB && question.may !== "push" ? await this.askMirrors(place, question) : undefined;
    return mirrored ?? this.askItself(place, question);
  }

  /** What a mirror has of Docker Hub; nothing where none has it, as an engine goes on then to the Hub itself. */
  private async askMirrors(
    { path }: Place,
    { method, at, headers, into, timeout }: Question,
  ): Promise<HttpAnswer | undefined> {
    if (/^https?:/.test(at)) return undefined;
    for (const mirror of await this.mirrors()) {
      const url = `${mirror.replace(/\/+$/, "")}/v2/${path}/${at}`;
      const received = watched(into);
      const asked = this.send(url, { method, headers, timeout, ...received.options });
      const answer = await asked.catch((error: Error) => {
        if (received.began()) throw error;
      });
      if (answer?.status === 200) return answer;
    }
    return undefined;
  }

  private async askItself(place: Place, question: Question): Promise<HttpAnswer> {
    const { method, at, subject, answers = [200], may = "pull", headers = {}, into, ...rest } = question;
    const url = /^https?:/.test(at) ? at : `${repositoryUrl(place)}/${at}`;
    const isOwn = new URL(url).origin === new URL(repositoryUrl(place)).origin;
    if (!isOwn) refuseOpen(url, place, subject);
    const key = `${place.domain}/${place.path} ${may}`;
    const received = watched(into);
    for (let attempt = 1; ; attempt++) {
      // A login is nothing for another to see, wherever the registry sends who asks.
      const authorization = isOwn ? this.authorizations.get(key) : undefined;
      const own = { ...headers, ...(authorization ? { authorization } : {}) };
      const answer = await this.send(url, { method, headers: own, ...rest, ...received.options }).catch(
        (error: Error) => error,
      );
      if (!(answer instanceof Error)) {
        if (answers.includes(answer.status)) return answer;
        if (REDIRECTS.includes(answer.status)) return this.follow(answer, url, place, question);
        if (answer.status === 401 && !authorization && isOwn) {
          const challenge = String(answer.headers["www-authenticate"] ?? "");
          this.authorizations.set(key, await this.authorize(challenge, url, place, may));
          continue;
        }
      }
      if (attempt === 3 || received.began() || !mayPass(answer))
        throw new Error(`${subject}: ${refusal(answer, place.domain, may)}`);
      const wanted = answer instanceof Error ? 0 : Number(answer.headers["retry-after"]) * 1000 || 0;
      await this.pause(Math.min(Math.max(wanted, attempt * 1000), 10_000));
    }
  }

  /** A layer is often kept elsewhere; the address has all that is needed in it, and a login is nothing for others to see. */
  private async follow(answer: HttpAnswer, from: string, place: Place, question: Question): Promise<HttpAnswer> {
    const { method, subject, answers = [200], headers = {}, into, timeout } = question;
    const target = new URL(String(answer.headers.location ?? ""), from);
    refuseOpen(target.href, place, subject);
    if (method !== "GET" && method !== "HEAD")
      throw new Error(`${subject}: ${place.domain} leads to ${target.origin}, where nothing is sent`);
    const found = await this.send(target.href, { method, headers, into, timeout });
    if (answers.includes(found.status)) return found;
    throw new Error(`${subject}: ${target.host}, to which ${place.domain} leads, answered ${found.status}`);
  }

  /** The header that answers a registry's challenge: the login itself, or a token that its token service gives for it. */
  private async authorize(challenge: string, url: string, place: Place, may: keyof typeof SCOPES): Promise<string> {
    const { domain, path } = place;
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
    const own = `repository:${path}:${SCOPES[may]}`;
    // What a registry asks for at first is to read; whoever is about to push needs more from the beginning.
    realm.searchParams.set("scope", may === "pull" ? (fields.scope ?? own) : own);
    const answer = await this.send(realm.href, { headers: basic ? { authorization: basic } : {} });
    if (answer.status !== 200)
      throw new Error(`${domain}: the token service ${realm.host} answered ${answer.status}: docker login ${domain}`);
    const { token, access_token: accessToken } = JSON.parse(answer.body.toString("utf8"));
    return `Bearer ${token ?? accessToken}`;
  }
}

/** What comes goes there, and whether it has begun to is known: it cannot be begun anew. */
function watched(into: HttpOptions["into"]): { readonly options: Pick<HttpOptions, "into">; began(): boolean } {
  let began = false;
  if (into === undefined) return { options: {}, began: () => false };
  const begin = () => {
    began = true;
    return into();
  };
  return { options: { into: begin }, began: () => began };
}

/** Where the distribution API has a repository. */
export function repositoryUrl({ domain, path }: Place): string {
  if (domain === DOCKER_HUB) return `https://registry-1.docker.io/v2/${path}`;
  return `${isLoopback(domain.replace(/:\d+$/, "")) ? "http" : "https"}://${domain}/v2/${path}`;
}

function refuseOpen(url: string, { domain }: Place, subject: string): void {
  const { protocol, hostname, origin } = new URL(url);
  if (protocol === "https:" || isLoopback(hostname)) return;
  throw new Error(`${subject}: ${domain} leads to ${origin}, without encryption: nothing is asked there`);
}

function mayPass(answer: HttpAnswer | Error): boolean {
  return answer instanceof Error || answer.status === 429 || answer.status >= 500;
}

function refusal(answer: HttpAnswer | Error, domain: string, may: keyof typeof SCOPES): string {
  if (answer instanceof Error) return answer.message;
  switch (answer.status) {
    case 401:
    case 403:
      return may === "pull"
        ? `${domain} refuses it, which also means that it may not exist: docker login ${domain}`
        : `${domain} lets this login not ${may}: docker login ${domain}`;
    case 404:
      return `${domain} has no such image or tag`;
    case 405:
      return `${domain} does not take it: it is read-only`;
    case 429:
      return `${domain} limits how often it is asked: docker login ${domain}, or try later`;
    default:
      return `${domain} answered ${answer.status}${saying(answer)}`;
  }
}

/** What a registry says of a refusal, in the form of the distribution specification. */
function saying({ body }: HttpAnswer): string {
  try {
    const [first] = JSON.parse(body.toString("utf8")).errors;
    return `: ${[first.code, first.message].filter(Boolean).join(": ")}`;
  } catch {
    return "";
  }
}
