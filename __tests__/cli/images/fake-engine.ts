import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { sha256 } from "./fake-registry.ts";

/** An image of a {@link FakeEngine}, by the words of the engine's API. */
export interface FakeEngineImage {
  Id: string;
  RepoTags: string[];
  RepoDigests: string[];
  Labels?: Record<string, string>;
  Size: number;
  Created: number;
  Config?: object;
}

/** A container of it. */
export interface FakeContainer {
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** An engine's API in memory, as far as the verbs about images ask it, on a port of this machine. */
export class FakeEngine {
  /** `METHOD /path?query` of every request, without the version. */
  readonly asked: string[] = [];
  images: FakeEngineImage[] = [];
  containers: FakeContainer[] = [];
  architecture = "amd64";
  /** The names of the entries of what was loaded. */
  loaded: string[] = [];
  private readonly server: Server;

  static async start(): Promise<FakeEngine> {
    const engine = new FakeEngine();
    await new Promise<void>((resolve) => engine.server.listen(0, "127.0.0.1", resolve));
    return engine;
  }

  private constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  get address(): string {
    return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** What changed it, in order. */
  get changes(): string[] {
    return this.asked.filter((line) => !line.startsWith("GET"));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? "", "http://engine");
    const path = decodeURIComponent(url.pathname.replace(/^\/v1\.\d+/, ""));
    const query = Object.fromEntries(url.searchParams);
    this.asked.push(`${request.method} ${path}${decodeURIComponent(url.search)}`);
    const say = (body: unknown, status = 200) => {
      response
        .writeHead(status, { "content-type": "application/json" })
        .end(typeof body === "string" ? body : JSON.stringify(body));
    };
    const [, name = "", verb = ""] = /^\/images\/(.+?)(?:\/(json|history|tag|push))?$/.exec(path) ?? [];
    const found = this.images.find(({ Id, RepoTags, RepoDigests }) => [Id, ...RepoTags, ...RepoDigests].includes(name));
    if (path === "/_ping") say("OK");
    else if (path === "/version") say({ Os: "linux", Arch: this.architecture, Version: "20.10.24" });
    else if (path === "/info") say({ RegistryConfig: { Mirrors: [] } });
    else if (path === "/images/json") say(this.images);
    else if (path === "/containers/json") say(this.containers);
    else if (path === "/images/load") say(await this.load(Buffer.concat(chunks)));
    else if (path === "/images/create") say(this.create(query));
    else if (path === "/containers/create") say({ Id: "c1" }, 201);
    else if (path === "/containers/c1/export") say("a tar");
    else if (path === "/containers/c1") response.writeHead(204).end();
    else if (found === undefined) say({ message: `No such image: ${name}` }, 404);
    else if (verb === "json")
      say({
        ...found,
        Created: new Date(found.Created * 1000).toISOString(), // seconds in the list, a time here
        Os: "linux",
        Architecture: this.architecture,
        RootFS: { Layers: ["a", "b"] },
        Config: found.Config ?? {},
      });
    else if (verb === "history") say([{}, {}, {}]);
    else if (verb === "tag") {
      found.RepoTags.push(`${query.repo}:${query.tag}`);
      say("", 201);
    } else if (verb === "push") say({ status: "pushed" });
    else if (request.method === "DELETE") {
      found.RepoTags = found.RepoTags.filter((tag) => tag !== name);
      found.RepoDigests = found.RepoDigests.filter((digest) => digest !== name);
      if (found.RepoTags.length === 0 || found.Id === name) this.images = this.images.filter((each) => each !== found);
      say([{ Untagged: name }]);
    } else say({ message: "what is that" }, 400);
  }

  /** As an engine before 25 does: by manifest.json, each image under its configuration's digest. */
  private async load(tar: Buffer): Promise<object> {
    const files = new Map<string, Buffer>();
    const entries = extract();
    Readable.from([tar]).pipe(entries as never);
    for await (const entry of entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      files.set(entry.header.name, Buffer.concat(chunks));
    }
    this.loaded = [...files.keys()];
    const archived = JSON.parse(files.get("manifest.json")?.toString("utf8") ?? "[]");
    for (const { Config, RepoTags, Layers } of archived as { Config: string; RepoTags: string[]; Layers: string[] }[]) {
      if (![Config, ...Layers].every((file) => files.has(file))) return { error: `${Config} is not whole` };
      const Id = sha256(files.get(Config) as Buffer);
      for (const each of this.images) each.RepoTags = each.RepoTags.filter((tag) => !RepoTags.includes(tag));
      const found = this.images.find((each) => each.Id === Id);
      if (found) found.RepoTags.push(...RepoTags);
      else {
        const { config } = JSON.parse((files.get(Config) as Buffer).toString("utf8"));
        const Size = Layers.reduce((sum, file) => sum + (files.get(file)?.length ?? 0), 0);
        this.images.push({ Id, RepoTags, RepoDigests: [], Size, Created: 1, Config: config });
      }
    }
    return { stream: "loaded" };
  }

  private create({ fromImage, tag = "" }: Readonly<Record<string, string>>): object {
    this.images.push({
      Id: sha256(`${fromImage}${tag}`),
      RepoTags: [],
      RepoDigests: [`${fromImage}@${tag}`],
      Size: 1,
      Created: 1,
    });
    return { status: "done" };
  }
}
