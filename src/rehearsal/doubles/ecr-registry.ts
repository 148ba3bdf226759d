import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { TLSSocket } from "node:tls";
import type { Ask, CallerAsk } from "../authorization/ask.ts";
import type { EcrApi } from "./ecr-api.ts";
import type { EcrLogins } from "./ecr-logins.ts";
import type { ImageLedger } from "./image-ledger.ts";
import { pass } from "./passing.ts";
import type { Principal } from "./principals.ts";

/** Whether a caller may do what AWS asks about. */
export type Authorize = (principal: Principal, ask: Ask) => Promise<boolean>;

/** A manifest that somebody fetched. */
export interface Pull {
  readonly by: string;
  readonly repository: string;
  readonly reference: string;
}

interface Target {
  readonly repository: string;
  readonly kind: "manifests" | "blobs" | "tags";
  readonly rest: string;
}

/** Stands between the registry and a client: it answers by itself, or lets the registry do so. */
export type RequestInterceptor = (incoming: IncomingMessage, outgoing: ServerResponse, serve: () => void) => void;

const TARGET = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^?]+)/;

/** ECR's registry: a plain one behind ECR's login, permissions, and its rule that an immutable tag is pushed once. */
export class EcrRegistry {
  readonly pulls: Pull[] = [];
  /** What AWS asked about whoever pushed and pulled. */
  readonly asks: CallerAsk[] = [];
  /** For a rehearsal of what is wrong with a registry. @default - nothing is */
  disturbance?: RequestInterceptor;

  /** @param backend the loopback port of the registry that keeps the layers */
  constructor(
    private readonly backend: number,
    private readonly api: EcrApi,
    private readonly ledger: ImageLedger,
    private readonly logins: EcrLogins,
    private readonly authorize: Authorize,
  ) {}

  readonly listener: RequestListener = (incoming, outgoing) => {
    const serve = () => {
      this.#serve(incoming, outgoing).catch((error: unknown) => {
        if (!outgoing.headersSent) refuse(outgoing, 500, "UNKNOWN", String(error));
        else outgoing.destroy();
      });
    };
    if (this.disturbance) this.disturbance(incoming, outgoing, serve);
    else serve();
  };

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const principal = this.logins.identify(incoming.headers.authorization);
    if (!principal) {
      outgoing.setHeader(
        "www-authenticate",
        `Basic realm="https://${incoming.headers.host}/",service="ecr.amazonaws.com"`,
      );
      refuse(outgoing, 401, "UNAUTHORIZED", "Not Authorized");
      return;
    }
    const path = incoming.url ?? "/";
    const [, repository = "", kind, rest = ""] = TARGET.exec(path) ?? [];
    if (!kind) {
      if (/^\/v2\/?$/.test(path)) this.#pass(incoming, outgoing);
      else refuse(outgoing, 404, "UNSUPPORTED", "The operation is unsupported");
      return;
    }
    const target = { repository, kind: kind as Target["kind"], rest };
    const settings = await this.api.repository(repository);
    if (!settings) {
      refuse(outgoing, 404, "NAME_UNKNOWN", `The repository with name '${repository}' does not exist in the registry`);
      return;
    }
    const action = actionOf(incoming.method ?? "GET", target);
    const caller = principal.instanceId ?? principal.kind;
    const ask = { action, resource: settings.arn, context: {} };
    this.asks.push({ caller, ask });
    if (!(await this.authorize(principal, ask))) {
      refuse(outgoing, 403, "DENIED", `not authorized to perform: ${action} on resource: ${settings.arn}`);
      return;
    }
    if (kind !== "manifests") this.#pass(incoming, outgoing);
    else if (incoming.method === "PUT") await this.#push(incoming, outgoing, target, settings.allowsOverwrite(rest));
    else if (incoming.method === "DELETE") refuse(outgoing, 405, "UNSUPPORTED", "ECR deletes images by its API only");
    else if (!this.ledger.find(repository, rest))
      refuse(outgoing, 404, "MANIFEST_UNKNOWN", "Requested image not found");
    else {
      if (incoming.method === "GET") {
        this.pulls.push({ by: caller, repository, reference: rest });
      }
      this.#pass(incoming, outgoing);
    }
  }

  async #push(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { repository, rest }: Target,
    mayOverwrite: boolean,
  ): Promise<void> {
    const tag = rest.startsWith("sha256:") ? undefined : rest;
    if (tag && !mayOverwrite && this.ledger.find(repository, tag)) {
      incoming.resume();
      refuse(
        outgoing,
        400,
        "TAG_INVALID",
        `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`,
      );
      return;
    }
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    this.#pass(incoming, outgoing, (answer) => {
      if (answer.statusCode !== 201) return;
      const image = {
        digest: String(answer.headers["docker-content-digest"]),
        mediaType: incoming.headers["content-type"] ?? "",
        manifest: Buffer.concat(chunks).toString("utf8"),
        pushed: new Date(),
      };
      this.ledger.push(repository, image, tag);
    });
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse, onAnswer?: (answer: IncomingMessage) => void): void {
    const { authorization: _, ...headers } = incoming.headers;
    pass(incoming, outgoing, {
      host: "127.0.0.1",
      port: this.backend,
      headers: { ...headers, "x-forwarded-proto": incoming.socket instanceof TLSSocket ? "https" : "http" },
      onAnswer,
      onError: (_, error) => refuse(outgoing, 502, "UNKNOWN", String(error)),
    });
  }
}

function actionOf(method: string, { kind, rest }: Target): string {
  const reads = method === "GET" || method === "HEAD";
  if (kind === "tags") return "ecr:ListImages";
  if (kind === "manifests") return reads ? "ecr:BatchGetImage" : "ecr:PutImage";
  if (reads) return method === "HEAD" ? "ecr:BatchCheckLayerAvailability" : "ecr:GetDownloadUrlForLayer";
  return rest.startsWith("uploads") && method === "POST" ? "ecr:InitiateLayerUpload" : "ecr:UploadLayerPart";
}

function refuse(outgoing: ServerResponse, status: number, code: string, message: string): void {
  outgoing.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  outgoing.end(JSON.stringify({ errors: [{ code, message }] }));
}
