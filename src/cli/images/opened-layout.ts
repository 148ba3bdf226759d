import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type * as TarStream from "tar-stream";
import type { RegistryManifest } from "../registry-content.ts";
import { type ImageParts, imageParts } from "./image-parts.ts";
import { blobPath, NAME_ANNOTATION } from "./oci-layout.ts";

/** A file that is no layout of images, or not a whole one; the message says what it is instead. */
export class LayoutError extends Error {}

/** An image of an opened layout. */
export interface OpenedImage {
  readonly names: readonly string[];
  readonly root: RegistryManifest;
  readonly parts: ImageParts;
}

const BLOB = /^(?:\.\/)?blobs\/sha256\/([0-9a-f]{64})$/;
const TOP = /^(?:\.\/)?(oci-layout|index\.json|manifest\.json)$/;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** A tar of the OCI image layout, unpacked into a folder for a while, each blob compared with its own name. */
export class OpenedLayout {
  /** @throws {LayoutError} for a file that is none, or that is not whole */
  static async open(file: string): Promise<OpenedLayout> {
    const folder = await mkdtemp(join(tmpdir(), "slipway-layout-"));
    const layout = new OpenedLayout(file, folder);
    try {
      await layout.unpack();
      return layout;
    } catch (error) {
      layout.close();
      throw error;
    }
  }

  private readonly tops = new Map<string, string>();
  private readonly sizes = new Map<string, number>();

  private constructor(
    private readonly file: string,
    private readonly folder: string,
  ) {}

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The images that it names. @throws {LayoutError} where it lacks a part of one */
  async images(): Promise<OpenedImage[]> {
    const { manifests = [] } = this.json("index.json");
    const names = new Map<string, string[]>();
    const types = new Map<string, string>();
    for (const { digest, mediaType, annotations = {} } of manifests) {
      names.set(digest, [...(names.get(digest) ?? []), annotations[NAME_ANNOTATION] ?? ""].filter(Boolean));
      types.set(digest, mediaType);
    }
    if (names.size === 0) throw this.refusal("names no image");
    const images = [...names].map(async ([digest, own]) => {
      const root = this.manifest(digest, types.get(digest));
      const parts = await imageParts(root, async (each) => this.manifest(each));
      for (const blob of parts.blobs)
        if (this.sizes.get(blob.digest) !== blob.size) throw this.refusal(`lacks ${blob.digest}, a part of ${digest}`);
      return { names: own, root, parts };
    });
    return Promise.all(images);
  }

  read(digest: string): Readable {
    return createReadStream(join(this.folder, blobPath(digest)));
  }

  private manifest(digest: string, mediaType?: string): RegistryManifest {
    if (!this.sizes.has(digest)) throw this.refusal(`lacks ${digest}, which it names`);
    const bytes = readFileSync(join(this.folder, blobPath(digest)));
    const document = this.parse(bytes.toString("utf8"), digest);
    return { digest, bytes, mediaType: mediaType ?? String(document.mediaType) };
  }

  private json(name: string): {
    manifests?: { digest: string; mediaType: string; annotations?: Record<string, string> }[];
  } {
    return this.parse(this.tops.get(name) ?? "{}", name);
  }

  private parse(text: string, what: string) {
    try {
      return JSON.parse(text);
    } catch {
      throw this.refusal(`has a ${what} that is no JSON`);
    }
  }

  private async unpack(): Promise<void> {
    if (statSync(this.file, { throwIfNoEntry: false })?.isFile() !== true)
      throw this.refusal("is no file that is here");
    mkdirSync(join(this.folder, "blobs/sha256"), { recursive: true });
    const extract = (require("tar-stream") as typeof TarStream).extract();
    const input = [createReadStream(this.file), ...((await this.isZipped()) ? [createGunzip()] : [])];
    const whole = pipeline([...input, extract] as unknown as [Readable, Transform]);
    whole.catch(() => {}); // what ends the loop below says it
    try {
      for await (const entry of extract) await this.take(entry.header, entry as unknown as Readable);
      await whole;
    } catch (error) {
      if (error instanceof LayoutError) throw error;
      throw this.refusal(`is no tar of images: ${(error as Error).message}`);
    }
    if (this.tops.has("oci-layout") && this.tops.has("index.json")) return;
    throw this.refusal(
      this.tops.has("manifest.json")
        ? "is an archive that docker save of an engine before 25 wrote, without the digests of what it holds: docker load takes it"
        : "is a tar without images: it has no oci-layout",
    );
  }

  private async take({ name, type, size = 0 }: TarStream.Header, content: Readable): Promise<void> {
    const [, top] = TOP.exec(name) ?? [];
    const [, hex] = BLOB.exec(name) ?? [];
    if (type !== "file" || (top === undefined && hex === undefined)) {
      content.resume();
      return;
    }
    if (top !== undefined) {
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(chunk as Buffer);
      this.tops.set(top, Buffer.concat(chunks).toString("utf8"));
      return;
    }
    const digest = `sha256:${hex}`;
    const hash = createHash("sha256");
    const hashed = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(content, hashed, createWriteStream(join(this.folder, blobPath(digest))));
    const is = `sha256:${hash.digest("hex")}`;
    if (is !== digest) throw this.refusal(`is damaged: what it calls ${digest} is ${is}`);
    this.sizes.set(digest, size);
  }

  private async isZipped(): Promise<boolean> {
    const file = await open(this.file);
    try {
      const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return buffer.equals(GZIP);
    } finally {
      await file.close();
    }
  }

  private refusal(why: string): LayoutError {
    return new LayoutError(`${this.file} ${why}; nothing was loaded`);
  }
}
