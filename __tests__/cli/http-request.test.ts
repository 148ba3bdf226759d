import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { answers, proxyFor, request } from "../../src/cli/http-request.mjs";

const servers: Server[] = [];

function listen(server: Server): Promise<number> {
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

it("goes through the environment's proxy, with its login", async () => {
  const origin = await listen(createServer((asked, response) => response.end(`origin of ${asked.headers.host}`)));
  const connects: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (asked, socket) => {
    connects.push(`${asked.url} ${asked.headers["proxy-authorization"]}`);
    const upstream = connect(origin, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
  });
  const port = await listen(proxy);
  const env = { HTTP_PROXY: `http://me:p%40ss@127.0.0.1:${port}` };
  const answer = await request("http://registry.example.com/v2/", { env });
  expect(answer.body.toString()).toBe("origin of registry.example.com");
  expect(connects).toEqual([`registry.example.com:80 Basic ${Buffer.from("me:p@ss").toString("base64")}`]);
});

it("says that the proxy refused", async () => {
  const proxy = createServer();
  proxy.on("connect", (_, socket) => socket.resume().end("HTTP/1.1 403 Forbidden\r\n\r\n"));
  const env = { HTTP_PROXY: `127.0.0.1:${await listen(proxy)}` };
  await expect(request("http://registry.example.com/", { env })).rejects.toThrow("the proxy refused the connection");
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
  ])("%s", (url, expected) => {
    expect(proxyFor(new URL(url), env)?.href).toBe(expected);
  });

  it("is none where everything is spared", () => {
    expect(proxyFor(new URL("https://a.b/"), { ...env, NO_PROXY: "*" })).toBeUndefined();
  });
});
