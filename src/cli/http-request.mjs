// @ts-check
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Agent, ProxyAgent, request as send } from "undici";
import { proxyFor } from "./proxy.mjs";

/** @typedef {{ status: number, headers: import("node:http").IncomingHttpHeaders, body: Buffer }} HttpAnswer */
/**
 * @typedef {object} HttpOptions
 * @property {string} [method]
 * @property {Record<string, string>} [headers]
 * @property {number} [timeout] milliseconds until the answer is whole; of a stream, those without a byte of it
 * @property {NodeJS.ProcessEnv} [env]
 * @property {Buffer | (() => import("node:stream").Readable)} [body] a function, where it may have to be sent twice
 * @property {() => import("node:stream").Writable} [into] where the body of a good answer goes, in place of memory
 */

/** Manifests are at most 4 MiB by the distribution specification. */
const MOST_BYTES = 4 * 2 ** 20;

/**
 * One HTTP request, through the proxy that the environment names as Docker, Terraform and curl would use it; Node's own
 * fetch does not. Redirects are the caller's.
 *
 * @param {string} url
 * @param {HttpOptions} [options]
 * @returns {Promise<HttpAnswer>}
 */
export async function request(url, options = {}) {
  const { method = "GET", headers = {}, timeout = 15_000, env = process.env, body, into } = options;
  const target = new URL(url);
  const proxy = proxyFor(target, env);
  // The one limit of time is the timer's.
  const limits = { headersTimeout: 0, bodyTimeout: 0, connect: { timeout } };
  const dispatcher = proxy ? new ProxyAgent({ uri: proxy.href, proxyTunnel: false, ...limits }) : new Agent(limits);
  const stop = new AbortController();
  const late = () => stop.abort(new Error(`no answer within ${timeout / 1000} s`));
  const timer = setTimeout(late, timeout);
  /** @param {AsyncIterable<Buffer>} chunks */
  const watched = async function* (chunks) {
    for await (const chunk of chunks) {
      timer.refresh();
      yield chunk;
    }
  };
  const sent = typeof body === "function" ? Readable.from(watched(body()), { objectMode: false }) : body;
  try {
    const answer = await send(url, {
      method: /** @type {import("undici").Dispatcher.HttpMethod} */ (method),
      headers,
      body: sent ?? null,
      dispatcher,
      signal: stop.signal,
    }).catch((error) => {
      throw new Error(`${target.host} does not answer (${reason(error)})`);
    });
    const { statusCode: status, headers: received } = answer;
    if (into && status === 200) {
      await pipeline(answer.body, watched, into());
      return { status, headers: received, body: Buffer.alloc(0) };
    }
    return { status, headers: received, body: await collected(answer.body) };
  } finally {
    clearTimeout(timer);
    dispatcher.destroy().catch(() => {});
  }
}

/** @param {AsyncIterable<Buffer>} chunks */
async function collected(chunks) {
  /** @type {Buffer[]} */
  const kept = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error(`the answer has more than ${MOST_BYTES} bytes`);
    kept.push(chunk);
  }
  return Buffer.concat(kept);
}

/** @param {Error & { code?: string }} error */
function reason(error) {
  return error.message || String(error.code ?? error.name);
}
