import { XMLBuilder } from "fast-xml-parser";
import type { Ask } from "../authorization/ask.ts";
import type { ApiAnswer } from "./api-answer.ts";
import type { Principal } from "./principals.ts";
import { RPC_V2_CBOR } from "./rpc-v2-cbor.ts";

/** A request to the AWS API, read as far as the doubles need it. */
export interface ApiCall {
  readonly service: string;
  readonly region: string;
  /** `SendCommand`; for a REST protocol the method and path. */
  readonly action: string;
  readonly protocol: "json" | "cbor" | "query" | "rest";
  /** The JSON or CBOR document, or the form's fields as text. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly caller: Principal;
  /** What AWS asks the caller's policies before it answers. */
  readonly asks: readonly Ask[];
}

/** What AWS refuses, with the code that its clients look for. */
export class ApiRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = "ApiRefusal";
  }

  /** The refusal as `protocol` spells errors. */
  answer(call: Pick<ApiCall, "protocol" | "service">): ApiAnswer {
    if (call.protocol === "json" || call.protocol === "cbor") {
      const body = Buffer.from(JSON.stringify({ __type: this.code, message: this.message }));
      const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-errortype": this.code };
      const answer = { status: this.status, headers, body };
      return call.protocol === "json" ? answer : RPC_V2_CBOR.answer(answer);
    }
    const error = { Code: this.code, Message: this.message };
    return xmlAnswer(
      call.service === "ec2"
        ? { Response: { Errors: { Error: error }, RequestID: "rehearsal" } }
        : { ErrorResponse: { Error: { Type: "Sender", ...error }, RequestId: "rehearsal" } },
      this.status,
    );
  }
}

/** An answer of the protocols that speak XML; a key that begins with `@_` is an attribute, a list repeats its element. */
export function xmlAnswer(document: object, status = 200): ApiAnswer {
  const text = new XMLBuilder({ ignoreAttributes: false }).build(document);
  return { status, headers: { "content-type": "text/xml" }, body: Buffer.from(text) };
}

/** A successful answer of the JSON protocol. */
export function jsonAnswer(output: unknown): ApiAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body: Buffer.from(JSON.stringify(output)),
  };
}

/** Reads the JSON of an answer that a double wants to look into or change. */
export function readJson(answer: ApiAnswer): Record<string, unknown> {
  return JSON.parse(answer.body.toString("utf8") || "{}") as Record<string, unknown>;
}
