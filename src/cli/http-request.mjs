// @ts-check
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect as connectTcp } from "node:net";
import { pipeline } from "node:stream/promises";
import { connect as connectTls } from "node:tls";

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
export function request(url, { method = "GET", headers = {}, timeout = 15_000, env = process.env, body, into } = {}) {
  const target = new URL(url);
  const proxy = proxyFor(target, env);
  return new Promise((resolve, reject) => {
    /** @type {import("node:https").RequestOptions} */
    const options = { method, headers, defaultPort: target.protocol === "http:" ? 80 : 443 };
    // Node asks createConnection only where no agent is named at all.
    if (proxy) options.createConnection = (_, done) => void tunnel(proxy, target, /** @type {TunnelDone} */ (done));
    else options.agent = false;
    const call = (target.protocol === "http:" ? requestHttp : requestHttps)(target, options);
    const timer = setTimeout(() => call.destroy(new Error(`no answer within ${timeout / 1000} s`)), timeout);
    call.once("close", () => clearTimeout(timer));
    call.once("error", () => clearTimeout(timer));
    call.once("error", (error) => reject(new Error(`${target.host} does not answer (${reason(error)})`)));
    const alive = () => void timer.refresh();
    call.once("response", (response) => {
      if (into && response.statusCode === 200) {
        response.on("data", alive);
        const answer = { status: 200, headers: response.headers, body: Buffer.alloc(0) };
        pipeline(response, into()).then(() => resolve(answer), reject);
        return;
      }
      /** @type {Buffer[]} */
      const chunks = [];
      let size = 0;
      response.on("data", (chunk) => {
        size += chunk.length;
        if (size > MOST_BYTES) call.destroy(new Error(`more than ${MOST_BYTES} bytes`));
        else chunks.push(chunk);
      });
      response.once("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    if (typeof body !== "function") return void call.end(body);
    const sent = body();
    sent.on("data", alive);
    // A refusal may come before all is sent; then that is the answer, and the rest has nowhere to go.
    pipeline(sent, call).catch((error) => call.destroy(error));
  });
}

/**
 * Whether a service answers: any HTTP answer below 500 counts, silence and refusal do not.
 * @param {string} url
 * @param {HttpOptions} [options]
 * @returns {Promise<boolean>}
 */
export function answers(url, options = { timeout: 4000 }) {
  return request(url, options).then(
    ({ status }) => status < 500,
    () => false,
  );
}

/**
 * The proxy that the environment names for a URL, by the names and the exceptions that curl and Go understand.
 * @param {URL} url
 * @param {NodeJS.ProcessEnv} env
 * @returns {URL | undefined}
 */
export function proxyFor(url, env) {
  const proxy = url.protocol === "http:" ? env.HTTP_PROXY || env.http_proxy : env.HTTPS_PROXY || env.https_proxy;
  if (!proxy || /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)) return undefined;
  const spared = (env.NO_PROXY || env.no_proxy || "").split(",").map((name) => name.trim().replace(/^\*?\./, ""));
  const isSpared = spared.some(
    (name) => name === "*" || (name !== "" && (url.hostname === name || url.hostname.endsWith(`.${name}`))),
  );
  return isSpared ? undefined : new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
}

/** @typedef {(error: Error | null, socket: import("node:net").Socket) => void} TunnelDone */

/**
 * A connection to `url`'s host through an HTTP proxy.
 * @param {URL} proxy
 * @param {URL} url
 * @param {TunnelDone} done
 */
function tunnel(proxy, url, done) {
  const socket = connectTcp(Number(proxy.port || 80), proxy.hostname);
  const target = `${url.hostname}:${url.port || (url.protocol === "http:" ? 80 : 443)}`;
  const login = Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString(
    "base64",
  );
  const authorization = proxy.username ? `Proxy-Authorization: Basic ${login}\r\n` : "";
  socket.once("error", (error) => done(error, socket));
  socket.once("connect", () => socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`));
  socket.once("data", (answer) => {
    if (!/^HTTP\/1\.[01] 200/.test(answer.toString("latin1")))
      done(new Error("the proxy refused the connection"), socket);
    else done(null, url.protocol === "http:" ? socket : connectTls({ socket, servername: url.hostname }));
  });
}

/** @param {Error} error */
function reason(error) {
  return error.message || String(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.name);
}
