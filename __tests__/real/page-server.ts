/**
 * A Python program that answers on port 5000. `answer` are the lines that set `body` and `status` of a GET of
 * `self.path`, `first` those that run before it listens. It ends what it began when it is told to stop.
 */
export function pageServer(answer: string, first = ""): string {
  return `
import http.server, os, signal, sys, threading, time, urllib.request
def fetched(url):
    try:
        return urllib.request.urlopen(url, timeout=2).read().decode(), 200
    except Exception as error:
        return str(error), 503
${first.trim()}
class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
${answer.trim().replaceAll(/^/gm, "        ")}
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *words):
        pass
server = http.server.ThreadingHTTPServer(("", 5000), Page)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
server.serve_forever()
`;
}
