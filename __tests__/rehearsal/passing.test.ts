import { createServer, request } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type Listening, listen } from "../../src/rehearsal/doubles/listening.ts";
import { byName } from "../../src/rehearsal/doubles/name-listener.ts";
import { type Passed, pass } from "../../src/rehearsal/doubles/passing.ts";
import { selfSigned } from "../self-signed.ts";

const { certificate, key } = selfSigned(["registry.test"]);
const tls = { ca: Buffer.from(certificate), servername: "registry.test" };
const open: { close(): unknown }[] = [];
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

/** Says what came. */
const echo: Parameters<typeof createServer>[1] = (asked, answer) => {
  let body = "";
  asked.setEncoding("utf8").on("data", (more) => (body += more));
  asked.on("end", () => {
    answer.writeHead(201, { "x-said": asked.headers["x-asked"] });
    answer.end(JSON.stringify({ method: asked.method, url: asked.url, host: asked.headers.host, body }));
  });
};

async function upstream(isSecure: boolean): Promise<number> {
  const server = isSecure ? createTlsServer({ cert: certificate, key }, echo) : createServer(echo);
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  open.push({ close: () => new Promise((closed) => server.close(closed)) });
  return (server.address() as AddressInfo).port;
}

async function ask(to: Passed): Promise<{ status?: number; said: unknown; body: string }> {
  const front: Listening = await listen((incoming, outgoing) => pass(incoming, outgoing, to), { address: "127.0.0.1" });
  open.push(front);
  return new Promise((resolve, reject) => {
    const headers = { host: "registry.test:14000", "x-asked": "a header" };
    const options = { host: "127.0.0.1", port: front.port, path: "/v2/a?b=c", method: "PUT", headers, agent: false };
    const asking = request(options, (answer) => {
      let body = "";
      answer.setEncoding("utf8").on("data", (more) => (body += more));
      answer.on("end", () => resolve({ status: answer.statusCode, said: answer.headers["x-said"], body }));
    });
    asking.on("error", reject).end("a layer");
  });
}

test.each([
  ["HTTP", false],
  ["TLS", true],
])(
  "a request is passed on by %s as it came, under the name that it was for, and the answer back",
  async (_, isSecure) => {
    const to = { host: "127.0.0.1", port: await upstream(isSecure), ...(isSecure && { tls }) };
    const { body, ...rest } = await ask(to);
    expect(rest).toEqual({ status: 201, said: "a header" });
    expect(JSON.parse(body)).toEqual({
      ...{ method: "PUT", url: "/v2/a?b=c", host: "registry.test:14000", body: "a layer" },
    });
  },
);

test("where nobody answers, a visitor is told by whom, or what the double says instead", async () => {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  const to = { host: "127.0.0.1", port };
  expect(await ask(to)).toMatchObject({ status: 502, body: expect.stringContaining(`ECONNREFUSED 127.0.0.1:${port}`) });
  const own = await ask({ ...to, onError: (outgoing) => void outgoing.writeHead(503).end("not now") });
  expect(own).toMatchObject({ status: 503, body: "not now" });
});

test.each([
  ["registry.test", "played"],
  ["Registry.Test:443", "played"],
  ["constructor", "others"],
  ["absent.test", "others"],
])("what is for %s is handed to %s", (host, expected) => {
  const handed: string[] = [];
  const to = (who: string) => () => void handed.push(who);
  byName({ "registry.test": to("played"), "absent.test": undefined }, to("others"))(
    { headers: { host } } as never,
    {} as never,
  );
  expect(handed).toEqual([expected]);
});
