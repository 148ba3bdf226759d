import { request } from "node:http";
import { freePort } from "../../src/rehearsal/free-port.ts";
import type { Front } from "../../src/release/front.ts";
import { echoOf, headersOf, NAME, nginxHosts } from "../nginx/nginx-host.ts";
import { get, rawRequest } from "../nginx/raw-request.ts";

jest.setTimeout(30_000);

const { service, host } = nginxHosts();

/** Where the front's Nginx comes from when it asks the host behind: Nginx connects from loopback's own address. */
const FRONT = "127.0.0.1";
const STRANGER = "127.0.0.3";
const SPOOFED = ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.test"];

/** Two Nginx: a front, and a host behind it that runs `web`. */
async function frontAndBehind() {
  const [web, listener] = [await service("web"), await freePort()];
  const declared = [{ name: "web", slots: [web.port, await freePort()] as const, frontListener: listener }];
  const routes = { "/": { address: `127.0.0.1:${listener}` } };
  const sites = [{ name: NAME, routes, maxBodySize: "3m" }];
  const reached: Front = {
    host: "stack/front",
    address: FRONT,
    services: ["web"],
    sites: [{ name: NAME, proxy: { maxBodySize: "3m" }, routes: [{ path: "/", to: { service: "web" } }] }],
  };
  const behind = await host("instance", { services: declared, fronts: [reached] }, { web });
  const front = await host("instance", { sites, publicPort: 80 });
  return { web, listener, front, behind };
}

test("a front's visitors reach the service behind, which is told of them what the front knows", async () => {
  const { web, front, behind } = await frontAndBehind();
  const answer = await get(front.port, NAME, "/a%2Fb?c=d", SPOOFED, "127.0.0.9");
  expect(echoOf(answer)).toMatchObject({ service: "web", url: "/a%2Fb?c=d" });
  const visitor = { host: NAME, port: "80", proto: "http", address: "127.0.0.9" };
  expect(echoOf(answer).headers).toEqual(headersOf(visitor));
  expect(web.seen).toHaveLength(1);
  const [line] = behind.nginx.files.read("var/log/nginx/access.log").trim().split("\n");
  expect(JSON.parse(line as string)).toMatchObject({ client: "127.0.0.9", path: "/a/b" });
});

test("nobody but the front gets an answer behind it, whoever they say they are", async () => {
  const { web, listener } = await frontAndBehind();
  expect((await get(listener, NAME, "/", [`X-Forwarded-For: ${FRONT}`], STRANGER)).status).toBe(0);
  expect((await get(listener, NAME, "/", ["X-Forwarded-For: 9.9.9.9"], FRONT)).status).toBe(200);
  expect(web.seen.map(({ headers }) => headers["x-forwarded-for"])).toEqual(["9.9.9.9"]);
});

test("what the front lets through passes behind it, and a websocket does", async () => {
  const { web, front } = await frontAndBehind();
  const body = "x".repeat(2 * 1024 * 1024);
  const lines = ["POST / HTTP/1.1", `Host: ${NAME}`, "Connection: close", `Content-Length: ${body.length}`];
  expect((await rawRequest(front.port, lines, body)).status).toBe(200);
  web.server.on("upgrade", (_, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello");
    socket.end();
  });
  const asked = request({
    port: front.port,
    headers: { Host: NAME, Connection: "Upgrade", Upgrade: "websocket" },
    agent: false,
  });
  const first = await new Promise<string>((resolve, reject) => {
    asked.on("upgrade", (_, socket, head) => {
      if (head.length > 0) resolve(head.toString());
      socket.once("data", (data: Buffer) => resolve(data.toString()));
    });
    asked.on("response", (answer) => reject(new Error(`status ${answer.statusCode}`)));
    asked.on("error", reject).end();
  });
  expect(first).toBe("hello");
});
