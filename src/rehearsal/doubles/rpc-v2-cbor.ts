import type { IncomingHttpHeaders } from "node:http";
import { decodeFirstSync, encodeOne, Tagged } from "cbor";
import type { ApiAnswer } from "./api-answer.ts";

/** What an operation is told. */
type Input = Readonly<Record<string, unknown>>;

/** CBOR's tag for seconds of the epoch, without which a client takes a number for no timestamp. */
const EPOCH = 1;
const PATH = /^\/service\/([A-Za-z0-9_]+)\/operation\/([A-Za-z0-9_]+)$/;

/**
 * Smithy's RPC protocol in CBOR, which hashicorp/aws 6 speaks with CloudWatch. Moto knows the same operations in JSON.
 *
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
 */
export const RPC_V2_CBOR = {
  /** Whether a request speaks it. */
  isSpoken(headers: IncomingHttpHeaders): boolean {
    return headers["smithy-protocol"] === "rpc-v2-cbor";
  },

  /** The operation and the input of a request. */
  read(url: string, body: Buffer): { readonly protocol: "cbor"; readonly action: string; readonly input: Input } {
    const input = body.length === 0 ? {} : (decodeFirstSync(body) as Input);
    return { protocol: "cbor", action: PATH.exec(url)?.[2] ?? "", input };
  },

  /** The same call in JSON: its headers and body. */
  asJson(url: string, input: Input): { readonly headers: Record<string, string>; readonly body: Buffer } {
    const [, service, operation] = PATH.exec(url) ?? [];
    return {
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `${service}.${operation}` },
      body: Buffer.from(JSON.stringify(input)),
    };
  },

  /** What `json` says, in CBOR. */
  answer({ status, body }: ApiAnswer): ApiAnswer {
    const output = JSON.parse(body.toString("utf8") || "{}", (key, value) =>
      key.endsWith("Timestamp") && typeof value === "number" ? new Tagged(EPOCH, value) : value,
    );
    const headers = { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" };
    return { status, headers, body: encodeOne(output) };
  },
};
