import { createHash } from "node:crypto";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ACCEPT, claimedDigest, sha256 } from "./registry-client.ts";
import { type Place, type RegistrySession, repositoryUrl } from "./registry-session.ts";

/** A manifest or an index, as a registry has it: its digest is that of these very bytes. */
export interface RegistryManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** What a manifest says of something that a registry keeps. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Milliseconds without a byte after which a layer counts as stuck. */
const STUCK = 60_000;
/** How many tags a registry is asked for at once. */
/** The tag that cosign gives what it signs an image by, which is no image. */
const SIGNATURE = /^sha256-[0-9a-f]{64}\.sig$/;
const PAGE = 1000;

/** What registries keep, read and written by digest, each byte compared. */
export class RegistryContent {
  constructor(private readonly session: RegistrySession) {}

  /** What a tag or a digest stands for; nothing where the registry has none such. */
  async manifest(place: Place, reference: string): Promise<RegistryManifest | undefined> {
    const answer = await this.about(place, reference, "GET");
    if (answer.status === 404) return undefined;
    const { body: bytes, headers } = answer;
    const digest = sha256(bytes);
    if (reference.startsWith("sha256:") && reference !== digest)
      throw new Error(
        `${nameOf(place, reference)}: ${place.domain} answered other content, ${digest}: nothing is done with it`,
      );
    const mediaType = String(headers["content-type"] ?? JSON.parse(bytes.toString("utf8")).mediaType).split(
      ";",
    )[0] as string;
    return { digest, mediaType, bytes };
  }

  /** The digest that a tag stands for; nothing where there is no such tag. */
  async digestOf(place: Place, tag: string): Promise<string | undefined> {
    const { status, headers } = await this.about(place, tag, "HEAD");
    if (status === 404) return undefined;
    return claimedDigest(headers) ?? (await this.manifest(place, tag))?.digest;
  }

  /** Every tag of a repository, page by page; none of one that is not there. */
  async tags(place: Place): Promise<string[]> {
    const found: string[] = [];
    const subject = `the tags of ${place.domain}/${place.path}`;
    let at: string | undefined = `tags/list?n=${PAGE}`;
    while (at !== undefined) {
      const here: string = /^https?:/.test(at) ? at : `${repositoryUrl(place)}/${at}`;
      const answer = await this.session.ask(place, { method: "GET", at: here, subject, answers: [200, 404] });
      if (answer.status === 404) return found;
      const before = found.length;
      found.push(...((JSON.parse(answer.body.toString("utf8")).tags ?? []) as string[]));
      const [, next] = /<([^>]+)>\s*;\s*rel="?next"?/.exec(String(answer.headers.link ?? "")) ?? [];
      at = next === undefined || found.length === before ? undefined : new URL(next, here).href;
    }
    return [...new Set(found)].filter((tag) => !SIGNATURE.test(tag));
  }

  /** A small one, whole: the configuration of an image. */
  async blob(place: Place, { digest }: Descriptor): Promise<Buffer> {
    const { body } = await this.session.ask(place, {
      method: "GET",
      at: `blobs/${digest}`,
      subject: nameOf(place, digest),
    });
    if (sha256(body) !== digest) throw new Error(`${nameOf(place, digest)}: ${place.domain} answered other content`);
    return body;
  }

  /** A large one, as it comes. @throws where what came is something else */
  async blobInto(place: Place, { digest, size }: Descriptor, into: () => Writable): Promise<void> {
    const hash = createHash("sha256");
    let came = 0;
    let arrived: Promise<void> = Promise.resolve();
    const counted = () => {
      const through = new PassThrough();
      through.on("data", (chunk: Buffer) => {
        hash.update(chunk);
        came += chunk.length;
      });
      arrived = pipeline(through, into());
      arrived.catch(() => {}); // said by the request, whose other end it is
      return through;
    };
    const subject = nameOf(place, digest);
    await this.session.ask(place, { method: "GET", at: `blobs/${digest}`, subject, into: counted, timeout: STUCK });
    await arrived;
    const is = `sha256:${hash.digest("hex")}`;
    if (is !== digest || came !== size)
      throw new Error(`${subject}: ${place.domain} answered ${came} bytes of ${is} in place of ${size}`);
  }

  async hasBlob(place: Place, digest: string): Promise<boolean> {
    const subject = nameOf(place, digest);
    const answer = await this.session.ask(place, {
      ...{ method: "HEAD", at: `blobs/${digest}`, subject },
      answers: [200, 404],
      may: "push",
    });
    return answer.status === 200;
  }

  /** Puts content there under its digest, which the registry computes itself. */
  async putBlob(place: Place, { digest, size }: Omit<Descriptor, "mediaType">, body: () => Readable): Promise<void> {
    const subject = nameOf(place, digest);
    const started = await this.session.ask(place, {
      ...{ method: "POST", at: "blobs/uploads/", subject, headers: { "content-length": "0" } },
      answers: [202],
      may: "push",
    });
    // In two steps, as Docker's own client does: not every registry takes the content with the last one.
    const headers = { "content-type": "application/octet-stream", "content-length": `${size}` };
    const sent = await this.session.ask(place, {
      ...{ method: "PATCH", at: this.uploadAt(place, started).href, subject, headers, body, timeout: STUCK },
      answers: [202],
      may: "push",
    });
    const upload = this.uploadAt(place, sent);
    upload.searchParams.set("digest", digest);
    await this.session.ask(place, {
      ...{ method: "PUT", at: upload.href, subject, headers: { "content-length": "0" } },
      answers: [201],
      may: "push",
    });
  }

  private uploadAt(place: Place, { headers }: { readonly headers: Readonly<Record<string, unknown>> }): URL {
    return new URL(String(headers.location ?? ""), repositoryUrl(place));
  }

  /** Puts a manifest there under a tag or its digest; the registry must name the same digest. */
  async putManifest(place: Place, reference: string, { digest, mediaType, bytes }: RegistryManifest): Promise<void> {
    const subject = nameOf(place, reference);
    const { headers } = await this.session.ask(place, {
      ...{ method: "PUT", at: `manifests/${encodeURIComponent(reference)}`, subject },
      headers: { "content-type": mediaType, "content-length": `${bytes.length}` },
      body: bytes,
      answers: [201],
      may: "push",
    });
    const is = claimedDigest(headers) ?? (await this.digestOf(place, reference));
    if (is !== digest)
      throw new Error(`${subject}: ${place.domain} says that it stands for ${is}, and not for ${digest}`);
  }

  private about(place: Place, reference: string, method: "GET" | "HEAD") {
    return this.session.ask(place, {
      ...{ method, at: `manifests/${encodeURIComponent(reference)}`, subject: nameOf(place, reference) },
      headers: { accept: ACCEPT },
      answers: [200, 404],
    });
  }
}

/** A tag or a digest of a repository, in one word. */
export function nameOf({ domain, path }: Place, reference: string): string {
  return `${domain}/${path}${reference.startsWith("sha256:") ? "@" : ":"}${reference}`;
}
