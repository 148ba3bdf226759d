import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Descriptor } from "../registry-content.ts";

/**
 * The files of a container as one layer, in a file of this machine for a while. Why a file: an image names its layers by
 * their digests and sizes before it brings them.
 */
export class ExportedLayer {
  /** @param tar as `docker export` gives it */
  static async keep(tar: NodeJS.ReadableStream): Promise<ExportedLayer> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-layer-"));
    const hash = createHash("sha256");
    let size = 0;
    const counted = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    try {
      await pipeline(tar as Readable, counted, createWriteStream(join(folder, "layer.tar"), { mode: 0o600 }));
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    const digest = `sha256:${hash.digest("hex")}`;
    return new ExportedLayer(folder, { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size });
  }

  private constructor(
    private readonly folder: string,
    readonly descriptor: Descriptor,
  ) {}

  read(): Readable {
    return createReadStream(join(this.folder, "layer.tar"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
