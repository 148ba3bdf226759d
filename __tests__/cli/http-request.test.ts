import { createServer, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { Readable } from "node:stream";
import { answers, get } from "../../src/cli/early-request.mjs";
import { request } from "../../src/cli/http-request.mjs";
import { proxyFor } from "../../src/cli/proxy.mjs";
import { selfSigned } from "../self-signed.ts";

const servers: (Server | TlsServer)[] = [];

function listen(server: Server | TlsServer): Promise<number> {
  servers.push(server);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

it("answers status, headers and body", async () => {
  const port = await listen(
    createServer((asked, response) => {
      response.setHeader("x-asked", `${asked.method} ${asked.url} ${asked.headers.accept}`).end("hello");
    }),
  );
  const answer = await request(`http://127.0.0.1:${port}/v2/?n=1`, { method: "POST", headers: { accept: "a/b" } });
  expect(answer.status).toBe(200);
  expect(answer.headers["x-asked"]).toBe("POST /v2/?n=1 a/b");
  expect(answer.body.toString()).toBe("hello");
});

it("names the host that does not answer, and why", async () => {
  await expect(request("http://127.0.0.1:1/")).rejects.toThrow(/^127\.0\.0\.1:1 does not answer \(.*ECONNREFUSED.*\)$/);
});

it("does not wait for ever", async () => {
  const port = await listen(createServer(() => {}));
  const asked = request(`http://127.0.0.1:${port}/`, { timeout: 200 });
  await expect(asked).rejects.toThrow(`127.0.0.1:${port} does not answer (no answer within 0.2 s)`);
});

it("refuses answers beyond the size of a manifest", async () => {
  const port = await listen(createServer((_, response) => response.end(Buffer.alloc(5 * 2 ** 20))));
  await expect(request(`http://127.0.0.1:${port}/`)).rejects.toThrow("more than 4194304 bytes");
});

it.each([
  [200, true],
  [401, true],
  [404, true],
  [503, false],
])("status %d: answers is %s", async (status, expected) => {
  const port = await listen(createServer((_, response) => response.writeHead(status).end()));
  expect(await answers(`http://127.0.0.1:${port}/`)).toBe(expected);
});

it("answers is false for silence", async () => {
  expect(await answers("http://127.0.0.1:1/")).toBe(false);
});

it("goes through the environment's proxy, with its login, and without a tunnel for plain http", async () => {
  const asked: string[] = [];
  const proxy = createServer(({ method, url, headers }, response) => {
    asked.push(`${method} ${url} ${headers["proxy-authorization"]}`);
    response.end(`origin of ${headers.host}`);
  });
  const env = { HTTP_PROXY: `http://me:p%40ss@127.0.0.1:${await listen(proxy)}` };
  const answer = await request("http://registry.example.com/v2/", { env });
  expect(answer.body.toString()).toBe("origin of registry.example.com");
  const login = Buffer.from("me:p@ss").toString("base64");
  expect(asked).toEqual([`GET http://registry.example.com/v2/ Basic ${login}`]);
});

describe("a tunnel for https", () => {
  const { certificate, key } = selfSigned(["registry.example.com"]);

  /** A proxy that answers a CONNECT as it is told, in these packets, and leads to a registry. */
  async function tunnel(packets: readonly string[]): Promise<NodeJS.ProcessEnv> {
    const origin = await listen(createTlsServer({ cert: certificate, key }, (_, response) => response.end("inside")));
    const proxy = createServer();
    proxy.on("connect", async (_, socket) => {
      for (const packet of packets) {
        await new Promise((written) => socket.write(packet, written));
        await new Promise(setImmediate);
      }
      const upstream = connect(origin, "127.0.0.1");
      upstream.pipe(socket).pipe(upstream);
      for (const end of [upstream, socket]) end.on("error", () => {});
    });
    return { HTTPS_PROXY: `127.0.0.1:${await listen(proxy)}` };
  }

  it.each([
    ["one packet", ["HTTP/1.1 200 OK\r\n\r\n"]],
    ["several packets", ["HTTP/1.1 200 Connec", "tion established\r\nVia: a", "\r\n\r\n"]],
  ])("is had from a proxy that answers in %s", async (_, packets) => {
    const env = await tunnel(packets);
    // that the certificate is none of ours shows that what came through the tunnel was the registry's own greeting
    await expect(request("https://registry.example.com/v2/", { env })).rejects.toThrow(
      /^registry\.example\.com does not answer \(.*self-signed certificate.*\)$/,
    );
  });

  it("is refused with the proxy's own status", async () => {
    const proxy = createServer();
    proxy.on("connect", (_, socket) => socket.resume().end("HTTP/1.1 403 Forbidden\r\n\r\n"));
    const env = { HTTPS_PROXY: `127.0.0.1:${await listen(proxy)}` };
    await expect(request("https://registry.example.com/", { env })).rejects.toThrow(/does not answer \(.*403.*\)$/);
  });
});

it("tells what a registry refuses before it has read all that is sent", async () => {
  const port = await listen(createServer((_, response) => response.writeHead(401).end("no")));
  const body = () => Readable.from([Buffer.alloc(2 ** 20), Buffer.alloc(2 ** 20)]);
  expect(await request(`http://127.0.0.1:${port}/`, { method: "PUT", body })).toMatchObject({ status: 401 });
});

describe("before anything is installed", () => {
  it("answers status and text", async () => {
    const port = await listen(createServer((_, response) => response.writeHead(404).end("two\nlines\n")));
    expect(await get(`http://127.0.0.1:${port}/`)).toEqual({ status: 404, text: "two\nlines\n" });
  });

  it("names the host that does not answer, and why", async () => {
    await expect(get("http://127.0.0.1:1/")).rejects.toThrow(/^127\.0\.0\.1:1 does not answer \(.*[Cc]onnect/);
  });

  it("asks by itself on a machine without curl", async () => {
    const port = await listen(createServer((_, response) => response.writeHead(302, { location: "/" }).end("moved")));
    const path = process.env.PATH;
    process.env.PATH = "/nonexistent";
    try {
      expect(await get(`http://127.0.0.1:${port}/`)).toEqual({ status: 302, text: "moved" });
      await expect(get("http://127.0.0.1:1/")).rejects.toThrow("127.0.0.1:1 does not answer (");
    } finally {
      process.env.PATH = path;
    }
  });
});

describe("the proxy for a URL", () => {
  const env = { HTTPS_PROXY: "http://proxy:3128", NO_PROXY: "internal.example.com, .corp, *.lan" };
  it.each([
    ["https://registry-1.docker.io/", "http://proxy:3128/"],
    ["http://registry-1.docker.io/", undefined],
    ["https://internal.example.com/", undefined],
    ["https://a.internal.example.com/", undefined],
    ["https://notinternal.example.com/", "http://proxy:3128/"],
    ["https://git.corp/", undefined],
    ["https://nas.lan/", undefined],
    ["https://localhost:5001/", undefined],
    ["https://127.0.0.1:5001/", undefined],
    ["https://[::1]:5001/", undefined],
  ])("%s", (url, expected) => {
    expect(proxyFor(new URL(url), env)?.href).toBe(expected);
  });

  it("is that for everything where nothing else is named", () => {
    for (const url of ["http://a.b/", "https://a.b/"])
      expect(proxyFor(new URL(url), { ALL_PROXY: "proxy:3128" })?.href).toBe("http://proxy:3128/");
  });

  it("is none where everything is spared", () => {
    expect(proxyFor(new URL("https://a.b/"), { ...env, NO_PROXY: "*" })).toBeUndefined();
  });
});
