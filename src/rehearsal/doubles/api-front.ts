import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Ask } from "../authorization/ask.ts";
import { callAsks } from "../authorization/call-asks.ts";
import type { ApiAnswer } from "./api-answer.ts";
import { type ApiCall, ApiRefusal } from "./api-call.ts";
import type { MotoClient } from "./moto-client.ts";
import type { Principals } from "./principals.ts";
import { RPC_V2_CBOR } from "./rpc-v2-cbor.ts";
import { readScope, type Scope, verifySignature } from "./signature.ts";

/** Handles a call instead of moto; `forward` asks moto. */
export type Interceptor = (call: ApiCall, forward: () => Promise<ApiAnswer>) => Promise<ApiAnswer>;

/** A call that was answered, for the report. */
export interface LoggedCall {
  readonly caller: string;
  readonly service: string;
  readonly action: string;
  readonly status: number;
  /** When it was answered, in milliseconds of the epoch. */
  readonly at: number;
  readonly error?: string;
  /** What AWS asked the caller's policies about it. */
  readonly asks: readonly Ask[];
}

/** Headers that belong to one connection and must not travel on. */
const HOP_BY_HOP = ["connection", "keep-alive", "transfer-encoding", "content-length", "host", "expect"];

/**
 * The AWS API as Terraform and the stand-in see it: signatures are checked, interceptors refuse and play what moto
 * does not, moto answers the rest.
 */
export class ApiFront {
  readonly calls: LoggedCall[] = [];
  readonly #interceptors = new Map<string, Interceptor[]>();
  readonly #plays: { service: string; action: string; refusal: ApiRefusal }[] = [];
  readonly #observers: ((call: ApiCall, answer: ApiAnswer) => void)[] = [];

  constructor(
    private readonly moto: MotoClient,
    private readonly principals: Principals,
    private readonly account: string,
  ) {}

  /** Puts `interceptor` before moto, and behind those that were put there earlier. `*` is every action of the service. */
  intercept(service: string, action: string, interceptor: Interceptor): void {
    const key = `${service}:${action}`;
    this.#interceptors.set(key, [...(this.#interceptors.get(key) ?? []), interceptor]);
  }

  /** Refuses the next `times` calls of an action, as AWS does at times; they are logged like any other. */
  refuseNext(service: string, action: string, refusal: ApiRefusal, times = 1): void {
    for (let count = 0; count < times; count += 1) this.#plays.push({ service, action, refusal });
  }

  /** Tells `observer` about every call that succeeded. */
  observe(observer: (call: ApiCall, answer: ApiAnswer) => void): void {
    this.#observers.push(observer);
  }

  /** What an HTTP server, plain or TLS, hands its requests to. */
  readonly listener: RequestListener = (incoming, outgoing) => {
    this.#serve(incoming, outgoing).catch((error: unknown) => {
      outgoing.writeHead(500, { "content-type": "text/plain" }).end(`rehearsal: ${String(error)}`);
    });
  };

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const shape = { ...readProtocol(incoming, body), service: "unknown" };
    let caller = "nobody";
    let answer: ApiAnswer;
    let refused: string | undefined;
    let asks: readonly Ask[] = [];
    try {
      const scope = readScope(incoming.headers);
      shape.service = scope.service;
      const principal = await verifySignature(
        { method: incoming.method ?? "GET", url: incoming.url ?? "/", headers: incoming.headers, body },
        scope,
        this.principals,
      );
      caller = principal.instanceId ?? principal.kind;
      const call = { ...shape, region: scope.region, caller: principal, asks };
      asks = await callAsks(call, this.account, this.moto);
      answer = await this.#answer({ ...call, asks }, incoming, body, scope);
    } catch (error) {
      if (!(error instanceof ApiRefusal)) throw error;
      refused = `${error.code}: ${error.message}`;
      answer = error.answer(shape);
    }
    const { service, action } = shape;
    this.calls.push({
      caller,
      service,
      action,
      status: answer.status,
      at: Date.now(),
      asks,
      ...(refused ? { error: refused } : {}),
    });
    outgoing.writeHead(answer.status, withoutHopByHop(answer.headers)).end(answer.body);
  }

  async #answer(call: ApiCall, incoming: IncomingMessage, body: Buffer, scope: Scope): Promise<ApiAnswer> {
    const forward = async () => {
      const url = incoming.url ?? "/";
      const inJson = call.protocol === "cbor" ? RPC_V2_CBOR.asJson(url, call.input) : undefined;
      const answer = await this.moto.send(incoming.method ?? "GET", inJson ? "/" : url, {
        ...withoutHopByHop(incoming.headers as Record<string, string>),
        ...inJson?.headers,
        host: `${scope.service}.${scope.region}.amazonaws.com`,
        body: inJson?.body ?? body,
      });
      if (answer.status < 500) return inJson ? RPC_V2_CBOR.answer(answer) : answer;
      // A client would try again for minutes what moto will never be able to do.
      throw new ApiRefusal("RehearsalUnsupported", `moto cannot do ${call.service} ${call.action} (${answer.status})`);
    };
    const play = this.#plays.findIndex(({ service, action }) => service === call.service && action === call.action);
    if (play >= 0) throw this.#plays.splice(play, 1)[0]?.refusal;
    const chain = [
      ...(this.#interceptors.get(`${call.service}:*`) ?? []),
      ...(this.#interceptors.get(`${call.service}:${call.action}`) ?? []),
    ];
    const answer = await chain.reduceRight<() => Promise<ApiAnswer>>(
      (next, interceptor) => () => interceptor(call, next),
      forward,
    )();
    if (answer.status < 300) for (const observer of this.#observers) observer(call, answer);
    return answer;
  }
}

function readProtocol(incoming: IncomingMessage, body: Buffer): Pick<ApiCall, "protocol" | "action" | "input"> {
  if (RPC_V2_CBOR.isSpoken(incoming.headers)) return RPC_V2_CBOR.read(incoming.url ?? "/", body);
  const target = incoming.headers["x-amz-target"];
  if (typeof target === "string") {
    return { protocol: "json", action: target.split(".").pop() ?? "", input: parseInput(body) };
  }
  const type = incoming.headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) {
    const input = Object.fromEntries(new URLSearchParams(body.toString("utf8")));
    return { protocol: "query", action: input.Action ?? "", input };
  }
  return { protocol: "rest", action: `${incoming.method} ${(incoming.url ?? "/").split("?")[0]}`, input: {} };
}

function parseInput(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString("utf8") || "{}") as Record<string, unknown>;
  } catch {
    return {};
  }
}

function withoutHopByHop(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name.toLowerCase())));
}
