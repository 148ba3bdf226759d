import { randomBytes } from "node:crypto";
import type { HttpAnswer, HttpConnection } from "./http-connection.ts";
import { differencesFrom, type Want } from "./http-want.ts";

export interface TableRequest {
  readonly name: string;
  readonly host?: string | null;
  readonly method?: string;
  readonly path?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyBytes?: number;
  readonly chunked?: boolean;
  readonly trailers?: Readonly<Record<string, string>>;
  readonly websocket?: boolean;
  readonly raw?: string;
  readonly repeat?: number;
  readonly then?: Omit<TableRequest, "name">;
  readonly slow?: boolean;
  readonly needs?: string;
  readonly want: Want;
}

const SILENCE_MS = 2000;
const CHUNK = 65_536;
const HELLO = Buffer.from("hello");

/** Writes `{a*N}` and `{port}` out, everywhere in a row of the table. */
export function written<T>(row: T, port: number): T {
  if (typeof row === "string") {
    const text = port === 80 ? row.replaceAll(":{port}", "") : row;
    return text
      .replaceAll("{port}", `${port}`)
      .replaceAll(/\{a\*(\d+)\}/g, (_, count) => "a".repeat(Number(count))) as T;
  }
  if (Array.isArray(row)) return row.map((each) => written(each, port)) as T;
  if (typeof row !== "object" || row === null) return row;
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, written(value, port)])) as T;
}

/** Sends one row of the table, written out, and says what came back otherwise than it must. */
export async function differences(row: Omit<TableRequest, "name">, connection: HttpConnection): Promise<string[]> {
  const found: string[] = [];
  for (let count = 0; count < (row.repeat ?? 1) && found.length === 0; count++) {
    const answer = await ask(row, connection);
    found.push(...differencesFrom(row.want, answer));
    if (answer === undefined) continue;
    if (row.want.echo) found.push(...(await echoes(connection)));
    if (row.want.closes && !(await connection.ends())) found.push("the connection stays open");
    if (row.want.answersAtMost !== undefined) found.push(...(await furtherAnswers(connection, row.want.answersAtMost)));
  }
  return row.then && found.length === 0 ? differences(row.then, connection) : found;
}

async function ask(row: Omit<TableRequest, "name">, connection: HttpConnection): Promise<HttpAnswer | undefined> {
  if (row.raw !== undefined) {
    connection.send(row.raw);
    return connection.answer(/^\S+/.exec(row.raw)?.[0] ?? "");
  }
  const { method = "GET", path = "/", version = "1.1", bodyBytes } = row;
  const host = row.host === null ? [] : [`Host: ${row.host}`];
  const own = Object.entries(row.headers ?? {});
  const names = new Set(own.map(([name]) => name.toLowerCase()));
  const needed = [...bodyHeaders(row), ...(row.websocket ? websocketHeaders() : [])];
  const fields = [...own, ...needed.filter(([name]) => !names.has(name.toLowerCase()))];
  const lines = [`${method} ${path} HTTP/${version}`, ...host, ...fields.map(([name, value]) => `${name}: ${value}`)];
  connection.send(`${lines.join("\r\n")}\r\n\r\n`);
  const sendBody = () => bodyBytes !== undefined && connection.send(body(row));
  const isWaiting = row.headers?.Expect === "100-continue";
  if (!isWaiting) sendBody();
  return connection.answer(method, isWaiting ? sendBody : undefined);
}

function bodyHeaders({ bodyBytes, chunked, trailers }: Omit<TableRequest, "name">): [string, string][] {
  if (bodyBytes === undefined) return [];
  if (!chunked) return [["Content-Length", `${bodyBytes}`]];
  const trailer: [string, string][] = trailers ? [["Trailer", Object.keys(trailers).join(", ")]] : [];
  return [["Transfer-Encoding", "chunked"], ...trailer];
}

function websocketHeaders(): [string, string][] {
  return [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", randomBytes(16).toString("base64")],
  ];
}

function body({ bodyBytes = 0, chunked, trailers = {} }: Omit<TableRequest, "name">): Buffer {
  if (!chunked) return Buffer.alloc(bodyBytes, "a");
  const parts: Buffer[] = [];
  for (let left = bodyBytes; left > 0; left -= CHUNK) {
    const size = Math.min(left, CHUNK);
    parts.push(Buffer.from(`${size.toString(16)}\r\n`), Buffer.alloc(size, "a"), Buffer.from("\r\n"));
  }
  const last = Object.entries(trailers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([...parts, Buffer.from(`0\r\n${last.join("")}\r\n`)]);
}

async function echoes(connection: HttpConnection): Promise<string[]> {
  const mask = randomBytes(4);
  const masked = Buffer.from(HELLO.map((byte, at) => byte ^ (mask[at % 4] ?? 0)));
  connection.send(Buffer.concat([Buffer.from([0x81, 0x80 | HELLO.length]), mask, masked]));
  const frame = await connection.bytes(2 + HELLO.length);
  return frame.equals(Buffer.concat([Buffer.from([0x81, HELLO.length]), HELLO]))
    ? []
    : [`echoed ${frame.toString("hex")}`];
}

async function furtherAnswers(connection: HttpConnection, most: number): Promise<string[]> {
  let count = 1;
  while (await connection.says(SILENCE_MS)) {
    if ((await connection.answer("GET")) !== undefined) count += 1;
  }
  return count > most ? [`${count} answers`] : [];
}
