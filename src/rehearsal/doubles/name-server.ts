import { createSocket, type Socket } from "node:dgram";

/** Where a name leads to; nothing for a name that does not exist. */
export type Resolve = (name: string) => Promise<string | undefined>;

const HEADER_BYTES = 12;
const TYPE_A = 1;
const CLASS_IN = 1;
const RESPONSE = 0x8000;
const RECURSION_DESIRED = 0x0100;
const RECURSION_AVAILABLE = 0x0080;
const FORMAT_ERROR = 1;
const SERVER_FAILURE = 2;
const NO_SUCH_NAME = 3;

/**
 * A name server that is asked for IPv4 addresses, as whoever validates a name asks: each question anew, since names come
 * while a stack is applied. Why no library of DNS: one question and one answer of it are all that is spoken here, and every
 * user of the package would install it.
 */
export class NameServer {
  static async start(resolve: Resolve): Promise<NameServer> {
    const socket = createSocket("udp4");
    const server = new NameServer(socket, resolve);
    socket.on("message", (query, from) => {
      void server.#answer(query).then((answer) => answer && socket.send(answer, from.port, from.address));
    });
    await new Promise<void>((listening, failed) => {
      socket.once("error", failed);
      socket.bind(0, "127.0.0.1", listening);
    });
    return server;
  }

  private constructor(
    private readonly socket: Socket,
    private readonly resolve: Resolve,
  ) {}

  /** As `address:port`. */
  get address(): string {
    const { address, port } = this.socket.address();
    return `${address}:${port}`;
  }

  close(): Promise<void> {
    return new Promise((closed) => this.socket.close(closed));
  }

  async #answer(query: Buffer): Promise<Buffer | undefined> {
    if (query.length < HEADER_BYTES) return undefined;
    const question = readQuestion(query);
    if (question === undefined) return response(query, FORMAT_ERROR);
    try {
      const address = await this.resolve(question.name);
      if (address === undefined) return response(query, NO_SUCH_NAME, question.bytes);
      const isAsked = question.type === TYPE_A && question.class === CLASS_IN;
      return response(query, 0, question.bytes, isAsked ? address : undefined);
    } catch {
      return response(query, SERVER_FAILURE, question.bytes);
    }
  }
}

interface Question {
  readonly name: string;
  readonly type: number;
  readonly class: number;
  /** As it came, for the answer repeats it. */
  readonly bytes: Buffer;
}

/** The first question (RFC 1035, 4.1.2); a name in a question is never compressed. */
function readQuestion(query: Buffer): Question | undefined {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at]; length !== 0; length = query[at]) {
    if (length === undefined || length > 63) return undefined;
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += length + 1;
  }
  const end = at + 5;
  if (end > query.length) return undefined;
  const name = labels.join(".").toLowerCase();
  const bytes = query.subarray(HEADER_BYTES, end);
  return { name, type: query.readUInt16BE(at + 1), class: query.readUInt16BE(at + 3), bytes };
}

function response(query: Buffer, code: number, question: Buffer = Buffer.alloc(0), address?: string): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(RESPONSE | (query.readUInt16BE(2) & RECURSION_DESIRED) | RECURSION_AVAILABLE | code, 2);
  header.writeUInt16BE(question.length > 0 ? 1 : 0, 4);
  header.writeUInt16BE(address === undefined ? 0 : 1, 6);
  return Buffer.concat([header, question, address === undefined ? Buffer.alloc(0) : record(address)]);
}

/** The address of the question's name, which nobody may keep. */
function record(address: string): Buffer {
  const fields = Buffer.alloc(12);
  fields.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  fields.writeUInt16BE(TYPE_A, 2);
  fields.writeUInt16BE(CLASS_IN, 4);
  fields.writeUInt16BE(4, 10);
  return Buffer.concat([fields, Buffer.from(address.split(".").map(Number))]);
}
