import { connect } from "node:net";

export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  /** By lower-case name, every value that was sent. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
}

/** Sends `lines` as they are, since no HTTP library would send what these tests need, and reads until the end. */
export function rawRequest(port: number, lines: readonly string[], body = "", from = "127.0.0.1"): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const place = { port, host: "127.0.0.1", localAddress: from };
    const socket = connect(place, () => socket.write(`${lines.join("\r\n")}\r\n\r\n${body}`));
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no answer to ${lines[0]}`)));
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => resolve(parseAnswer(Buffer.concat(chunks).toString("utf8"))));
  });
}

/** A GET of `target` at the server name `host` on a connection of its own. @param from The address of loopback that it comes from */
export function get(
  port: number,
  host: string,
  target: string,
  headers: readonly string[] = [],
  from?: string,
): Promise<RawAnswer> {
  return rawRequest(port, [`GET ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close", ...headers], "", from);
}

function parseAnswer(text: string): RawAnswer {
  if (text === "") return { status: 0, headers: new Map(), body: "" };
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...fields] = text.slice(0, end).split("\r\n");
  const headers = new Map<string, string[]>();
  for (const field of fields) {
    const name = field.slice(0, field.indexOf(":")).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), field.slice(field.indexOf(":") + 1).trim()]);
  }
  const body = text.slice(end + 4);
  const isChunked = headers.get("transfer-encoding")?.includes("chunked");
  return { status: Number(first.split(" ")[1]), headers, body: isChunked ? unchunk(body) : body };
}

function unchunk(body: string): string {
  const bytes = Buffer.from(body);
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, line).toString(), 16);
    if (!(size > 0)) return Buffer.concat(parts).toString("utf8");
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
