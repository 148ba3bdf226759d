import { createHash, randomBytes } from "node:crypto";
import type { HttpAnswer, HttpConnection } from "./http-connection.ts";
import type { Echoed } from "./http-echo.ts";

/** What must come back, as `about` of the table says. */
export interface Want {
  readonly status: number | "closed" | readonly (number | "closed")[];
  readonly service?: string;
  readonly method?: string;
  readonly neverService?: string;
  readonly path?: string;
  readonly bodyBytes?: number;
  readonly header?: Readonly<Record<string, string>>;
  readonly headerNot?: Readonly<Record<string, string>>;
  readonly headerMatches?: Readonly<Record<string, string>>;
  readonly absent?: readonly string[];
  readonly response?: Readonly<Record<string, string>>;
  readonly responseMatches?: Readonly<Record<string, string>>;
  readonly responseBytes?: number;
  readonly cookiesSet?: number;
  readonly interim?: readonly number[];
  readonly events?: number;
  readonly firstWithinSeconds?: number;
  readonly echo?: boolean;
  readonly closes?: boolean;
  readonly answersAtMost?: number;
}

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
    found.push(...compared(answer, row.want));
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

/** Where the answer differs from what it must be. */
function compared(answer: HttpAnswer | undefined, want: Want): string[] {
  const status = answer?.status ?? "closed";
  const statuses = [want.status].flat();
  if (!statuses.includes(status)) return [`status ${status}`];
  if (answer === undefined) return [];
  const found: string[] = [];
  const expect = (what: string, wanted: unknown, got: unknown) => {
    if (wanted !== undefined && got !== wanted) found.push(`${what} ${JSON.stringify(got)?.slice(0, 200)}`);
  };
  const response = (name: string) => (answer.headers.get(name) ?? []).join(", ");
  const service = answer.headers.get("x-echo-service")?.[0];
  expect("service", want.service, service);
  if (want.neverService !== undefined && service === want.neverService) found.push(`service ${service}`);
  for (const [name, value] of Object.entries(want.response ?? {})) expect(`response ${name}`, value, response(name));
  for (const [name, pattern] of Object.entries(want.responseMatches ?? {})) {
    expect(`response ${name} ${response(name)}`, true, wholly(pattern, response(name)));
  }
  expect("response bytes", want.responseBytes, answer.body.length);
  const cookies = (answer.headers.get("set-cookie") ?? []).filter((each) => /^c\d\d=a{1000}$/.test(each));
  expect("cookies", want.cookiesSet, want.cookiesSet === undefined ? undefined : cookies.length);
  for (const interim of want.interim ?? []) expect(`interim ${interim}`, true, answer.interim.includes(interim));
  if (want.events !== undefined) {
    const events = Array.from({ length: want.events }, (_, at) => `data: ${at + 1}\n\n`).join("");
    expect("events", events, answer.body.toString());
    expect(
      `first after ${answer.firstByteAfter} ms`,
      true,
      answer.firstByteAfter <= (want.firstWithinSeconds ?? 0) * 1000,
    );
  }
  return service === undefined ? found : [...found, ...comparedEcho(answer, want)];
}

/** Where what `echo` got differs. */
function comparedEcho(answer: HttpAnswer, want: Want): string[] {
  const found: string[] = [];
  const expect = (what: string, wanted: unknown, got: unknown) => {
    if (wanted !== undefined && got !== wanted) found.push(`${what} ${JSON.stringify(got)?.slice(0, 200)}`);
  };
  expect("method", want.method, answer.headers.get("x-echo-method")?.[0]);
  const asksForEcho = [want.path, want.bodyBytes, want.header, want.headerNot, want.headerMatches, want.absent];
  if (asksForEcho.every((each) => each === undefined)) return found;
  const got: Echoed = JSON.parse(answer.body.toString());
  expect("path", want.path, got.path);
  if (want.bodyBytes !== undefined) {
    expect("body", want.bodyBytes, got.bodyBytes);
    const sent = createHash("sha256").update(Buffer.alloc(want.bodyBytes, "a")).digest("hex");
    expect("body's SHA-256", sent, got.bodySha256);
  }
  for (const [name, value] of Object.entries(want.header ?? {})) expect(`header ${name}`, value, got.headers[name]);
  for (const [name, value] of Object.entries(want.headerNot ?? {})) {
    if (got.headers[name] === value) found.push(`header ${name} ${value}`);
  }
  for (const [name, pattern] of Object.entries(want.headerMatches ?? {})) {
    const value = got.headers[name] ?? "";
    expect(`header ${name} ${value}`, true, wholly(pattern, value));
  }
  for (const name of want.absent ?? []) expect(`header ${name} ${got.headers[name]}`, false, name in got.headers);
  return found;
}

function wholly(pattern: string, value: string): boolean {
  return new RegExp(`^(?:${pattern})$`).test(value);
}
