import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const MANIFEST = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';
export const DIGEST = `sha256:${createHash("sha256").update(MANIFEST).digest("hex")}`;

/** How a {@link RegistryDouble} behaves besides answering. */
export interface Behaviour {
  /** How it asks for a login; `none` lets everybody in. */
  readonly auth?: "none" | "token" | "basic";
  /** Statuses to answer before anything else, one a request. */
  readonly first?: readonly number[];
  readonly withoutDigestHeader?: boolean;
}

const LOGIN = `Basic ${Buffer.from("me:secret").toString("base64")}`;

/** A registry with one image, `team/app:1`, and its token service, on a port of this machine. */
export class RegistryDouble {
  /** What was asked, `METHOD /path` and the kind of authorization. */
  readonly asked: string[] = [];
  private readonly server: Server;
  private readonly first: number[];

  static async start(behaviour: Behaviour = {}): Promise<RegistryDouble> {
    const double = new RegistryDouble(behaviour);
    await new Promise<void>((resolve) => double.server.listen(0, "127.0.0.1", resolve));
    return double;
  }

  private constructor(private readonly behaviour: Behaviour) {
    this.first = [...(behaviour.first ?? [])];
    this.server = createServer((request, response) => this.answer(request, response));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const authorization = request.headers.authorization ?? "";
    this.asked.push(`${request.method} ${request.url} ${authorization.split(" ")[0]}`.trim());
    const url = new URL(request.url ?? "", `http://${this.host}`);
    if (url.pathname === "/token") {
      const scoped = url.searchParams.get("scope") === "repository:team/app:pull";
      const status = scoped && (authorization === "" || authorization === LOGIN) ? 200 : 401;
      response.writeHead(status).end(JSON.stringify({ token: "granted" }));
      return;
    }
    const status = this.first.shift();
    if (status) response.writeHead(status, { "retry-after": "2" }).end();
    else if (!this.admits(authorization)) response.writeHead(401, { "www-authenticate": this.challenge }).end();
    else if (url.pathname !== "/v2/team/app/manifests/1") response.writeHead(404).end();
    else if (!request.headers.accept?.includes("image.index")) response.writeHead(406).end();
    else {
      if (!this.behaviour.withoutDigestHeader) response.setHeader("docker-content-digest", DIGEST);
      response.end(request.method === "HEAD" ? undefined : MANIFEST);
    }
  }

  private admits(authorization: string): boolean {
    const { auth = "none" } = this.behaviour;
    return auth === "none" || authorization === (auth === "token" ? "Bearer granted" : LOGIN);
  }

  private get challenge(): string {
    if (this.behaviour.auth === "basic") return 'Basic realm="registry"';
    return `Bearer realm="http://${this.host}/token",service="double",scope="repository:team/app:pull"`;
  }
}
