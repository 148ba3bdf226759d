import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { NameServer } from "../../src/rehearsal/doubles/name-server.ts";

const ADDRESSES: Record<string, string> = { "shop.example.com": "127.38.4.7" };
let server: NameServer;
let resolver: Resolver;

beforeAll(async () => {
  server = await NameServer.start(async (name) => {
    if (name === "broken.example.com") throw new Error("the API does not answer");
    return ADDRESSES[name];
  });
  resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([server.address]);
});
afterAll(() => server.close());

test("a name leads where its resolver says, in whatever case it is asked for", async () => {
  expect(await resolver.resolve4("shop.example.com", { ttl: true })).toEqual([{ address: "127.38.4.7", ttl: 0 }]);
  expect(await resolver.resolve4("Shop.EXAMPLE.com")).toEqual(["127.38.4.7"]);
});

test("each question is answered anew, for names come while a stack is applied", async () => {
  await expect(resolver.resolve4("late.example.com")).rejects.toMatchObject({ code: "ENOTFOUND" });
  ADDRESSES["late.example.com"] = "127.38.4.8";
  expect(await resolver.resolve4("late.example.com")).toEqual(["127.38.4.8"]);
});

test("a name that is there has no IPv6 address, and is no name that is not there", async () => {
  await expect(resolver.resolve6("shop.example.com")).rejects.toMatchObject({ code: "ENODATA" });
});

test("what cannot be found out is said as such", async () => {
  await expect(resolver.resolve4("broken.example.com")).rejects.toMatchObject({ code: "ESERVFAIL" });
});

test.each([
  ["too short for a header", Buffer.alloc(5), undefined],
  ["a name that is cut off", Buffer.concat([Buffer.alloc(12), Buffer.from([9, 97, 98])]), 1],
  ["a pointer in place of a name", Buffer.concat([Buffer.alloc(12), Buffer.from([0xc0, 12, 0, 1, 0, 1])]), 1],
])("what is no question does not end it: %s", async (_, query, code) => {
  const socket = createSocket("udp4");
  const [address = "", port = ""] = server.address.split(":");
  const answers: Buffer[] = [];
  const answered = new Promise<void>((done) => {
    socket.on("message", (answer) => {
      answers.push(answer);
      done();
    });
  });
  socket.send(query, Number(port), address);
  if (code !== undefined) await answered;
  // Answers come in the order of the questions: the one after it shows that there was none.
  expect(await resolver.resolve4("shop.example.com")).toEqual(["127.38.4.7"]);
  socket.close();
  expect(answers.map((answer) => answer.readUInt16BE(2) & 0xf)).toEqual(code === undefined ? [] : [code]);
});
