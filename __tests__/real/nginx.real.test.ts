import { createSocket, type Socket as Datagrams } from "node:dgram";
import { rmSync } from "node:fs";
import { Agent, createServer as createHttpServer, request } from "node:http";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { renderIntroduction } from "../../src/nginx/introduction.ts";
import { mainConfiguration } from "../../src/nginx/main-configuration.ts";
import { quote } from "../../src/nginx/quote.ts";
import { releaseFile } from "../../src/nginx/server.ts";
import { renderSites, type SitesOptions } from "../../src/nginx/sites.ts";
import { slotFile, upstreamFile } from "../../src/nginx/upstream.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { EchoService } from "../nginx/echo-service.ts";
import {
  complaints,
  echoOf,
  FLAVOURS,
  files,
  headersOf,
  NAME,
  nginxHosts,
  until,
  upstreamPath,
} from "../nginx/nginx-host.ts";
import { get, rawRequest } from "../nginx/raw-request.ts";
import { knows, NginxFolder, pause } from "../nginx/running-nginx.ts";
import { servedTexts } from "../nginx/served-texts.ts";

jest.setTimeout(30_000);

const { cleanUps, service, host } = nginxHosts();

/** The service that answers on the one connection of `agent`. */
function keptAlive(agent: Agent, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, port, host: "127.0.0.1", headers: { Host: NAME } }, async (answer) => {
      let body = "";
      for await (const chunk of answer) body += chunk;
      resolve(JSON.parse(body).service);
    });
    asked.on("error", reject).end();
  });
}

describe.each(FLAVOURS)("the files of a %s", (flavour) => {
  test("pass nginx -t without a warning when empty", () => {
    const folder = new NginxFolder(files({ flavour, port: 18080, services: [], sites: [] }));
    cleanUps.push(() => folder.remove());
    const { status, output } = folder.test();
    expect(complaints(output)).toEqual([]);
    expect(status).toBe(0);
  });

  test("pass nginx -t without a warning at their largest", () => {
    const names = Array.from({ length: 120 }, (_, index) => `service-${"x".repeat(28)}-${index + 100}`);
    const headers = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`X-${"y".repeat(54)}-${index + 10}`, "z".repeat(1000)]),
    );
    const label = "n".repeat(60);
    const options: SitesOptions = {
      flavour,
      port: 18080,
      markerPort: 18100,
      services: names.map((name, index) => ({
        name,
        slots: [30_000 + 2 * index, 30_001 + 2 * index],
        internalListener: `127.0.0.1:${20_000 + index}`,
      })),
      sites: names.map((name, index) => ({
        name: `${index === 0 ? "*." : ""}${label}.${label}.${label}.${label}.s${index}`,
        headers,
        maxBodySize: "1g",
        routes: {
          "/": name,
          "/deep/path.d/~x": { service: name, headers: { "X-A": "a; b" } },
          "/e": { address: "127.0.0.1:1" },
        },
      })),
    };
    const folder = new NginxFolder(files(options, Object.fromEntries(names.map((name) => [name, "127.0.0.1:65535"]))));
    cleanUps.push(() => folder.remove());
    const { status, output } = folder.test();
    expect(complaints(output)).toEqual([]);
    expect(status).toBe(0);
  });

  test("give an unknown or missing Host nothing at all", async () => {
    const web = await service("web");
    const { port } = await host(flavour, { sites: [{ name: NAME, routes: { "/": "web" } }] }, { web });
    expect((await get(port, "other.example.com", "/")).status).toBe(0);
    expect((await get(port, "127.0.0.1", "/")).status).toBe(0);
    expect((await get(port, `x.${NAME}`, "/")).status).toBe(0);
    expect((await rawRequest(port, ["GET / HTTP/1.0"])).status).toBe(0);
    expect(web.seen).toEqual([]);
    expect((await get(port, `${NAME}:8888`, "/")).status).toBe(200);
    expect((await get(port, NAME.toUpperCase(), "/")).status).toBe(200);
  });

  test("tell the service who asked, and never what the visitor claims", async () => {
    const web = await service("web");
    const { port } = await host(
      flavour,
      { publicPort: 8888, sites: [{ name: NAME, routes: { "/": "web" } }] },
      { web },
    );
    const spoofed = [
      "X-Forwarded-For: 6.6.6.6",
      "x-forwarded-for: 7.7.7.7",
      "X-Real-IP: 6.6.6.6",
      "X-Forwarded-Proto: https",
    ];
    const more = [
      "X-Forwarded-Host: evil.example",
      "X-Forwarded-Port: 1",
      "X-Forwarded-Prefix: /evil",
      "Forwarded: for=6.6.6.6",
      "X-Forwarded-Ssl: on",
      "x-original-url: /evil",
      "CLIENT-IP: 6.6.6.6",
      "X-Sendfile-Type: X-Accel-Redirect",
    ];
    const { headers } = echoOf(
      await get(port, `${NAME}:1`, "/", [...spoofed, ...more, "Proxy: http://evil.example", "X-Request-ID: mine"]),
    );
    expect(headers).toEqual(headersOf({ host: `${NAME}:8888`, port: "8888", proto: "http", address: "127.0.0.1" }));
  });

  test("take the name from an absolute URI, as Nginx routes by it", async () => {
    const web = await service("web");
    const { port } = await host(flavour, { publicPort: 80, sites: [{ name: NAME, routes: { "/": "web" } }] }, { web });
    const answer = await rawRequest(port, [`GET http://${NAME}/a HTTP/1.1`, "Host: evil.example", "Connection: close"]);
    expect(echoOf(answer).headers.host).toBe(NAME);
    const other = await rawRequest(port, ["GET http://evil.example/a HTTP/1.1", `Host: ${NAME}`, "Connection: close"]);
    expect(other.status).toBe(0);
  });

  test("pass paths, queries and escapes unchanged", async () => {
    const web = await service("web");
    const routes = { "/": "web", "/api": "web" };
    const { port } = await host(flavour, { sites: [{ name: NAME, routes }] }, { web });
    const targets = [
      "/",
      "/?",
      "/?a=b&c=d%20e+f&g[]=%5B",
      "/a%2Fb%2fc",
      "/a%20b/%E2%98%83",
      "/a//b///c",
      "/a/./b/../c",
      "/a;b=c,d",
      "/%25%24%7B%22%27",
      "/$uri/${host}",
      "/api",
      "/api?x=/../..",
      "/api/a%2F..%2Fb?u=http%3A%2F%2Fx%2F",
      `/${"long/".repeat(400)}`,
    ];
    for (const target of targets) expect(echoOf(await get(port, NAME, target)).url).toBe(target);
    expect(web.seen).toHaveLength(targets.length);
  });

  test("pass a request's method and body unchanged", async () => {
    const web = await service("web");
    const { port } = await host(flavour, { sites: [{ name: NAME, routes: { "/": "web" } }] }, { web });
    const body = "a=1\r\n\u0000\u2603";
    const length = `Content-Length: ${Buffer.byteLength(body)}`;
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const answer = await rawRequest(
        port,
        [`${method} /x HTTP/1.1`, `Host: ${NAME}`, "Connection: close", length],
        body,
      );
      expect(echoOf(answer)).toMatchObject({ method, url: "/x", body });
    }
  });

  test("route by whole segments, the longest path first", async () => {
    const [web, api, admin, old] = [
      await service("web"),
      await service("api"),
      await service("admin"),
      await service("old"),
    ];
    const routes = { "/": "web", "/api": "api", "/api/admin/": "admin", "/old": { address: `127.0.0.1:${old.port}` } };
    const { port } = await host(flavour, { sites: [{ name: NAME, routes }] }, { web, api, admin });
    const asked = {
      "/": "web",
      "/apiary": "web",
      "/api": "api",
      "/api/": "api",
      "/api/x": "api",
      "/api/admin": "admin",
    };
    const more = {
      "/api/admin/x": "admin",
      "/api/administrator": "api",
      "/old/x": "old",
      "/x/../api": "api",
      "/%61pi": "api",
    };
    for (const [path, name] of Object.entries({ ...asked, ...more })) {
      expect([path, echoOf(await get(port, NAME, path)).service]).toEqual([path, name]);
    }
  });

  test("keep a site's headers on every answer, each once", async () => {
    const web = await service("web");
    const down = `127.0.0.1:${await freePort()}`;
    const headers = { "X-Frame-Options": "DENY", "X-Text": 'say "a; b" \\ #' };
    const limited = { service: "web", maxBodySize: "1k", headers: { "X-Route": "limited" } };
    const routes = { "/app": "web", "/app/limited": limited, "/down": { address: down } };
    const { port } = await host(flavour, { sites: [{ name: NAME, headers, routes }] }, { web });
    const large = ["POST /app/limited HTTP/1.1", `Host: ${NAME}`, "Connection: close", "Content-Length: 2000"];
    const answers = {
      200: await get(port, NAME, "/app/x"),
      404: await get(port, NAME, "/elsewhere"),
      413: await rawRequest(port, large, "x".repeat(2000)),
      502: await get(port, NAME, "/down"),
    };
    for (const [status, answer] of Object.entries(answers)) {
      expect(answer.status).toBe(Number(status));
      expect(answer.headers.get("x-frame-options")).toEqual(["DENY"]);
      expect(answer.headers.get("x-text")).toEqual(['say "a; b" \\ #']);
      expect(answer.headers.get("x-route")).toEqual(status === "413" ? ["limited"] : undefined);
      expect(answer.headers.get("server")).toEqual(["nginx"]);
    }
  });

  test("keep them on a service's own errors", async () => {
    const web = await service("web");
    const sites = [{ name: NAME, headers: { "X-A": "b" }, routes: { "/": "web" } }];
    const { port } = await host(flavour, { sites }, { web });
    for (const status of [401, 404, 500, 503]) {
      const answer = await get(port, NAME, `/status/${status}`);
      expect([answer.status, answer.headers.get("x-a"), echoOf(answer).service]).toEqual([status, ["b"], "web"]);
    }
  });

  test("pass redirects of the service as they are, with the port that visitors type", async () => {
    const web = await service("web");
    const { port } = await host(
      flavour,
      { publicPort: 8888, sites: [{ name: NAME, routes: { "/": "web" } }] },
      { web },
    );
    const answer = await get(port, NAME, "/redirect");
    expect(answer.headers.get("location")).toEqual([`http://${NAME}:8888/there?a=b`]);
  });

  test("pass large response headers and slow answers, and end silent ones", async () => {
    const web = await service("web");
    const routes = { "/": { service: "web", readTimeoutSeconds: 1 } };
    const { port } = await host(flavour, { sites: [{ name: NAME, routes }] }, { web });
    expect((await get(port, NAME, "/large-header/12000")).headers.get("x-large")?.[0]).toHaveLength(12_000);
    expect((await get(port, NAME, "/slow/500")).status).toBe(200);
    expect((await get(port, NAME, "/hang")).status).toBe(504);
    expect(web.seen.filter(({ url }) => url === "/hang")).toHaveLength(1);
  });

  test("send nothing twice that a service broke off", async () => {
    const web = await service("web");
    const { port } = await host(flavour, { sites: [{ name: NAME, routes: { "/": "web" } }] }, { web });
    const post = ["POST /break HTTP/1.1", `Host: ${NAME}`, "Connection: close", "Content-Length: 1"];
    expect((await rawRequest(port, post, "x")).status).toBe(502);
    expect((await get(port, NAME, "/break")).status).toBe(502);
    expect(web.seen.map(({ method }) => method)).toEqual(["POST", "GET"]);
  });

  test("let a websocket through and no other upgrade", async () => {
    const upgrades: string[] = [];
    const socketService = createServer((socket) => {
      let head = "";
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        if (head.endsWith("\r\n\r\n")) return void socket.write(`echo ${chunk}`);
        head += chunk;
        if (!head.endsWith("\r\n\r\n")) return;
        upgrades.push(
          `${/^upgrade: (.*)$/im.exec(head)?.[1]?.trim()} ${/^connection: (.*)$/im.exec(head)?.[1]?.trim()}`,
        );
        if (/^upgrade: websocket\r$/im.test(head)) {
          socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        } else socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
      });
    }).listen(0, "127.0.0.1");
    cleanUps.push(() => socketService.close());
    await new Promise((resolve) => socketService.once("listening", resolve));
    const { port: at } = socketService.address() as { port: number };
    const routes = { "/": { address: `127.0.0.1:${at}` } };
    const { port } = await host(flavour, { sites: [{ name: NAME, routes }] });

    const conversation = await new Promise<string>((resolve, reject) => {
      let heard = "";
      const socket = connect(port, "127.0.0.1", () => {
        socket.write(`GET /chat HTTP/1.1\r\nHost: ${NAME}\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\r\n`);
      });
      socket.setTimeout(5000, () => socket.destroy(new Error(`heard only ${heard}`)));
      socket.on("error", reject).on("data", (chunk) => {
        if (heard === "") socket.write("hello");
        heard += chunk;
        if (heard.endsWith("echo hello")) socket.end(() => resolve(heard));
      });
    });
    expect(conversation).toMatch(/^HTTP\/1\.1 101 /);
    for (const upgrade of ["h2c", "TLS/1.0", "websocket, h2c"]) {
      const answer = await get(port, NAME, "/", [`Upgrade: ${upgrade}`, "Connection: Upgrade, HTTP2-Settings"]);
      expect([answer.status, answer.body]).toEqual([200, "no"]);
    }
    expect(upgrades).toEqual(["websocket upgrade", ...Array(3).fill("undefined undefined")]);
  });

  test("reach a service by its internal listener, whatever the Host, with its neighbour's words", async () => {
    const web = await service("web");
    const internalPort = await freePort();
    const slots = [web.port, await freePort()] as const;
    const services = [{ name: "web", slots, internalListener: `127.0.0.1:${internalPort}` }];
    const sites = [{ name: NAME, routes: {}, maxBodySize: "11m" }];
    await host(flavour, { services, sites }, { web });
    const told = [
      "X-Forwarded-For: 9.9.9.9",
      "X-Forwarded-Host: shop.example.com:8888",
      "X-Forwarded-Port: 8888",
      "X-Forwarded-Prefix: /shop",
      "X-Forwarded-Proto: https",
      "X-Real-IP: 9.9.9.9",
      "X-Request-ID: the-edge-s-own",
      "Forwarded: for=9.9.9.9",
    ];
    const { headers, url } = echoOf(
      await get(internalPort, `nginx:${internalPort}`, "/a%2Fb?c", [...told, "Proxy: http://evil.example"]),
    );
    expect(url).toBe("/a%2Fb?c");
    expect(headers).toEqual({
      host: `nginx:${internalPort}`,
      "x-forwarded-for": "9.9.9.9, 127.0.0.1",
      "x-forwarded-host": "shop.example.com:8888",
      "x-forwarded-port": "8888",
      "x-forwarded-prefix": "/shop",
      "x-forwarded-proto": "https",
      "x-real-ip": "9.9.9.9",
      "x-request-id": "the-edge-s-own",
      forwarded: "for=9.9.9.9",
    });
    expect(echoOf(await get(internalPort, "nginx", "/")).headers).toEqual({
      host: `nginx:${internalPort}`,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": `nginx:${internalPort}`,
      "x-forwarded-port": `${internalPort}`,
      "x-forwarded-proto": "http",
      "x-real-ip": "127.0.0.1",
      "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    const post = (length: number) =>
      rawRequest(
        internalPort,
        ["POST /big HTTP/1.1", "Host: nginx", "Connection: close", `Content-Length: ${length}`],
        "x".repeat(length),
      );
    expect(echoOf(await post(11 * 1024 ** 2)).body).toHaveLength(11 * 1024 ** 2);
  });

  test("serve on when a reload brings files that Nginx refuses", async () => {
    const web = await service("web");
    const { nginx, port } = await host(flavour, { sites: [{ name: NAME, routes: { "/": "web" } }] }, { web });
    nginx.files.write("/etc/nginx/slipway/sites.conf", "server { listen 80; bogus on; }\n");
    expect(nginx.files.test().status).toBe(1);
    nginx.reload();
    await pause(300);
    expect(echoOf(await get(port, NAME, "/")).service).toBe("web");
  });

  test("log a line of JSON for each request, without its query", async () => {
    const web = await service("web");
    const { nginx, port } = await host(flavour, { sites: [{ name: NAME, routes: { "/": "web" } }] }, { web });
    await get(port, NAME, "/a%22b?token=secret", ['User-Agent: "quoted"']);
    await pause(100);
    const log = nginx.files
      .read(flavour === "container" ? "nginx.stdout" : "/var/log/nginx/access.log")
      .trim()
      .split("\n");
    const line = JSON.parse(log.at(-1) ?? "");
    expect(line).toMatchObject({
      client: "127.0.0.1",
      host: NAME,
      method: "GET",
      path: '/a"b',
      status: "200",
      agent: '"quoted"',
    });
    expect(line).toMatchObject({ upstream: `127.0.0.1:${web.port}`, id: web.seen[0]?.headers["x-request-id"] });
    expect(log.join("\n")).not.toContain("secret");
  });
});

test("a container's Nginx reloads while requests flow, and loses none", async () => {
  const [before, after] = [await service("before"), await service("after")];
  const markerPort = await freePort();
  const sites = [{ name: NAME, routes: { "/": "web" } }];
  const { nginx, port } = await host("container", { markerPort, services: [{ name: "web" }], sites }, { web: before });
  expect((await get(markerPort, "127.0.0.1", "/")).body).toBe("first");

  const answers: string[] = [];
  let isDone = false;
  const clients = [1, 2, 3].map(async (client) => {
    for (let count = 0; !isDone; count++) {
      const answer = await get(port, NAME, `/slow/${count % 5 === 0 ? 50 : 1}?${client}`).catch((error) => error);
      answers.push(
        answer instanceof Error || answer.status !== 200
          ? `lost: ${answer.message ?? answer.status}`
          : echoOf(answer).service,
      );
    }
  });
  const inFlight = get(port, NAME, "/slow/1500");
  await pause(200);
  let to = after;
  for (let release = 0; release < 5; release++) {
    nginx.files.writeAll({
      [upstreamPath("web")]: upstreamFile({ service: "web", address: `127.0.0.1:${to.port}` }),
      "/etc/nginx/slipway/release.conf": releaseFile(`release-${release}`),
    });
    expect(nginx.files.test().status).toBe(0);
    nginx.reload();
    const deadline = Date.now() + 5000;
    while ((await get(markerPort, "127.0.0.1", "/")).body !== `release-${release}`) {
      expect(Date.now()).toBeLessThan(deadline);
      await pause(10);
    }
    await pause(200);
    to = to === after ? before : after;
  }
  isDone = true;
  await Promise.all(clients);
  expect(answers.filter((answer) => answer.startsWith("lost"))).toEqual([]);
  expect(answers.length).toBeGreaterThan(100);
  expect(new Set(answers)).toEqual(new Set(["before", "after"]));
  expect(echoOf(await inFlight).service).toBe("before");
  expect(echoOf(await get(port, NAME, "/")).service).toBe("after");
});

test("an instance's Nginx moves on by one rename: no reload, no connection closed, no request lost", async () => {
  const [before, after] = [await service("before"), await service("after")];
  const [port, markerPort, internalPort] = [await freePort(), await freePort(), await freePort()];
  const generation = (id: number, configuration: string, files: Record<string, string>) =>
    Object.fromEntries(
      Object.entries({ release: `aa.${id}`, "release.conf": releaseFile(configuration), ...files }).map(
        ([name, text]) => [`/var/lib/slipway/generations/${id}/${name}`, text],
      ),
    );
  const web = { name: "web", slots: [before.port, after.port] } as const;
  const options = { flavour: "instance", port, address: "127.0.0.1", markerPort } as const;
  const sites = [{ name: NAME, routes: { "/": "web" } }];
  const text = renderSites({ ...options, services: [web], sites });
  const folder = new NginxFolder({
    "/etc/nginx/nginx.conf": mainConfiguration({ flavour: "instance", include: "/etc/nginx/slipway/*.conf" }),
    ...generation(1, "one", { "sites.conf": text }),
    ...generation(2, "one", { "sites.conf": text, [slotFile("web")]: "" }),
  });
  const temporary = folder.read("/etc/nginx/slipway/0-temporary.conf");
  folder.writeAll({ "/etc/nginx/temporary/0.conf": temporary });
  const main = folder.read("/etc/nginx/nginx.conf");
  folder.write(
    "/etc/nginx/nginx.conf",
    main.replace(/^http \{/m, `http {\n    include ${folder.folder}/etc/nginx/temporary/0.conf;`),
  );
  rmSync(join(folder.folder, "etc/nginx/slipway"), { recursive: true });
  folder.link("/var/lib/slipway/generations/1", "/var/lib/slipway/live");
  folder.link("/var/lib/slipway/live", "/etc/nginx/slipway");
  const nginx = await folder.start(port);
  cleanUps.push(() => nginx.stop());
  const marks = async () => [
    (await get(markerPort, "127.0.0.1", "/")).body,
    (await get(markerPort, "127.0.0.1", "/configuration")).body,
  ];
  expect(await marks()).toEqual(["aa.1", "one"]);
  expect((await get(markerPort, "127.0.0.1", "/")).headers.get("content-type")).toEqual(["text/plain"]);
  expect((await get(markerPort, "127.0.0.1", "/sites.conf")).status).toBe(404);

  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanUps.push(() => agent.destroy());
  const inFlight = get(port, NAME, "/slow/600");
  for (const [live, served] of [
    [1, "before"],
    [2, "after"],
    [1, "before"],
    [2, "after"],
  ] as const) {
    folder.link(`/var/lib/slipway/generations/${live}`, "/var/lib/slipway/live");
    for (let count = 0; count < 20; count++) expect(await keptAlive(agent, port)).toBe(served);
    expect(await marks()).toEqual([`aa.${live}`, "one"]);
  }
  expect(echoOf(await inFlight).service).toBe("before");
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);

  const late = await service("late");
  const lateService = {
    name: "late",
    slots: [await freePort(), late.port],
    internalListener: `127.0.0.1:${internalPort}`,
  } as const;
  folder.writeAll(
    generation(3, "two", {
      "sites.conf": text,
      "introduce-late.conf": renderIntroduction("instance", lateService),
      [slotFile("late")]: "",
    }),
  );
  folder.link("/var/lib/slipway/generations/3", "/var/lib/slipway/live");
  expect(await marks()).toEqual(["aa.3", "one"]);
  expect(complaints(folder.test().output)).toEqual([]);
  nginx.reload();
  await until(async () => (await marks())[1] === "two");
  expect(echoOf(await get(internalPort, "127.0.0.1", "/a?b")).service).toBe("late");
  expect(echoOf(await get(port, NAME, "/")).service).toBe("before");
  rmSync(join(folder.folder, "var/lib/slipway/generations/3/release"));
  expect((await get(markerPort, "127.0.0.1", "/")).status).toBe(503);
});

test("an Nginx that knows how to keep idle connections over a reload takes the file, an older one names the directive", () => {
  const folder = new NginxFolder({
    ...files({ flavour: "container", port: 18080, services: [], sites: [] }),
    "/etc/nginx/keepalive/keepalive.conf": "keepalive_min_timeout 10s;\n",
  });
  cleanUps.push(() => folder.remove());
  const { status, output } = folder.test();
  const isRefused = /unknown directive "keepalive_min_timeout" in \S*\/keepalive\.conf:1\n/.test(output);
  expect([status, isRefused]).toEqual(knows(folder.version, "1.27.4") ? [0, false] : [1, true]);
});

test.each(FLAVOURS)("an early hint of a service costs the answer only in a %s's Nginx before 1.29", async (flavour) => {
  const hinting = createHttpServer((_, response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" });
    response.end("whole");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => hinting.once("listening", resolve));
  cleanUps.push(
    () => hinting.closeAllConnections(),
    () => hinting.close(),
  );
  const address = `127.0.0.1:${(hinting.address() as { port: number }).port}`;
  const sites = [{ name: NAME, routes: { "/": { address, readTimeoutSeconds: 1 } } }];
  const { nginx, port } = await host(flavour, { sites });
  const { status, body } = await get(port, NAME, "/");
  if (knows(nginx.files.version, "1.29.0")) expect([status, body]).toEqual([200, "whole"]);
  else expect(status).toBe(103);
});

test.each(FLAVOURS)("a websocket lives on in a %s's Nginx over reloads", async (flavour) => {
  const echo = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
      socket.on("data", (chunk) => socket.write(chunk));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => echo.once("listening", resolve));
  cleanUps.push(() => echo.close());
  const markerPort = await freePort();
  const routes = { "/": { address: `127.0.0.1:${(echo.address() as { port: number }).port}` } };
  const { nginx, port } = await host(flavour, { markerPort, sites: [{ name: NAME, routes }] });
  const socket = connect(port, "127.0.0.1");
  cleanUps.push(() => socket.destroy());
  const hears = () => new Promise<string>((resolve) => socket.once("data", (chunk) => resolve(`${chunk}`)));
  socket.write(`GET / HTTP/1.1\r\nHost: ${NAME}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n`);
  expect(await hears()).toMatch(/^HTTP\/1\.1 101 /);
  for (const release of ["second", "third", "fourth"]) {
    nginx.files.write("/etc/nginx/slipway/release.conf", releaseFile(release));
    nginx.reload();
    await until(async () => (await get(markerPort, "127.0.0.1", "/configuration")).body === release);
    socket.write(release);
    expect(await hears()).toBe(release);
  }
});

test("an instance's Nginx closes idle connections before the service does", async () => {
  const web = await service("web");
  web.server.keepAliveTimeout = 2000;
  const { port } = await host("instance", { sites: [{ name: NAME, routes: { "/": "web" } }] }, { web });
  for (const path of ["/1", "/2", "/3"]) await get(port, NAME, path);
  await pause(1600);
  expect(web.connectionTimes.length).toBeGreaterThan(0);
  expect(web.connectionTimes.every((time) => time < 1600)).toBe(true);
});

test("a container's Nginx finds a service again at its new address, without a reload", async () => {
  const port = await freePort();
  const [first, second] = [
    await EchoService.start("first", port, "127.0.0.2"),
    await EchoService.start("second", port, "127.0.0.3"),
  ];
  cleanUps.push(
    () => first.stop(),
    () => second.stop(),
  );
  const names = await NameServer.start({ "web-1a2b": "127.0.0.2" });
  cleanUps.push(() => names.stop());
  const nginxPort = await freePort();
  const options: SitesOptions = {
    flavour: "container",
    port: nginxPort,
    address: "127.0.0.1",
    resolver: `127.0.0.1:${names.port}`,
    services: [{ name: "web" }],
    sites: [{ name: NAME, routes: { "/": "web" } }],
  };
  const folder = new NginxFolder(files(options, { web: `web-1a2b:${port}` }));
  const nginx = await folder.start(nginxPort);
  cleanUps.push(() => nginx.stop());

  expect(echoOf(await get(nginxPort, NAME, "/a%2Fb?c=d"))).toMatchObject({ service: "first", url: "/a%2Fb?c=d" });
  names.addresses["web-1a2b"] = "127.0.0.3";
  await pause(3100);
  await get(nginxPort, NAME, "/");
  expect(echoOf(await get(nginxPort, NAME, "/")).service).toBe("second");
  delete names.addresses["web-1a2b"];
  await pause(3100);
  expect((await get(nginxPort, NAME, "/")).status).toBe(502);
});

test("what quote prints is what Nginx serves", async () => {
  const written = [
    "",
    "\\",
    '\\"',
    "a\\nb\\x",
    "; } #",
    "'\"'",
    " ",
    "\t",
    "%{x}",
    "{}",
    "é☃😀",
    "a".repeat(4095),
    "\\".repeat(2046),
  ];
  const generated = fc
    .sample(fc.string({ unit: "grapheme", maxLength: 40 }), { numRuns: 300, seed: 1 })
    .filter(isQuotable);
  const values = [...written, ...generated];
  expect(generated.length).toBeGreaterThan(100);
  expect(await servedTexts(values.map((value) => quote(value)))).toEqual(values);
});

function isQuotable(value: string): boolean {
  return !/[$\x00-\x08\x0a-\x1f\x7f]/.test(value);
}

/** Answers A questions from a table, and that a name does not exist otherwise. */
class NameServer {
  static async start(addresses: Record<string, string>): Promise<NameServer> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return new NameServer(socket, addresses);
  }

  private constructor(
    private readonly socket: Datagrams,
    readonly addresses: Record<string, string>,
  ) {
    socket.on("message", (question, from) => socket.send(this.answer(question), from.port, from.address));
  }

  get port(): number {
    return this.socket.address().port;
  }

  stop(): void {
    this.socket.close();
  }

  private answer(question: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
      labels.push(question.subarray(at + 1, at + 1 + length).toString());
      at += 1 + length;
    }
    const address = this.addresses[labels.join(".")];
    const head = Buffer.from(question.subarray(0, 12));
    head.writeUInt16BE(address ? 0x8180 : 0x8183, 2);
    head.writeUInt16BE(address ? 1 : 0, 6);
    head.writeUInt32BE(0, 8);
    const asked = question.subarray(12, at + 5);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...(address ?? "").split(".").map(Number)]);
    return Buffer.concat([head, asked, ...(address ? [record] : [])]);
  }
}
