import { rmSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { TrustedProxies } from "../../src/release/trusted-proxies.ts";
import { echoOf, FLAVOURS, headersOf, NAME, nginxHosts } from "../nginx/nginx-host.ts";
import { get, rawRequest } from "../nginx/raw-request.ts";

jest.setTimeout(30_000);

const { cleanUps, service, host } = nginxHosts();

const PROXY = "127.0.0.2";
const VISITOR = "203.0.113.9";
const SAID = [
  `X-Forwarded-For: 6.6.6.6, ${VISITOR}, 10.1.2.3`,
  "X-Forwarded-Proto: https",
  `CF-Connecting-IP: ${VISITOR}`,
];

/** The address of a service that speaks HTTP as `answer` says. */
async function answering(answer: RequestListener): Promise<string> {
  const server = createHttpServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  cleanUps.push(() => server.close());
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** The address of a service that does with each connection what `talk` says, once a request came. */
async function talking(talk: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => talk(socket));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  cleanUps.push(() => server.close());
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe.each(FLAVOURS)("in a %s's Nginx", (flavour) => {
  test("aliases are served, and names that lead to the site's own are sent there", async () => {
    const web = await service("web");
    const sites = [{ name: NAME, aliases: ["alias.test"], redirectFrom: ["www.test"], routes: { "/": "web" } }];
    const { port } = await host(flavour, { sites, publicPort: 8888 }, { web });
    expect(echoOf(await get(port, "alias.test", "/a%2Fb?c=d"))).toMatchObject({ service: "web", url: "/a%2Fb?c=d" });
    const sent = await get(port, "www.test", "/a%2Fb?c=d&e");
    expect([sent.status, sent.headers.get("location")]).toEqual([308, [`http://${NAME}:8888/a%2Fb?c=d&e`]]);
    expect(web.seen).toHaveLength(1);
  });

  test("redirects keep what stands behind their path, as it came, and never lead to another host", async () => {
    const web = await service("web");
    const routes = {
      "/": "web",
      "/old": { redirect: "/new" },
      "/b.c": { redirect: "/x/", status: 301 as const },
      "/top": { redirect: "/" },
      "/away": { redirect: "https://new.test/base" },
      "/page": { redirect: "/new?a=b#c", status: 302 as const },
    };
    const { port } = await host(flavour, { sites: [{ name: NAME, routes }], publicPort: 8888 }, { web });
    const expected: [string, number, string][] = [
      ["/old", 308, "/new"],
      ["/old?q=1", 308, "/new?q=1"],
      ["/old/", 308, "/new/"],
      ["/old/a%2Fb/?q=%20", 308, "/new/a%2Fb/?q=%20"],
      ["/b.c/d", 301, "/x/d"],
      ["/top", 308, "/"],
      ["/top/a", 308, "/a"],
      ["/top//evil.test", 308, "/evil.test"],
      ["/top/%5Cevil.test", 308, "/%5Cevil.test"],
      ["/top/\\evil.test", 308, "/evil.test"],
      ["/t%6fp//evil.test", 308, "/"],
      ["/away/x?y", 308, "https://new.test/base/x?y"],
      ["/page/x?y", 302, "/new?a=b#c"],
    ];
    for (const [path, status, location] of expected) {
      const answer = await get(port, NAME, path);
      expect([path, answer.status, answer.headers.get("location")]).toEqual([path, status, [location]]);
    }
    expect(echoOf(await get(port, NAME, "/older")).url).toBe("/older");
    expect(echoOf(await get(port, NAME, "/bxc")).url).toBe("/bxc");
  });

  test("a stripped prefix leaves the rest as it came, and nothing unstripped, however the prefix is spelled", async () => {
    const web = await service("web");
    const routes = {
      "/": "web",
      "/api": { service: "web", stripPrefix: true },
      "/there": { address: `127.0.0.1:${web.port}`, stripPrefix: true },
    };
    const { port } = await host(flavour, { sites: [{ name: NAME, routes }] }, { web });
    const expected: [string, string][] = [
      ["/api", "/"],
      ["/api?a=b", "/?a=b"],
      ["/api/", "/"],
      ["/api/x/y?a=%2F", "/x/y?a=%2F"],
      ["/api/a%2Fb%20c", "/a%2Fb%20c"],
      ["/api/api/x", "/api/x"],
      ["/api//x", "/x"],
      ["/%61pi/x%20y?z", "/x%20y?z"],
      ["//api/x", "/x"],
      ["/q/../api/x", "/x"],
      ["/%61pi/x%0d%0aX-A:%20b", "/x%0D%0AX-A:%20b"],
      ["/there/x%2Fy", "/x%2Fy"],
      ["/apiary", "/apiary"],
    ];
    for (const [path, url] of expected) expect([path, echoOf(await get(port, NAME, path)).url]).toEqual([path, url]);
    expect(web.seen.every(({ headers }) => headers.host === `${NAME}:${port}`)).toBe(true);
  });
});

describe("trusted proxies", () => {
  const byHeader = { ranges: [PROXY], header: "CF-Connecting-IP" } as TrustedProxies;

  test.each([
    ["by X-Forwarded-For", TrustedProxies.ranges([PROXY, "10.0.0.0/8"])],
    ["by CF-Connecting-IP", byHeader],
  ])("%s are believed, and nobody else is", async (_, trustedProxies) => {
    const web = await service("web");
    const sites = [{ name: NAME, redirectFrom: ["www.test"], routes: { "/": "web" } }];
    const { nginx, port } = await host("container", { sites, trustedProxies, publicPort: 8888 }, { web });
    const spoofed = [...SAID, "X-Forwarded-Host: evil.test", "X-Forwarded-Port: 1", "X-Real-IP: 6.6.6.6"];
    const believed = echoOf(await get(port, NAME, "/", spoofed, PROXY)).headers;
    expect(believed).toEqual(headersOf({ host: NAME, port: "443", proto: "https", address: VISITOR }));
    const other = echoOf(await get(port, NAME, "/", spoofed)).headers;
    expect(other).toEqual(headersOf({ host: `${NAME}:8888`, port: "8888", proto: "http", address: "127.0.0.1" }));
    const odd = await get(port, NAME, "/", ["X-Forwarded-Proto: javascript"], PROXY);
    expect(echoOf(odd).headers).toMatchObject({ "x-forwarded-proto": "http", "x-forwarded-for": PROXY });
    const sent = async (from?: string) => (await get(port, "www.test", "/a?b", spoofed, from)).headers.get("location");
    expect(await sent(PROXY)).toEqual([`https://${NAME}/a?b`]);
    expect(await sent()).toEqual([`http://${NAME}/a?b`]);
    const clients = nginx.files
      .read("nginx.stdout")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).client);
    expect(clients).toEqual([VISITOR, "127.0.0.1", PROXY, VISITOR, "127.0.0.1"]);
  });

  test("count for limits and lists, and not between services", async () => {
    const web = await service("web");
    const internal = await freePort();
    const services = [
      { name: "web", slots: [web.port, await freePort()] as const, internalListener: `127.0.0.1:${internal}` },
    ];
    const sites = [{ name: NAME, allow: [VISITOR], rateLimit: { perMinute: 1, burst: 0 }, routes: { "/": "web" } }];
    const trustedProxies = TrustedProxies.ranges([PROXY, "10.0.0.0/8"]);
    const { port } = await host("instance", { services, sites, trustedProxies }, { web });
    expect((await get(port, NAME, "/", SAID)).status).toBe(403);
    expect((await get(port, NAME, "/", [], PROXY)).status).toBe(403);
    expect((await get(port, NAME, "/", SAID, PROXY)).status).toBe(200);
    expect((await get(port, NAME, "/", SAID, PROXY)).status).toBe(429);
    const { headers } = echoOf(await get(internal, "web", "/", ["X-Forwarded-For: 9.9.9.9"], PROXY));
    expect(headers).toMatchObject({ "x-forwarded-for": `9.9.9.9, ${PROXY}`, "x-real-ip": PROXY });
  });
});

test("a default site answers for every name that none has", async () => {
  const [web, other] = [await service("web"), await service("other")];
  const sites = [
    { name: NAME, defaultSite: true, routes: { "/": "web" } },
    { name: "other.test", routes: { "/": "other" } },
  ];
  const { port } = await host("instance", { sites }, { web, other });
  expect(echoOf(await get(port, "127.0.0.1", "/")).service).toBe("web");
  expect(echoOf(await rawRequest(port, ["GET / HTTP/1.0"])).service).toBe("web");
  expect(echoOf(await get(port, "other.test", "/")).service).toBe("other");
});

describe("limits", () => {
  test("who makes more requests than allowed, each place for itself, is answered 429, with the site's headers", async () => {
    const web = await service("web");
    const routes = { "/": "web", "/login": { service: "web", rateLimit: { perMinute: 1, burst: 0 } } };
    const sites = [{ name: NAME, headers: { "X-A": "b" }, rateLimit: { perMinute: 1, burst: 2 }, routes }];
    const { port } = await host("instance", { sites }, { web });
    const statuses: number[] = [];
    for (const path of ["/", "/", "/", "/", "/login", "/login/x"]) statuses.push((await get(port, NAME, path)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 200, 429]);
    expect((await get(port, NAME, "/")).headers.get("x-a")).toEqual(["b"]);
    expect((await get(port, NAME, "/", [], PROXY)).status).toBe(200);
    expect(web.seen).toHaveLength(5);
  });

  test("only who is on a list is let in, a route's own in place of the site's", async () => {
    const web = await service("web");
    const routes = { "/": "web", "/hook": { service: "web", allow: ["127.0.0.0/30"] } };
    const { port } = await host("instance", { sites: [{ name: NAME, allow: [PROXY, "::1"], routes }] }, { web });
    const asked = [
      await get(port, NAME, "/"),
      await get(port, NAME, "/", [], PROXY),
      await get(port, NAME, "/hook/x"),
      await get(port, NAME, "/hook", [], "127.0.0.9"),
    ];
    expect(asked.map(({ status }) => status)).toEqual([403, 200, 200, 403]);
    expect(web.seen).toHaveLength(2);
  });
});

test("text is compressed for who takes it, and nothing else is", async () => {
  const address = await answering(({ url = "" }, response) => {
    const [, length = "0", kind = ""] = /^\/(?:off\/)?(\d+)\/(.*)$/.exec(url) ?? [];
    response.writeHead(200, { "Content-Type": kind, "Content-Length": length }).end("a".repeat(Number(length)));
  });
  const routes = { "/": { address, gzip: true }, "/off": { address, gzip: false } };
  const { port } = await host("instance", { sites: [{ name: NAME, routes }] });
  const encoding = async (path: string, headers = ["Accept-Encoding: gzip"]) =>
    (await get(port, NAME, path, headers)).headers.get("content-encoding")?.[0];
  expect(await encoding("/5000/application/json")).toBe("gzip");
  expect(await encoding("/5000/text/html")).toBe("gzip");
  expect(await encoding("/5000/application/json", ["Accept-Encoding: gzip", "Via: 1.1 proxy"])).toBe("gzip");
  expect(await encoding("/5000/application/json", [])).toBeUndefined();
  expect(await encoding("/100/application/json")).toBeUndefined();
  expect(await encoding("/5000/image/png")).toBeUndefined();
  expect(await encoding("/5000/text/event-stream")).toBeUndefined();
  expect(await encoding("/off/5000/application/json")).toBeUndefined();
});

test("pages of one's own stand for Nginx's errors, and never for a service's", async () => {
  const web = await service("web");
  const down = { address: `127.0.0.1:${await freePort()}` };
  const pages = {
    502: '<h1 class="a">Zurück; {bald}</h1>',
    404: "<p>not 'here'</p>",
    413: "big",
    403: "no",
    429: "slow",
  };
  const routes = {
    "/app": { service: "web", maxBodySize: "1k", headers: { "X-Route": "app" } },
    "/down": down,
    "/closed": { ...down, allow: [PROXY] },
    "/few": { service: "web", rateLimit: { perMinute: 1, burst: 0 } },
  };
  const sites = [{ name: NAME, headers: { "X-A": "b" }, errorPages: pages, routes }];
  const { port } = await host("instance", { sites }, { web });
  await get(port, NAME, "/few");
  const large = ["POST /app/x HTTP/1.1", `Host: ${NAME}`, "Connection: close", "Content-Length: 2000"];
  const answers = {
    403: await get(port, NAME, "/closed"),
    404: await get(port, NAME, "/elsewhere"),
    413: await rawRequest(port, large, "x".repeat(2000)),
    429: await get(port, NAME, "/few"),
    502: await get(port, NAME, "/down"),
  };
  for (const [status, answer] of Object.entries(answers)) {
    expect([answer.status, answer.body]).toEqual([Number(status), pages[Number(status) as keyof typeof pages]]);
    expect(answer.headers.get("content-type")).toEqual(["text/html; charset=utf-8"]);
    expect(answer.headers.get("x-a")).toEqual(["b"]);
  }
  expect(echoOf(await get(port, NAME, "/app/../app/status/404"))).toMatchObject({ service: "web" });
});

test("a site that is being worked on answers 503 and asks no service", async () => {
  const web = await service("web");
  const routes = { "/": "web", "/old": { redirect: "/new" } };
  const sites = [
    { name: NAME, maintenance: "<h1>Back at 9</h1>", headers: { "X-A": "b" }, routes },
    { name: "b.test", maintenance: true, routes },
    { name: "c.test", maintenance: false, routes },
  ];
  const { port } = await host("instance", { sites }, { web });
  for (const path of ["/", "/old", "/x/y"]) {
    const answer = await get(port, NAME, path);
    expect([answer.status, answer.body]).toEqual([503, "<h1>Back at 9</h1>"]);
    expect([answer.headers.get("retry-after"), answer.headers.get("x-a")]).toEqual([["300"], ["b"]]);
  }
  expect((await get(port, "b.test", "/")).body).toContain("Back soon");
  expect(web.seen).toEqual([]);
  expect((await get(port, "c.test", "/")).status).toBe(200);
});

test.each(FLAVOURS)(
  "a file switches a site off and on while a %s's Nginx runs, and lets an ACME server through",
  async (flavour) => {
    const web = await service("web");
    const routes = { "/": "web", "/old": { redirect: "/new" } };
    const sites = [
      { name: NAME, routes, allow: ["203.0.113.0/24"], headers: { "X-A": "b" } },
      { name: "b.test", routes },
    ];
    const { nginx, port } = await host(flavour, { sites }, { web });
    expect((await get(port, NAME, "/")).status).toBe(403);
    const file = `${flavour === "container" ? "/etc/nginx" : "/var/lib"}/slipway/maintenance/${NAME}`;
    nginx.files.write(file, "");
    for (const path of ["/?a=b", "/old", "/x/y", "//"]) {
      const answer = await get(port, NAME, path);
      expect([path, answer.status, answer.body]).toEqual([path, 503, expect.stringContaining("Back soon")]);
      expect([answer.headers.get("retry-after"), answer.headers.get("x-a")]).toEqual([["300"], ["b"]]);
    }
    expect(web.seen).toEqual([]);
    expect((await get(port, NAME, "/.well-known/acme-challenge/x")).status).toBe(403);
    expect((await get(port, "b.test", "/")).status).toBe(200);
    expect((await get(port, "b.test", "/.slipway/maintenance")).status).toBe(404);
    rmSync(join(nginx.files.folder, file));
    expect((await get(port, NAME, "/")).status).toBe(403);
  },
);

describe("streams", () => {
  test.each(FLAVOURS)(
    "events of a service that neither chunks nor counts come one by one in a %s, where declared",
    async (flavour) => {
      let isOver = false;
      const address = await talking((socket) => {
        isOver = false;
        socket.write("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
        setTimeout(() => {
          isOver = true;
          socket.end("data: 2\n\n");
        }, 500);
      });
      const routes = { "/": { address }, "/events": { address, buffering: false } };
      const { port } = await host(flavour, { sites: [{ name: NAME, routes }] });
      const overAtFirst = (path: string) =>
        new Promise<{ wasOver: boolean; text: string }>((resolve, reject) => {
          let text = "";
          let wasOver = true;
          const socket = connect(port, "127.0.0.1", () =>
            socket.write(`GET ${path} HTTP/1.1\r\nHost: ${NAME}\r\nConnection: close\r\n\r\n`),
          );
          socket.setTimeout(5000, () => socket.destroy(new Error(`heard only ${text}`)));
          socket.on("error", reject).on("close", () => resolve({ wasOver, text }));
          socket.on("data", (chunk) => {
            if (!text.includes("data: 1") && `${chunk}`.includes("data: 1")) wasOver = isOver;
            text += chunk;
          });
        });
      const [together, apart] = [await overAtFirst("/"), await overAtFirst("/events")];
      expect([together.wasOver, apart.wasOver]).toEqual([true, false]);
      expect(apart.text).toMatch(/data: 1.*data: 2/s);
    },
  );

  test("a websocket may be idle for as long as its route says, and no longer", async () => {
    const address = await talking((socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      socket.on("data", (chunk) => socket.write(chunk));
    });
    const routes = { "/": { address }, "/live": { address, idleTimeoutSeconds: 4 } };
    const { port } = await host("instance", { sites: [{ name: NAME, readTimeoutSeconds: 1, routes }] });
    const open = async (path: string) => {
      const socket = connect(port, "127.0.0.1");
      cleanUps.push(() => socket.destroy());
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${NAME}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
      await new Promise((resolve) => socket.once("data", resolve));
      return socket;
    };
    const ended = (socket: Socket) => new Promise<number>((resolve) => socket.once("close", () => resolve(Date.now())));
    const start = Date.now();
    const [short, long] = [await open("/"), await open("/live")];
    const shortEnd = ended(short);
    const longEnd = ended(long);
    expect((await shortEnd) - start).toBeLessThan(3500);
    long.write("hello");
    expect(`${await new Promise((resolve) => long.once("data", resolve))}`).toBe("hello");
    const spoke = Date.now();
    expect((await longEnd) - spoke).toBeGreaterThan(3500);
  });
});

test("large cookies and names with an underscore pass only where a site says so", async () => {
  const web = await service("web");
  const sites = [
    { name: NAME, cookieBuffers: true, underscoresInHeaders: true, routes: { "/": "web" } },
    { name: "other.test", routes: { "/": "web" } },
  ];
  const { port } = await host("instance", { sites }, { web });
  const sent = [`Cookie: a=${"x".repeat(16_000)}`, "my_header: 1"];
  const { headers } = echoOf(await get(port, NAME, "/", sent));
  expect([headers.cookie?.length, headers.my_header]).toEqual([16_002, "1"]);
  expect((await get(port, NAME, "/large-header/60000")).headers.get("x-large")?.[0]).toHaveLength(60_000);
  expect((await get(port, "other.test", "/", sent)).status).toBe(400);
  expect((await get(port, "other.test", "/large-header/60000")).status).toBe(502);
  expect(echoOf(await get(port, "other.test", "/", sent.slice(1))).headers).not.toHaveProperty("my_header");
  const late = await rawRequest(port, ["GET / HTTP/1.1", "my_header: 1", "Host: other.test", "Connection: close"]);
  expect(echoOf(late).headers).not.toHaveProperty("my_header");
});
