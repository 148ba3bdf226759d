import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ACCEPT } from "../../src/cli/registry-client.ts";
import { type Listening, listen } from "../../src/rehearsal/doubles/listening.ts";
import { RegistryServer } from "../../src/rehearsal/doubles/registry-server.ts";

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";

/** Something that a registry keeps, as a descriptor names it. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A registry without a container, behind a door that asks for a login and remembers who asked what. */
export class RegistryProcess {
  /** `METHOD url` of every request that was let in. */
  readonly asked: string[] = [];

  static async start(login?: string): Promise<RegistryProcess> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-registry-"));
    const registry = new RegistryProcess(folder, await RegistryServer.start(folder), login);
    registry.door = await listen((incoming, outgoing) => registry.pass(incoming, outgoing), { address: "127.0.0.1" });
    return registry;
  }

  private door?: Listening;

  private constructor(
    private readonly folder: string,
    private readonly server: RegistryServer,
    private readonly login?: string,
  ) {}

  get host(): string {
    return `127.0.0.1:${this.door?.port}`;
  }

  async stop(): Promise<void> {
    await this.door?.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Puts an image of a platform for each of `sides` into `path`, under `tag`; answers the digest. */
  async push(path: string, tag: string, sides: readonly string[]): Promise<string> {
    const manifests = [];
    for (const architecture of sides) manifests.push(await this.pushSide(path, architecture));
    if (manifests.length === 1) return (await this.put(path, tag, MANIFEST, manifests[0]?.text as string)).digest;
    for (const { text, digest } of manifests) await this.put(path, digest, MANIFEST, text);
    const listed = manifests.map(({ text: _, architecture, ...descriptor }) => ({
      ...descriptor,
      platform: { os: "linux", architecture },
    }));
    return (await this.put(path, tag, INDEX, JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: listed })))
      .digest;
  }

  /** The digest and the text that `reference` of `path` stands for; undefined where there is none. */
  async manifest(path: string, reference: string): Promise<{ digest: string; text: string } | undefined> {
    const answer = await fetch(`${this.url}/v2/${path}/manifests/${reference}`, {
      headers: { accept: ACCEPT },
    });
    if (!answer.ok) return undefined;
    const text = await answer.text();
    return { digest: digestOf(text), text };
  }

  /** Whether it has the content `digest` in `path`. */
  async hasBlob(path: string, digest: string): Promise<boolean> {
    return (await fetch(`${this.url}/v2/${path}/blobs/${digest}`, { method: "HEAD" })).ok;
  }

  private async pushSide(path: string, architecture: string) {
    const layer = await this.pushBlob(path, "application/vnd.oci.image.layer.v1.tar", `layer of ${architecture}`);
    const config = await this.pushBlob(
      path,
      "application/vnd.oci.image.config.v1+json",
      JSON.stringify({ os: "linux", architecture, rootfs: { type: "layers", diff_ids: [layer.digest] } }),
    );
    const text = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] });
    return { text, architecture, mediaType: MANIFEST, digest: digestOf(text), size: text.length };
  }

  private async pushBlob(path: string, mediaType: string, text: string): Promise<Descriptor> {
    const digest = digestOf(text);
    const started = await fetch(`${this.url}/v2/${path}/blobs/uploads/`, { method: "POST" });
    const place = new URL(started.headers.get("location") as string, this.url);
    place.searchParams.set("digest", digest);
    place.host = `127.0.0.1:${this.server.port}`;
    const { status } = await fetch(place, { method: "PUT", body: text });
    if (status !== 201) throw new Error(`${this.host} does not take a layer: ${status}`);
    return { mediaType, digest, size: text.length };
  }

  private async put(path: string, reference: string, mediaType: string, text: string): Promise<Descriptor> {
    const { status } = await fetch(`${this.url}/v2/${path}/manifests/${reference}`, {
      method: "PUT",
      headers: { "content-type": mediaType },
      body: text,
    });
    if (status !== 201) throw new Error(`${this.host} does not take a manifest: ${status}`);
    return { mediaType, digest: digestOf(text), size: text.length };
  }

  /** Past the door. */
  private get url(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url, headers } = incoming;
    const wanted = this.login && `Basic ${Buffer.from(this.login).toString("base64")}`;
    if (wanted !== undefined && headers.authorization !== wanted) {
      incoming.resume();
      outgoing.writeHead(401, { "www-authenticate": 'Basic realm="registry"' }).end();
      return;
    }
    this.asked.push(`${method} ${url}`);
    const { authorization: _, ...passed } = headers;
    const inner = request(
      { host: "127.0.0.1", port: this.server.port, method, path: url, headers: passed },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    inner.on("error", () => outgoing.destroy());
    incoming.pipe(inner);
  }
}

function digestOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
