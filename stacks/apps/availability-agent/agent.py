"""Asks a list of URLs at an interval whether they are there, logs each answer, exposes the last ones as metrics and writes
all of them to InfluxDB 1.8, if it is told of one."""

import base64
import collections
import http.client
import os
import re
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Probe:
    """What one request found."""

    url: str
    up: bool
    seconds: float
    answer: str
    at: int


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: following it would measure somebody else."""

    def redirect_request(self, *_):
        return None


MOST_POINTS = 10_000
PASSWORD_FILE = "/run/secrets/INFLUXDB_PASSWORD"
OPENER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def probe(url, timeout):
    """Requests `url` once. Up is any answer below 400."""
    started, at = time.monotonic(), int(time.time())
    try:
        with OPENER.open(url, timeout=timeout) as response:
            status, answer = response.status, str(response.status)
    except urllib.error.HTTPError as error:
        status, answer = error.code, str(error.code)
    except (OSError, http.client.HTTPException) as error:
        status, answer = None, str(getattr(error, "reason", None) or error or type(error).__name__)
    return Probe(url, status is not None and status < 400, time.monotonic() - started, answer, at)


def metrics(probes):
    """The last probes in the text format that Prometheus reads."""
    lines = ["# HELP probe_up Whether the target answered below 400.", "# TYPE probe_up gauge"]
    lines += [f'probe_up{{target="{label(p.url)}"}} {int(p.up)}' for p in probes]
    lines += ["# HELP probe_duration_seconds How long the answer took.", "# TYPE probe_duration_seconds gauge"]
    lines += [f'probe_duration_seconds{{target="{label(p.url)}"}} {p.seconds:.3f}' for p in probes]
    return "\n".join(lines) + "\n"


def label(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def point(found):
    """A probe in InfluxDB's line protocol."""
    target = re.sub(r"([,= \\])", r"\\\1", found.url)
    answer = found.answer.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'availability,target={target} up={int(found.up)}i,seconds={found.seconds:.6f},answer="{answer}" {found.at}'


class Influx:
    """A database of InfluxDB. Points that it did not take are kept for the next time, the oldest ones go first."""

    def __init__(self, url, database, user, password, timeout):
        query = urllib.parse.urlencode({"db": database, "precision": "s"})
        self.url, self.timeout = f"{url.rstrip('/')}/write?{query}", timeout
        self.headers = {"Content-Type": "text/plain; charset=utf-8"}
        if user:
            login = base64.b64encode(f"{user}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {login}"
        self.kept = collections.deque(maxlen=MOST_POINTS)

    def write(self, probes):
        self.kept.extend(map(point, probes))
        body = "\n".join(self.kept).encode()
        try:
            with OPENER.open(urllib.request.Request(self.url, body, self.headers), timeout=self.timeout):
                self.kept.clear()
        except urllib.error.HTTPError as error:
            reason = error.read().decode(errors="replace").strip()
            print("not written", error.code, reason, flush=True)
            # what it does not understand today it will not understand tomorrow
            if error.code == 400:
                self.kept.clear()
        except (OSError, http.client.HTTPException) as error:
            print("not written", getattr(error, "reason", None) or error or type(error).__name__, flush=True)


class Agent:
    """Probes its targets together, again and again, until it is told to stop."""

    def __init__(self, targets, interval, timeout, influx=None):
        self.targets, self.interval, self.timeout, self.influx = targets, interval, timeout, influx
        self.probes = []
        self.stopping = threading.Event()

    def run(self):
        with ThreadPoolExecutor(max_workers=min(len(self.targets), 16)) as pool:
            while not self.stopping.is_set():
                started = time.monotonic()
                self.probes = list(pool.map(lambda url: probe(url, self.timeout), self.targets))
                for found in self.probes:
                    print("up" if found.up else "down", found.url, f"{found.seconds * 1000:.0f}ms", found.answer, flush=True)
                if self.influx:
                    self.influx.write(self.probes)
                self.stopping.wait(max(0.0, self.interval - (time.monotonic() - started)))


def serve_metrics(agent, port):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path == "/metrics"
            body = (metrics(agent.probes) if found else "metrics are at /metrics\n").encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """The log belongs to the probes."""

    threading.Thread(target=ThreadingHTTPServer(("", port), Handler).serve_forever, daemon=True).start()


def seconds(name, usual):
    text = os.environ.get(name, str(usual))
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 86_400:
        sys.exit(f"{name} is a number of seconds above 0, at most a day, got '{text}'")
    return value


def target_urls():
    urls = os.environ.get("TARGETS", "").split()
    if not urls:
        sys.exit("TARGETS is a list of URLs with spaces between them, got none")
    for url in urls:
        if not is_http(url):
            sys.exit(f"TARGETS holds http:// and https:// URLs, got '{url}'")
    return urls


def is_http(url):
    try:
        parts = urllib.parse.urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def influx(timeout):
    """The database that the environment names, if it does."""
    url = os.environ.get("INFLUXDB_URL", "")
    if not url:
        return None
    if not is_http(url):
        sys.exit(f"INFLUXDB_URL is an http:// or https:// URL, got '{url}'")
    user, password = os.environ.get("INFLUXDB_USER", ""), ""
    if user:
        try:
            with open(PASSWORD_FILE) as file:
                password = file.read().strip()
        except OSError as error:
            sys.exit(f"{PASSWORD_FILE} is the password of INFLUXDB_USER, and cannot be read: {error.strerror}")
    return Influx(url, os.environ.get("INFLUXDB_DATABASE", "availability"), user, password, timeout)


def main():
    timeout = seconds("TIMEOUT_SECONDS", 5)
    agent = Agent(target_urls(), seconds("INTERVAL_SECONDS", 30), timeout, influx(timeout))
    signal.signal(signal.SIGTERM, lambda *_: agent.stopping.set())
    signal.signal(signal.SIGINT, lambda *_: agent.stopping.set())
    serve_metrics(agent, 9115)
    agent.run()


if __name__ == "__main__":
    main()
