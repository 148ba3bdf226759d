import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { LoopbackServer } from "../loopback-server.ts";
import {
  digestOf,
  type SignatureArtifact,
  type Signed,
  signatureArtifact,
  signatureTag,
} from "./signature-artifact.ts";

/** A pair of keys as openssl writes them. */
export function keyPair(curve = "P-256") {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve });
  return { privateKey: pem(privateKey), publicKey: pem(publicKey) };
}

function pem(key: KeyObject): string {
  return key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }) as string;
}

/** By what a host notes that it verified an image. */
export function fingerprint(publicKey: string): string {
  return createHash("sha256")
    .update(createPublicKey(publicKey).export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** A registry that keeps manifests and blobs, counts what it is asked, and asks for a login where one is set. */
export class RegistryOfSignatures extends LoopbackServer {
  readonly manifests = new Map<string, string>();
  readonly blobs = new Map<string, Buffer>();
  /** `METHOD path` of each request to the distribution API. */
  readonly asked: string[] = [];
  /** How many requests there were in all, those without the login included. */
  knocks = 0;
  /** NAME:PASSWORD that lets in; by a token of its own service unless `basic`. */
  login?: string;
  scheme: "basic" | "bearer" = "bearer";
  /** What it answers a push of a manifest. */
  refuses?: { readonly status: number; readonly code: string; readonly message: string };
  /** What it answers everything. */
  broken?: number;

  get endpoint(): string {
    return `http://${this.host}`;
  }

  /** The text of the artifact at `path`'s tag for `digest`. */
  signatures(path: string, digest: string): { layers: { digest: string; annotations: Record<string, string> }[] } {
    return JSON.parse(this.manifests.get(`${path}/${signatureTag(digest)}`) ?? "{}");
  }

  /** Puts an artifact with these signatures beside the image `digest` of `path`. */
  put(path: string, digest: string, ...signed: Signed[]): void {
    this.keep(path, digest, signatureArtifact(...signed));
  }

  /** Puts an artifact there as it is. */
  keep(path: string, digest: string, { manifest, blobs }: SignatureArtifact): void {
    for (const [name, bytes] of blobs) this.blobs.set(name, bytes);
    this.manifests.set(`${path}/${signatureTag(digest)}`, manifest);
  }

  protected async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? "/", this.endpoint);
    this.knocks += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { authorization } = incoming.headers;
    const basic = this.login && `Basic ${Buffer.from(this.login).toString("base64")}`;
    const end = (status: number, text: string | Buffer = "", headers: Record<string, string> = {}) =>
      void outgoing.writeHead(status, headers).end(text);
    if (url.pathname === "/v2/token") {
      if (authorization !== basic) return end(401);
      return end(
        200,
        JSON.stringify({ token: `for ${url.searchParams.get("service")} ${url.searchParams.get("scope")}` }),
      );
    }
    const [, path = "", kind = "", name = ""] = /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url.pathname) ?? [];
    if (this.broken !== undefined) return end(this.broken);
    if (basic !== undefined) {
      const may = incoming.method === "GET" ? ["pull", "pull,push"] : ["pull,push"];
      const allowed =
        this.scheme === "basic" ? [basic] : may.map((each) => `Bearer for here repository:${path}:${each}`);
      if (!allowed.includes(authorization ?? "")) {
        const challenge =
          this.scheme === "basic" ? 'Basic realm="here"' : `Bearer realm="${this.endpoint}/v2/token",service="here"`;
        return end(401, "", { "www-authenticate": challenge });
      }
    }
    this.asked.push(`${incoming.method} ${url.pathname}`);
    const problem = (status: number, code: string, message: string) =>
      end(status, JSON.stringify({ errors: [{ code, message }] }));
    if (incoming.method === "GET" || incoming.method === "HEAD") {
      const found = kind === "manifests" ? this.manifests.get(`${path}/${name}`) : this.blobs.get(name);
      return found === undefined ? problem(404, "NOT_FOUND", "no such thing") : end(200, found);
    }
    if (incoming.method === "POST") return end(202, "", { location: `/v2/${path}/blobs/uploads/1?state=a` });
    if (kind === "blobs") {
      const digest = url.searchParams.get("digest") as string;
      if (digestOf(body) !== digest) return problem(400, "DIGEST_INVALID", "another content");
      this.blobs.set(digest, body);
      return end(201);
    }
    if (this.refuses) return problem(this.refuses.status, this.refuses.code, this.refuses.message);
    this.manifests.set(`${path}/${name}`, body.toString());
    return end(201);
  }
}
