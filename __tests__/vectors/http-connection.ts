import { connect, type Socket } from "node:net";

/** What came back for one request. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name, every value. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Buffer;
  /** The statuses that came before, 1xx but 101. */
  readonly interim: readonly number[];
  /** Milliseconds from when it was asked for until the first byte of its body. */
  readonly firstByteAfter: number;
}

/** One connection to a front, on which every byte that is sent is the caller's. */
export class HttpConnection {
  static async open(port: number, milliseconds: number, address = "127.0.0.1"): Promise<HttpConnection> {
    const socket = connect(port, address);
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new HttpConnection(socket, milliseconds);
  }

  private held: Buffer = Buffer.alloc(0);
  private hasEnded = false;
  private isLate = false;
  private wake: () => void = () => undefined;
  private readonly deadline: NodeJS.Timeout;

  private constructor(
    private readonly socket: Socket,
    milliseconds: number,
  ) {
    this.deadline = setTimeout(() => {
      this.isLate = true;
      socket.destroy();
    }, milliseconds);
    // an answer that comes before the whole request was sent may end it with a reset
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      this.held = Buffer.concat([this.held, chunk]);
      this.wake();
    });
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.hasEnded = true;
        this.wake();
      });
    }
  }

  send(bytes: Buffer | string): void {
    if (this.socket.writable) this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /**
   * The next answer, to a request of `method`; nothing when the connection ends without a byte of it.
   *
   * @param onContinue Called for a 100, which a sender may wait for
   * @throws Error when the answer is broken off, or late
   */
  async answer(method: string, onContinue: () => void = () => undefined): Promise<HttpAnswer | undefined> {
    const asked = Date.now();
    const interim: number[] = [];
    for (;;) {
      const end = await this.find("\r\n\r\n");
      if (end === undefined) return undefined;
      const [first = "", ...fields] = this.take(end + 4)
        .toString("latin1")
        .trimEnd()
        .split("\r\n");
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
      if (Number.isNaN(status)) throw new Error(`no status line: ${JSON.stringify(first.slice(0, 80))}`);
      if (status < 200 && status !== 101) {
        interim.push(status);
        if (status === 100) onContinue();
        continue;
      }
      const headers = headersOf(fields);
      const hasBody = method !== "HEAD" && status !== 101 && status !== 204 && status !== 304;
      const start = Date.now();
      if (hasBody) await this.some();
      const firstByteAfter = (hasBody ? Date.now() : start) - asked;
      return { status, headers, interim, firstByteAfter, body: hasBody ? await this.body(headers) : Buffer.alloc(0) };
    }
  }

  /** Exactly so many bytes. */
  async bytes(count: number): Promise<Buffer> {
    while (this.held.length < count) await this.more();
    return this.take(count);
  }

  /** Whether the other side ends the connection, with nothing more said. */
  async ends(): Promise<boolean> {
    while (!this.hasEnded && this.held.length === 0) await this.next();
    return this.hasEnded && this.held.length === 0 && !this.isLate;
  }

  /** Whether something comes before `milliseconds` of silence, or the end. */
  async says(milliseconds: number): Promise<boolean> {
    const silence = Date.now() + milliseconds;
    while (this.held.length === 0 && !this.hasEnded && Date.now() < silence) {
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([this.next(), new Promise((resolve) => (timer = setTimeout(resolve, silence - Date.now())))]);
      clearTimeout(timer);
    }
    return this.held.length > 0;
  }

  close(): void {
    clearTimeout(this.deadline);
    this.socket.destroy();
  }

  private async body(headers: HttpAnswer["headers"]): Promise<Buffer> {
    if (headers.get("transfer-encoding")?.includes("chunked")) return this.chunks();
    const length = headers.get("content-length")?.[0];
    if (length !== undefined) return this.bytes(Number(length));
    while (!this.hasEnded) await this.next();
    if (this.isLate) throw new Error("late");
    return this.take(this.held.length);
  }

  private async chunks(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const line = await this.find("\r\n");
      if (line === undefined) throw new Error("broken off between chunks");
      const size = Number.parseInt(this.take(line + 2).toString("latin1"), 16);
      parts.push((await this.bytes(size + 2)).subarray(0, size));
      if (size === 0) return Buffer.concat(parts);
    }
  }

  /** Where `text` begins in what came; nothing when the connection ended before the first byte. */
  private async find(text: string): Promise<number | undefined> {
    for (;;) {
      const at = this.held.indexOf(text);
      if (at >= 0) return at;
      if (this.hasEnded && this.held.length === 0 && !this.isLate) return undefined;
      await this.more();
    }
  }

  private async some(): Promise<void> {
    while (this.held.length === 0 && !this.hasEnded) await this.next();
  }

  private async more(): Promise<void> {
    if (this.isLate) throw new Error("late");
    if (this.hasEnded)
      throw new Error(`broken off after ${JSON.stringify(this.held.subarray(0, 80).toString("latin1"))}`);
    await this.next();
  }

  private next(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private take(count: number): Buffer {
    const taken = this.held.subarray(0, count);
    this.held = this.held.subarray(count);
    return taken;
  }
}

function headersOf(fields: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (const field of fields) {
    const name = field.slice(0, field.indexOf(":")).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), field.slice(field.indexOf(":") + 1).trim()]);
  }
  return headers;
}
