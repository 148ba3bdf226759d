import { createServer } from "node:http";
import { Catalog } from "./catalog.js";
import { readConfiguration } from "./configuration.js";
import { errorPage, titlesPage } from "./pages.js";

const DRAIN_MILLISECONDS = 8_000;
const ORIGIN = "http://frontend";

const configuration = readConfiguration(process.env);
const catalog = new Catalog(configuration.catalogUrl);
let ready = false;
let stopping = false;

function send(response, status, type, body) {
  response.writeHead(status, {
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    ...(stopping && { Connection: "close" }),
  });
  response.end(body);
}

const sendHtml = (response, status, body) => send(response, status, "text/html", body);
const sendJson = (response, status, value) => send(response, status, "application/json", JSON.stringify(value));
const sendText = (response, status, body) => send(response, status, "text/plain", `${body}\n`);

const routes = {
  "/ready": (_url, response) =>
    ready && !stopping ? sendText(response, 200, "ready") : sendText(response, 503, "not ready"),

  "/": async (url, response) => {
    const type = url.searchParams.get("type") === "tv" ? "tv" : "movie";
    const titles = await catalog.titles(type);
    sendHtml(response, 200, titlesPage(type, titles));
  },

  "/api/discover": async (url, response) => {
    const answer = await catalog.discover(url.search);
    send(response, answer.status, answer.type, answer.body);
  },
};

async function answer(request, response) {
  if (!URL.canParse(ORIGIN + request.url)) return sendText(response, 400, "that is no path");
  const url = new URL(ORIGIN + request.url);
  const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
  if (!route) return sendText(response, 404, `nothing is at ${url.pathname}`);
  if (!["GET", "HEAD"].includes(request.method)) return sendText(response, 405, "only GET and HEAD are answered here");
  try {
    await route(url, response);
  } catch (error) {
    console.error(`${request.method} ${request.url}: ${error.message}`);
    if (url.pathname.startsWith("/api/")) sendJson(response, 502, { error: error.message });
    else sendHtml(response, 502, errorPage(error.message));
  }
}

const server = createServer((request, response) => {
  response.on("close", () => console.log(`${request.method} ${request.url} ${response.statusCode}`));
  answer(request, response);
});

// Nginx keeps idle connections for 60 s: this side must not be the one that closes first.
server.keepAliveTimeout = 65_000;

server.listen(configuration.port, () => {
  console.log(
    `listening on port ${configuration.port}, ready in ${configuration.readyAfterSeconds} s, catalogue at ${configuration.catalogUrl}`,
  );
  setTimeout(() => {
    ready = true;
    console.log("ready");
  }, configuration.readyAfterSeconds * 1000);
});

function stop(signal) {
  if (stopping) return;
  stopping = true;
  console.log(`${signal}: finishing the requests in flight`);
  server.close(() => process.exit(0));
  setTimeout(() => process.exit(1), DRAIN_MILLISECONDS).unref();
}

process.on("SIGTERM", stop);
process.on("SIGINT", stop);
