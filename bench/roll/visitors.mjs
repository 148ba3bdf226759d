// @ts-check
import { createHash, randomBytes } from "node:crypto";
import { get } from "node:http";
import { get as getByTls } from "node:https";
import { connect } from "node:net";
import { connect as connectByTls } from "node:tls";
import { KeptConnection } from "./kept-connection.mjs";

/**
 * Visits a host until standard input ends, then prints what came of it as JSON: node visitors.mjs CROWD. No request is
 * tried again; each counts by its kind.
 *
 * @typedef {object} Crowd where it visits and how hard, as JSON
 * @property {number} port
 * @property {number} tlsPort
 * @property {string} plain the name that is served by HTTP
 * @property {string} secured the name that is served by TLS
 * @property {string} neighbour the name of the neighbour that holds websockets, by HTTP
 * @property {string} securedNeighbour the same by TLS
 * @property {string} ca who signed the certificates
 * @property {number} perSecond requests
 * @property {number} slowSeconds how long one in a hundred lasts
 *
 * @typedef {object} Kind of requests
 * @property {number} asked
 * @property {number} failed
 * @property {Record<string, number>} reasons
 * @property {[first: number, last: number]} [when] the seconds, since all began, in which the first and the last that failed were asked
 * @property {number} slowest milliseconds, of what was answered
 *
 * @typedef {object} Visit
 * @property {number} seconds
 * @property {Record<string, Kind>} kinds
 * @property {{ opened: number, cut: number, messages: number, cutAt?: number }} websockets of those that were cut, the second of the last
 * @property {Record<string, number>} versions how often each answered
 */

/** @type {Crowd} */
const crowd = JSON.parse(process.argv[2] ?? "");
const ADDRESS = "127.0.0.1";
const WEBSOCKETS = 20;
const BODY = randomBytes(1500).toString("hex");
const DIGEST = createHash("sha256").update(BODY).digest("hex");
const VERSION = /^version (\S+)\n/;

const SLOW = `GET /slow?seconds=${crowd.slowSeconds}`;

/**
 * Which part of the requests a kind is, how many clients keep a connection for it, what they ask, and whether by TLS.
 * @type {[name: string, part: number, clients: number, line: string, tls: boolean][]}
 */
const KINDS = [
  ["a new connection each, plain", 0.2, 0, "GET /", false],
  ["a new connection each, TLS", 0.06, 0, "GET /", true],
  ["kept connections, plain", 0.4, 20, "GET /", false],
  ["kept connections, TLS", 0.14, 10, "GET /", true],
  ["POST on kept connections, plain", 0.12, 8, "POST /", false],
  ["POST on kept connections, TLS", 0.07, 4, "POST /", true],
  [`lasting ${crowd.slowSeconds} s, plain`, 0.007, 0, SLOW, false],
  [`lasting ${crowd.slowSeconds} s, TLS`, 0.003, 0, SLOW, true],
];

let running = true;
process.stdin.on("end", () => {
  running = false;
});
process.stdin.resume();

/** @type {Record<string, number>} */
const versions = {};
/** What is asked and not answered yet. @type {Set<Promise<unknown>>} */
const underWay = new Set();
/** @type {Record<string, Kind>} */
const kinds = {};
/** @type {Visit["websockets"]} */
const websockets = { opened: 0, cut: 0, messages: 0 };

const began = Date.now();
await Promise.all([
  ...KINDS.map(visitBy),
  ...Array.from({ length: WEBSOCKETS }, (_, at) => holdWebsocket(at % 2 === 1)),
]);
const seconds = (Date.now() - began) / 1000;
await Promise.all(underWay);
console.log(JSON.stringify({ seconds, kinds, websockets, versions }));

/** @param {(typeof KINDS)[number]} kind */
async function visitBy([name, part, clients, line, tls]) {
  kinds[name] = { asked: 0, failed: 0, reasons: {}, slowest: 0 };
  const tally = kinds[name];
  const pause = 1000 / (crowd.perSecond * part);
  if (clients === 0) {
    await paced(pause, () => {
      const asked = count(tally, line, () => askAnew(line, tls));
      underWay.add(asked);
      void asked.then(() => underWay.delete(asked));
    });
    return;
  }
  const keep = async () => {
    const kept = new KeptConnection(() => open(tls));
    await paced(pause * clients, () => count(tally, line, () => askOn(kept, line, tls)));
    kept.close();
  };
  await Promise.all(Array.from({ length: clients }, keep));
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/**
 * Does it at even times, and where it falls behind at once, without making up for what was missed.
 * @param {number} every milliseconds
 * @param {() => Promise<void> | void} visit
 */
async function paced(every, visit) {
  let due = Date.now() + Math.random() * every;
  while (running) {
    const wait = due - Date.now();
    if (wait > 0) await pause(wait);
    due = Math.max(due + every, Date.now() - 10 * every);
    await visit();
  }
}

/**
 * @param {Kind} tally
 * @param {string} line
 * @param {() => Promise<{ status: number, body: string }>} ask
 */
async function count(tally, line, ask) {
  const asked = performance.now();
  const second = Math.floor((Date.now() - began) / 1000);
  tally.asked += 1;
  const reason = await ask().then(({ status, body }) => problemOf(line, status, body), reasonOf);
  if (reason === undefined) {
    tally.slowest = Math.max(tally.slowest, Math.round(performance.now() - asked));
    return;
  }
  tally.failed += 1;
  tally.when = [Math.min(tally.when?.[0] ?? second, second), Math.max(tally.when?.[1] ?? second, second)];
  tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
}

/** @param {Error & { code?: string }} error */
function reasonOf(error) {
  return error.code ?? error.message;
}

/**
 * @param {string} line
 * @param {number} status
 * @param {string} body
 */
function problemOf(line, status, body) {
  if (status !== 200) return `status ${status}`;
  const version = VERSION.exec(body)?.[1];
  if (version === undefined) return "another body";
  if (line.startsWith("POST") && !body.includes(DIGEST)) return "its body did not arrive";
  versions[version] = (versions[version] ?? 0) + 1;
  return undefined;
}

/**
 * @param {string} line
 * @param {boolean} tls
 * @returns {Promise<{ status: number, body: string }>}
 */
function askAnew(line, tls) {
  return new Promise((resolve, reject) => {
    const name = tls ? crowd.secured : crowd.plain;
    const options = {
      ...{ host: ADDRESS, path: line.split(" ")[1], headers: { Host: name }, agent: false, timeout: 15_000 },
      ...(tls ? { port: crowd.tlsPort, servername: name, ca: crowd.ca } : { port: crowd.port }),
    };
    const call = (tls ? getByTls : get)(options, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (more) => {
        body += more;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    call.on("timeout", () => call.destroy(new Error("no answer within 15 s")));
    call.on("error", reject);
  });
}

/**
 * @param {KeptConnection} kept
 * @param {string} line
 * @param {boolean} tls
 */
function askOn(kept, line, tls) {
  const head = `${line} HTTP/1.1\r\nHost: ${tls ? crowd.secured : crowd.plain}`;
  if (line.startsWith("GET")) return kept.ask(head);
  return kept.ask(`${head}\r\nContent-Length: ${BODY.length}`, BODY);
}

/**
 * A connection whose end by the other side stays unseen until somebody writes.
 * @param {boolean} tls
 */
function open(tls) {
  const halfOpen = { host: ADDRESS, allowHalfOpen: true };
  const socket = tls
    ? connectByTls({ ...halfOpen, port: crowd.tlsPort, servername: crowd.secured, ca: crowd.ca })
    : connect({ ...halfOpen, port: crowd.port });
  // who asks is told; between two questions nobody looks
  return socket.setNoDelay(true).on("error", () => {});
}

/** @param {boolean} tls */
async function holdWebsocket(tls) {
  const name = tls ? crowd.securedNeighbour : crowd.neighbour;
  const socket = tls
    ? connectByTls({ host: ADDRESS, port: crowd.tlsPort, servername: name, ca: crowd.ca })
    : connect({ host: ADDRESS, port: crowd.port });
  let ended = false;
  let text = "";
  socket.setEncoding("utf8").on("data", (more) => {
    text += more;
  });
  socket
    .on("error", () => {})
    .on("close", () => {
      ended = true;
    });
  const words = ["GET /echo HTTP/1.1", `Host: ${name}`, "Connection: Upgrade", "Upgrade: websocket"];
  socket.write(`${words.join("\r\n")}\r\nSec-WebSocket-Version: 13\r\n\r\n`);
  /** @param {string} words */
  const comes = async (words) => {
    for (const end = Date.now() + 10_000; !ended && Date.now() < end; await pause(20)) {
      if (text.includes(words)) return true;
    }
    return false;
  };
  if (await comes("\r\n\r\n")) websockets.opened += text.startsWith("HTTP/1.1 101") ? 1 : 0;
  while (running) {
    websockets.messages += 1;
    const message = `message ${websockets.messages}.\n`;
    text = "";
    socket.write(message);
    if (!(await comes(message))) {
      websockets.cut += 1;
      websockets.cutAt = Math.floor((Date.now() - began) / 1000);
      break;
    }
    await pause(1000);
  }
  socket.destroy();
}
