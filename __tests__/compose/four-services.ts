import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A compose file of four services as people write them, and what it builds: a page in front of an API, a worker, and a Redis
 * whose volume remembers the version that came first. `VERSION` is the one thing that a new version changes.
 */
export const COMPOSE = `services:
  web:
    build: web
    ports: ["8080:3000"]
    environment: {API_URL: "http://api:8000", SESSION_SECRET: "\${SESSION_SECRET:-change-me}"}
    depends_on: [api]
    mem_limit: 64m
  api:
    build: {context: api, args: {VERSION: "\${VERSION:-1}"}}
    environment: {REDIS_URL: "redis://redis:6379/0"}
    healthcheck: {test: ["CMD", "python", "/app/healthy.py"], interval: 5s}
    depends_on: {redis: {condition: service_healthy}}
    mem_limit: 64m
  worker:
    build: api
    command: python /app/worker.py --queue=mail
    environment: {REDIS_URL: "redis://redis:6379/0"}
    mem_limit: 48m
  redis:
    image: redis:7
    command: redis-server --appendonly yes
    # another container with each version, so that what it keeps is seen to outlive it
    environment: {VERSION: "\${VERSION:-1}"}
    volumes: ["data:/data"]
    mem_limit: 64m
volumes: {data: {}}
`;

const WEB_DOCKERFILE = `FROM python:3.12-slim
COPY . /app
CMD ["python", "/app/app.py"]
`;

const API_DOCKERFILE = `FROM python:3.12-slim
ARG VERSION=1
ENV VERSION=$VERSION
COPY . /app
CMD ["python", "/app/app.py"]
`;

const WEB = `import os, signal, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with urlopen(os.environ["API_URL"], timeout=5) as answer:
                status, text = 200, answer.read().decode()
        except OSError as error:
            status, text = 502, str(error)
        body = f"<h1>A shop</h1><p>{text}</p>\\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("", 3000), Page).serve_forever()
`;

/** Redis's own protocol, as far as it is needed here: no package is installed, so that the image is built anywhere. */
const STORE = `import os, socket
from urllib.parse import urlsplit


def ask(*words):
    url = urlsplit(os.environ["REDIS_URL"])
    with socket.create_connection((url.hostname, url.port), timeout=10) as store:
        store.sendall(f"*{len(words)}\\r\\n".encode())
        for word in words:
            text = str(word).encode()
            store.sendall(b"$%d\\r\\n%s\\r\\n" % (len(text), text))
        answer = store.makefile("rb")
        first = answer.readline().decode().rstrip()
        if first.startswith("-"):
            raise OSError(first)
        if not first.startswith("$"):
            return first[1:]
        size = int(first[1:])
        return None if size < 0 else answer.read(size).decode()
`;

const API = `import os, signal, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from store import ask

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
version = os.environ["VERSION"]


class Api(BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            if self.path == "/":
                ask("SET", "since", version, "NX")
                ask("LPUSH", "mail", version)
            status, text = 200, f"kept since version {ask('GET', 'since')}, served by version {version}"
        except OSError as error:
            status, text = 503, str(error)
        self.send_response(status)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("", 8000), Api).serve_forever()
`;

const HEALTHY = `from urllib.request import urlopen

urlopen("http://127.0.0.1:8000/health", timeout=3)
`;

const WORKER = `import signal, sys, time

from store import ask

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
queue = sys.argv[1].removeprefix("--queue=")
while True:
    try:
        if ask("RPOP", queue) is not None:
            ask("INCR", "sent")
            continue
    except OSError as error:
        print(f"no {queue}: {error}", flush=True)
    time.sleep(1)
`;

/** What stands beside the compose file, by path. */
export const FILES: Readonly<Record<string, string>> = {
  "web/Dockerfile": WEB_DOCKERFILE,
  "web/app.py": WEB,
  "api/Dockerfile": API_DOCKERFILE,
  "api/app.py": API,
  "api/healthy.py": HEALTHY,
  "api/store.py": STORE,
  "api/worker.py": WORKER,
};

/** What the page says as long as nothing was lost that its first version kept. */
export const KEPT = "kept since version 1";

/** Writes all of it into a folder. */
export function writeFourServices(folder: string): void {
  for (const [path, text] of Object.entries({ "compose.yaml": COMPOSE, ...FILES })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
