import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import type { AskedHost } from "../../src/cli/asked-host.ts";
import { run } from "../../src/cli/command.mjs";
import { tellHost } from "../../src/cli/host-answer.ts";
import type { StatusReport } from "../../src/cli/status-report.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { knows, pause } from "../nginx/running-nginx.ts";
import { pageServer } from "./page-server.ts";
import { docker, Project } from "./project.ts";
import { request, requestStream } from "./request-stream.ts";
import { RUN_OPTIONS, SEEN, seenOptions } from "./run-options.ts";

jest.setTimeout(180_000);

const PORT = 8903;
const MACHINE_PORT = 8904;
const TLS_PORT = 8905;
const AUTHORITIES = mkdtempSync(join(tmpdir(), "slipway-authority-"));
const SERVER = pageServer(
  `
global broken
if self.path == "/ticks":
    self.send_response(101)
    self.send_header("Connection", "upgrade")
    self.send_header("Upgrade", "websocket")
    self.end_headers()
    while True:
        self.wfile.write(b"tick")
        time.sleep(0.1)
body, status = os.environ.get("BODY", "one"), 500 if broken else 200
if self.path == "/break":
    broken = True
if self.path == "/needs":
    answer, reached = fetched(os.environ["NEEDS"])
    if reached != 200:
        body, status = answer, reached
`,
  `
if os.environ.get("ENDS"):
    print("database url missing")
    sys.exit(int(os.environ["ENDS"]))
broken = False
`,
);

const project = new Project(
  "neighbours.ts",
  "slipway-neighbours",
  { "server.py": SERVER },
  { SLIPWAY_DATA_DIR: AUTHORITIES },
);

async function apply(services: Readonly<Record<string, object>>) {
  await project.synth({ SLIPWAY_TEST_SERVICES: JSON.stringify(services) });
  return project.apply();
}

/** A websocket to a site, as far as a client sees it: whether more comes. */
async function ticking(name: string): Promise<{ goesOn: () => Promise<boolean>; socket: Socket }> {
  const socket = connect(PORT, "127.0.0.1");
  const more = () =>
    new Promise<boolean>((resolve) => {
      socket.once("data", () => resolve(true));
      socket.once("close", () => resolve(false));
    });
  socket.write(
    `GET /ticks HTTP/1.1\r\nHost: ${name}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  expect(await more()).toBe(true);
  return { goesOn: () => (socket.destroyed ? Promise.resolve(false) : more()), socket };
}

beforeAll(() => project.cleanUp());
afterAll(async () => {
  await project.destroy();
  await project.cleanUp();
  rmSync(AUTHORITIES, { recursive: true });
});

const WORKER = {
  command: ["sh", "-c", "trap 'exit 0' TERM; echo one >/tmp/beat; while :; do sleep 0.1; done"],
  check: ["grep", "-q", "one", "/tmp/beat"],
};
const BOTH = { a: { health: "/needs" }, b: { health: "/needs" }, worker: WORKER };

describe("a release of two services on one engine", () => {
  test("both new, and each healthy only when it reaches the other", async () => {
    await project.synth({ SLIPWAY_TEST_SERVICES: JSON.stringify(BOTH) });
    await project.init();
    const run = await project.apply();
    expect(run.output).toContain("Apply complete!");
    expect((await request(PORT, "a.localhost", "/needs")).status).toBe(200);
    expect((await request(PORT, "b.localhost", "/needs")).status).toBe(200);
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a program of the engine's machine answers at a name too", async () => {
    const server = createServer((_, response) => response.end("the machine's own")).listen(MACHINE_PORT, "0.0.0.0");
    await once(server, "listening");
    expect((await request(PORT, "machine.localhost")).body).toBe("the machine's own");
    server.close();
    server.closeAllConnections();
  });

  test("a name with TLS is answered by HTTP/2 under the developer's own authority, HTTP is sent there, no other name is", async () => {
    const server = createServer((request, response) => response.end(JSON.stringify(request.headers)));
    await once(server.listen(MACHINE_PORT, "0.0.0.0"), "listening");
    const ca = readFileSync(join(AUTHORITIES, "local-ca.pem"));
    const client = connectHttp2(`https://secured.localhost:${TLS_PORT}`, { ca, host: "127.0.0.1" });
    const answer = client.request({ ":path": "/cart?id=1" });
    const [headers] = await once(answer, "response");
    const asked = JSON.parse((await answer.toArray()).join(""));
    client.destroy();
    server.close();
    server.closeAllConnections();
    expect([headers[":status"], headers["strict-transport-security"]]).toEqual([200, "max-age=300"]);
    expect(asked).toMatchObject({
      host: `secured.localhost:${TLS_PORT}`,
      "x-forwarded-port": `${TLS_PORT}`,
      "x-forwarded-proto": "https",
    });

    const moved = get({ port: PORT, host: "127.0.0.1", path: "/cart?id=1", headers: { Host: "secured.localhost" } });
    const [{ statusCode, headers: sent }] = await once(moved, "response");
    expect([statusCode, sent.location]).toEqual([308, `https://secured.localhost:${TLS_PORT}/cart?id=1`]);
    for (const servername of ["machine.localhost", "unknown.localhost"]) {
      const socket = connectTls({ port: TLS_PORT, host: "127.0.0.1", servername, ca });
      const [error] = await once(socket, "error");
      expect(error.code).toBe("ERR_SSL_TLSV1_UNRECOGNIZED_NAME");
    }
  });

  test("the status says until when its certificate is good", async () => {
    const host = { kind: "local", path: "slipway-neighbours/host", nginx: "slipway-neighbours-host-nginx" } as const;
    const tools = { command: { run } } as unknown as Tools;
    const { stdout } = await tellHost({ host } as AskedHost, ["status", "--json"], tools);
    const [certificate, ...more] = (JSON.parse(stdout) as StatusReport).certificates;
    expect([certificate?.name, more]).toEqual(["secured.localhost", []]);
    const end = Date.parse(/^until (\d{4}-\d\d-\d\d)$/.exec(certificate?.said ?? "")?.[1] ?? "");
    // 825 days, but for the time of day
    expect(Math.abs((end - Date.now()) / 86_400_000 - 824.5)).toBeLessThan(1);
  });

  test("a websocket of the one goes on while the other is released, which then runs as it is declared to", async () => {
    const { goesOn, socket } = await ticking("b.localhost");
    const stream = requestStream(PORT, "a.localhost");
    const run = await apply({ ...BOTH, a: { health: "/needs", env: { BODY: "two" }, ...RUN_OPTIONS } });
    expect(run).toMatchObject({ status: 0 });
    expect(await goesOn()).toBe(true);
    socket.destroy();
    const answers = await stream.stop();
    expect(answers.failed).toEqual([]);
    expect((await request(PORT, "a.localhost")).body).toBe("two");
    const label = "label=dev.slipway.construct=slipway-neighbours/host/a/Container";
    const seen = seenOptions(docker("ps", "--quiet", "--filter", label));
    expect(seen).toEqual({ asked: RUN_OPTIONS, seen: SEEN });
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a request on a visitor's idle connection, seconds after the release, is answered", async () => {
    const agent = new Agent({ keepAlive: true });
    const idle = () =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = { port: PORT, host: "127.0.0.1", agent, headers: { Host: "a.localhost" } };
        get(options, (response) => response.resume().on("end", () => resolve(response.statusCode))).on("error", reject);
      });
    expect(await idle()).toBe(200);
    const run = apply({ ...BOTH, a: { health: "/needs", env: { BODY: "late" } } });
    while ((await request(PORT, "a.localhost")).body !== "late") await pause(50);
    await pause(3000);
    expect(await idle()).toBe(200);
    agent.destroy();
    expect(await run).toMatchObject({ status: 0 });
    const nginx = docker("ps", "--quiet", "--filter", "name=slipway-neighbours-host-nginx");
    const version = /[\d.]+$/.exec(docker("exec", nginx, "sh", "-c", "nginx -v 2>&1"))?.[0] ?? "";
    const files = docker("exec", nginx, "ls", "/etc/nginx/keepalive").split("\n");
    expect(files.includes("keepalive.conf")).toBe(knows(version, "1.27.4"));
  });

  test("a healthy new one goes out although its neighbour is not healthy, because the live one is broken", async () => {
    await request(PORT, "a.localhost", "/break");
    expect((await request(PORT, "b.localhost", "/needs")).status).toBe(503);
    const run = await apply({ ...BOTH, a: { health: "/needs", env: { BODY: "three" } } });
    expect(run).toMatchObject({ status: 0 });
    expect((await request(PORT, "a.localhost")).body).toBe("three");
    expect((await request(PORT, "b.localhost", "/needs")).status).toBe(200);
  });

  test("a candidate that ends is removed, its words and its exit status told once; taken back, all is well", async () => {
    const before = project.containers();
    const stream = requestStream(PORT, "a.localhost");
    const run = await apply({ ...BOTH, a: { env: { ENDS: "7" } } });
    expect(run.status).toBe(1);
    const said = run.output.split("\n").filter((line) => line.includes("(local-exec):"));
    expect(said.filter((line) => line.includes("database url missing"))).toHaveLength(1);
    expect(said.join("\n")).toContain("a is not healthy: its container ended with status 7");
    expect(said.join("\n")).toContain("what served before serves on");
    expect(project.containers()).toEqual(before);
    const back = await apply({ ...BOTH, a: { health: "/needs", env: { BODY: "three" } } });
    expect(back).toMatchObject({ status: 0 });
    const answers = await stream.stop();
    expect(answers.failed).toEqual([]);
    expect([...answers.bodies.keys()]).toEqual(["three"]);
    expect(project.containers()).toHaveLength(4);
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a command that is not there fails, and taken back all is well", async () => {
    const stream = requestStream(PORT, "a.localhost");
    const run = await apply({ ...BOTH, a: { command: ["no-such-program"] } });
    expect(run.status).toBe(1);
    expect(run.output).toContain("no-such-program");
    const back = await apply({ ...BOTH, a: { health: "/needs", env: { BODY: "three" } } });
    expect(back).toMatchObject({ status: 0 });
    const answers = await stream.stop();
    expect(answers.failed).toEqual([]);
    expect(project.containers()).toHaveLength(4);
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a worker that ends again and again leaves the one that runs; one that goes on replaces it", async () => {
    const beat = () => {
      const label = "label=dev.slipway.construct=slipway-neighbours/host/worker/Container";
      const [id = ""] = docker("ps", "--quiet", "--filter", label).split("\n");
      return { id, says: docker("exec", id, "cat", "/tmp/beat") };
    };
    const served = { ...BOTH, a: { health: "/needs", env: { BODY: "three" } } };
    const before = beat();
    expect(before.says).toBe("one");
    const lost = { command: ["sh", "-c", "sleep 1; echo the queue is lost; exit 4"], runs: 4 };
    const run = await apply({ ...served, worker: lost });
    expect(run.status).toBe(1);
    expect(run.output).toContain("worker is not healthy: its container ended with status 4");
    expect(run.output).toContain("the queue is lost");
    expect(beat()).toEqual(before);
    const next = { command: WORKER.command.map((word) => word.replace("one", "two")), runs: 2 };
    expect(await apply({ ...served, worker: next })).toMatchObject({ status: 0 });
    expect(beat().says).toBe("two");
    expect(project.containers()).toHaveLength(4);
    expect(await project.plan()).toMatchObject({ status: 0 });
  });
});
