import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const sha256 = (bytes: Buffer | string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

interface Manifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

const OCI = "application/vnd.oci.image";

/** What of an image is told to {@link FakeRegistry.image}. */
export interface FakeImage {
  readonly layers: readonly string[];
  readonly history?: readonly { readonly created_by: string; readonly empty_layer?: boolean }[];
  readonly config?: object;
  readonly created?: string;
  readonly architecture?: string;
  readonly mediaType?: string;
}

/** A registry in memory: manifests, blobs, tags by the page, uploads and deletions, as the distribution specification has them. */
export class FakeRegistry {
  /** `METHOD /path` of every request. */
  readonly asked: string[] = [];
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, Manifest>();
  /** `path:tag` and the digest. */
  readonly tags = new Map<string, string>();
  /** How many tags a page has. */
  page = 1000;
  /** Whether what is read of a blob is something else than was put there. */
  tampers = false;
  /** Answers pushes with that. */
  refuses?: number;
  /** Answers everything with that. */
  denies?: number;
  /** Where blobs are answered from, in place of here. */
  blobsAt?: string;
  /** What an upload under way has sent. */
  private sent = Buffer.alloc(0);
  private readonly server: Server;

  static async start(): Promise<FakeRegistry> {
    const registry = new FakeRegistry();
    await new Promise<void>((resolve) => registry.server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** Puts an image of one platform there; answers its digest. */
  image(path: string, tags: readonly string[], image: FakeImage): string {
    const { layers, history = [], config = {}, created = "2026-01-02T03:04:05Z", architecture = "amd64" } = image;
    const kept = layers.map((text) => this.blob(text, `${OCI}.layer.v1.tar`));
    const configuration = {
      created,
      os: "linux",
      architecture,
      config,
      history,
      rootfs: { type: "layers", diff_ids: [] },
    };
    const mediaType = image.mediaType ?? `${OCI}.manifest.v1+json`;
    const own = this.blob(JSON.stringify(configuration), `${OCI}.config.v1+json`);
    return this.put(path, tags, mediaType, { schemaVersion: 2, mediaType, config: own, layers: kept });
  }

  /** Puts an index of images there that it has already. */
  index(path: string, tags: readonly string[], sides: Readonly<Record<string, string>>): string {
    const mediaType = `${OCI}.index.v1+json`;
    const manifests = Object.entries(sides).map(([platform, digest]) => {
      const [os, architecture] = platform.split("/");
      const { mediaType: own, bytes } = this.manifests.get(digest) as Manifest;
      return { mediaType: own, digest, size: bytes.length, platform: { os, architecture } };
    });
    return this.put(path, tags, mediaType, { schemaVersion: 2, mediaType, manifests });
  }

  private put(path: string, tags: readonly string[], mediaType: string, document: object): string {
    const bytes = Buffer.from(JSON.stringify(document));
    const digest = sha256(bytes);
    this.manifests.set(digest, { mediaType, bytes });
    for (const tag of tags) this.tags.set(`${path}:${tag}`, digest);
    return digest;
  }

  private blob(text: string, mediaType: string) {
    const bytes = Buffer.from(text);
    const digest = sha256(bytes);
    this.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = "GET" } = request;
    const url = new URL(request.url ?? "", `http://${this.host}`);
    this.asked.push(`${method} ${url.pathname}`);
    const [, path = "", kind = "", rest = ""] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
    if (this.denies !== undefined) response.writeHead(this.denies).end("{}");
    else if (this.refuses !== undefined && method !== "GET" && method !== "HEAD") {
      response
        .writeHead(this.refuses)
        .end(JSON.stringify({ errors: [{ code: "MANIFEST_INVALID", message: "no artifacts here" }] }));
    } else if (kind === "tags") this.answerTags(path, url, response);
    else if (kind === "manifests" && method === "PUT") {
      const digest = sha256(body);
      this.manifests.set(digest, { mediaType: String(request.headers["content-type"]), bytes: body });
      if (!rest.startsWith("sha256:")) this.tags.set(`${path}:${rest}`, digest);
      response.writeHead(201, { "docker-content-digest": digest }).end();
    } else if (kind === "manifests") {
      const digest = rest.startsWith("sha256:") ? rest : (this.tags.get(`${path}:${rest}`) ?? "");
      const manifest = this.manifests.get(digest);
      if (!manifest) response.writeHead(404).end("{}");
      else
        response
          .writeHead(200, { "content-type": manifest.mediaType, "docker-content-digest": digest })
          .end(method === "HEAD" ? undefined : manifest.bytes);
    } else if (method === "POST") response.writeHead(202, { location: `/v2/${path}/blobs/uploads/1?state=2` }).end();
    else if (method === "PATCH") {
      this.sent = Buffer.concat([this.sent, body]);
      response.writeHead(202, { location: `/v2/${path}/blobs/uploads/1?state=3` }).end();
    } else if (method === "PUT") {
      const digest = url.searchParams.get("digest") ?? "";
      const isRight = sha256(this.sent) === digest && url.searchParams.get("state") === "3";
      if (isRight) this.blobs.set(digest, this.sent);
      this.sent = Buffer.alloc(0);
      response.writeHead(isRight ? 201 : 400).end();
    } else this.answerBlob(rest, method, response);
  }

  private answerBlob(digest: string, method: string, response: ServerResponse): void {
    const blob = this.blobs.get(digest);
    if (!blob) response.writeHead(404).end("{}");
    else if (this.blobsAt !== undefined && method === "GET")
      response.writeHead(307, { location: `${this.blobsAt}/${digest}` }).end();
    else if (method === "HEAD") response.writeHead(200, { "content-length": `${blob.length}` }).end();
    else response.writeHead(200).end(this.tampers ? Buffer.concat([blob, Buffer.from("!")]) : blob);
  }

  private answerTags(path: string, url: URL, response: ServerResponse): void {
    const all = [...this.tags.keys()]
      .filter((name) => name.startsWith(`${path}:`))
      .map((name) => name.slice(path.length + 1))
      .sort();
    const from = all.indexOf(url.searchParams.get("last") ?? "") + 1;
    const tags = all.slice(from, from + this.page);
    if (all.length === 0) response.writeHead(404).end("{}");
    else {
      const more = from + this.page < all.length;
      if (more) response.setHeader("link", `</v2/${path}/tags/list?n=${this.page}&last=${tags.at(-1)}>; rel="next"`);
      response.end(JSON.stringify({ name: path, tags }));
    }
  }
}
