import { spawn } from "node:child_process";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** What listens on loopback for a probe to ask, by what it does; each an address. */
export interface Listeners {
  readonly addresses: Readonly<Record<string, string>>;
  /** What the web server was asked: "PATH HOST". */
  readonly asked: string[];
  readonly close: () => void;
}

const GREETING = "220 at your service\r\n";
const SOCKETS: Readonly<Record<string, (socket: Socket) => void>> = {
  silent: () => undefined,
  talking: (socket) => void socket.write(GREETING),
  parting: (socket) => void socket.end(GREETING),
  hanging_up: (socket) => void socket.destroy(),
};
/** It listens and takes no connection: once two wait, the kernel drops what comes. */
const BLACK_HOLE = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    require("node:fs").writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

export async function listen(): Promise<Listeners> {
  const open: Socket[] = [];
  const asked: string[] = [];
  const servers: [string, Server][] = Object.entries(SOCKETS).map(([name, answer]) => [name, createServer(answer)]);
  const web = createHttpServer((request, response) => {
    const path = request.url ?? "";
    asked.push(`${path} ${request.headers.host}`);
    if (path === "/hang") return;
    const status = Number(/^\/(\d{3})$/.exec(path)?.[1] ?? 200);
    response.writeHead(status, status === 302 ? { location: "/followed" } : {});
    if (path === "/stream") response.write("endless");
    else response.end();
  });
  servers.push(["web", web]);
  const addresses: Record<string, string> = { nowhere: "no-such-host.invalid:80" };
  for (const [name, server] of servers) {
    server.on("connection", (socket) => open.push(socket.on("error", () => undefined)));
    addresses[name] = await listening(server);
  }
  const closed = createServer();
  addresses.closed = await listening(closed);
  closed.close();

  const hole = spawn(process.execPath, ["-e", BLACK_HOLE], { stdio: ["ignore", "pipe", "inherit"] });
  const port = Number(await new Promise((resolve) => hole.stdout.once("data", resolve)));
  addresses.black_hole = `127.0.0.1:${port}`;
  const waiting = Array.from({ length: 4 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  await Promise.all(waiting.slice(0, 2).map((socket) => new Promise((resolve) => socket.once("connect", resolve))));

  const close = () => {
    hole.kill("SIGKILL");
    for (const socket of [...open, ...waiting]) socket.destroy();
    for (const [, server] of servers) server.close();
  };
  return { addresses, asked, close };
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}
