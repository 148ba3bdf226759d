import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from "node:http2";
import type { SitesOptions } from "../../src/nginx/sites.ts";
import { type NginxTlsSite, nginxTlsSites } from "../../src/nginx/tls.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import type { Site } from "../../src/release/site.ts";
import { GrpcService } from "../nginx/grpc-service.ts";
import { complaints, echoOf, FLAVOURS, files, NAME, nginxHosts } from "../nginx/nginx-host.ts";
import { get } from "../nginx/raw-request.ts";
import { NginxFolder } from "../nginx/running-nginx.ts";
import { selfSigned } from "../self-signed.ts";

jest.setTimeout(30_000);

const { cleanUps, service } = nginxHosts();
const OWN = selfSigned([NAME]);
const METHOD = "/shop.Catalog/Watch";

async function grpcService(): Promise<GrpcService> {
  const started = await GrpcService.start();
  cleanUps.push(() => started.stop());
  return started;
}

async function session(url: string): Promise<ClientHttp2Session> {
  const client = connect(url, { ca: OWN.certificate, servername: NAME });
  cleanUps.push(() => client.destroy());
  await once(client, "connect");
  return client;
}

function call(client: ClientHttp2Session, path: string, headers: Record<string, string> = {}): ClientHttp2Stream {
  const stream = client.request({
    ":method": "POST",
    ":path": path,
    ":authority": NAME,
    "content-type": "application/grpc",
    te: "trailers",
    ...headers,
  });
  stream.setTimeout(8000, () => stream.destroy(new Error(`no answer to ${path}`)));
  return stream;
}

/** Sends each message after the answer to the one before, so that none may wait in a buffer. */
async function talk(stream: ClientHttp2Stream, messages: readonly string[]) {
  const response: Promise<[IncomingHttpHeaders]> = once(stream, "response") as never;
  const trailers: Promise<[IncomingHttpHeaders]> = once(stream, "trailers") as never;
  const heard: string[] = [];
  for (const message of messages) {
    const answer = once(stream, "data");
    stream.write(message);
    heard.push(`${(await answer)[0]}`);
  }
  stream.end();
  return { headers: (await response)[0], heard, trailers: (await trailers)[0] };
}

describe.each(FLAVOURS)("gRPC in a %s's Nginx", (flavour) => {
  test("passes both ways as it comes, by TLS for visitors and without for neighbours, and HTTP beside it", async () => {
    const [api, other, web] = [await grpcService(), await grpcService(), await service("web")];
    const [port, tlsPort, internal] = [await freePort(), await freePort(), await freePort()];
    const site: Site = {
      name: NAME,
      routes: [
        { path: "/", to: { service: "web" } },
        { path: "/shop.Catalog", to: { service: "api" }, proxy: { headers: { "X-B": "route" } } },
        { path: "/shop.Other", to: { address: `127.0.0.1:${other.port}` }, proxy: { grpc: true } },
        { path: "/shop.Down", to: { address: `127.0.0.1:${await freePort()}` }, proxy: { grpc: true } },
      ],
      proxy: { headers: { "X-A": "site" }, readTimeoutSeconds: 5 },
      tls: { kind: "local" } as Site["tls"],
    };
    const certificates = flavour === "container" ? "/etc/nginx/slipway/tls" : "/var/lib/slipway/tls";
    const secured = nginxTlsSites([site], { certificates, passwords: "/run/slipway-htpasswd" });
    const sites: NginxTlsSite[] = flavour === "container" ? secured : plain(secured);
    const options: SitesOptions = {
      flavour,
      port,
      tlsPort,
      address: "127.0.0.1",
      services: [
        { name: "api", slots: [api.port, await freePort()], grpc: true, internalListener: `127.0.0.1:${internal}` },
        { name: "web", slots: [web.port, await freePort()] },
      ],
      sites,
    };
    const addresses = { api: `127.0.0.1:${api.port}`, web: `127.0.0.1:${web.port}` };
    const folder = new NginxFolder(files(options, addresses));
    folder.write(`${certificates}/${NAME}.pem`, OWN.key + OWN.certificate);
    cleanUps.push(() => folder.remove());
    expect(complaints(folder.test().output)).toEqual([]);
    const nginx = await folder.start(port);
    cleanUps.push(() => nginx.stop());

    if (flavour === "container") {
      const visitor = await session(`https://127.0.0.1:${tlsPort}`);
      const spoofed = { "x-forwarded-for": "6.6.6.6", "x-original-url": "/evil", "grpc-timeout": "5S" };
      const said = await talk(call(visitor, METHOD, spoofed), ["one", "two", "three"]);
      expect(said.heard).toEqual(["one", "two", "three"]);
      expect(said.trailers).toMatchObject({ "grpc-status": "0", "grpc-message": "done" });
      expect(said.headers).toMatchObject({
        ":status": 200,
        "content-type": "application/grpc",
        "x-a": "site",
        "x-b": "route",
      });
      expect(api.seen[0]).toMatchObject({
        ":path": METHOD,
        host: `${NAME}:${tlsPort}`,
        te: "trailers",
        "grpc-timeout": "5S",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
      });
      expect(api.seen[0]).not.toHaveProperty("x-original-url");
      expect((await talk(call(visitor, "/shop.Other/Get"), ["hello"])).heard).toEqual(["hello"]);
      const down = call(visitor, "/shop.Down/Get");
      down.end("x");
      expect(((await once(down, "response")) as [IncomingHttpHeaders])[0][":status"]).toBe(502);
      const page = visitor.request({ ":path": "/page", ":authority": NAME });
      page.resume();
      expect(((await once(page, "response")) as [IncomingHttpHeaders])[0][":status"]).toBe(200);
      expect(web.seen.map(({ url }) => url)).toEqual(["/page"]);
    } else {
      expect(echoOf(await get(port, NAME, "/page")).service).toBe("web");
    }

    const neighbour = await session(`http://127.0.0.1:${internal}`);
    const heard = await talk(call(neighbour, METHOD, { "x-forwarded-for": "9.9.9.9" }), ["a", "b"]);
    expect([heard.heard, heard.trailers["grpc-status"]]).toEqual([["a", "b"], "0"]);
    expect(api.seen.at(-1)).toMatchObject({ ":path": METHOD, "x-forwarded-for": "9.9.9.9, 127.0.0.1" });
  });
});

/** An instance serves names with TLS by texts of their own: here its plain text is tried. */
function plain(sites: readonly NginxTlsSite[]): NginxTlsSite[] {
  return sites.map(({ tls: _, ...site }) => site);
}
