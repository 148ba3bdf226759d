import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { LoopbackServer } from "../loopback-server.ts";

/** A server of code on this machine's loopback: repositories by git's own program or as plain files, and archives. */
export class CodeServer extends LoopbackServer {
  /** Who may come in, by the header that must be sent; everybody where there is none. */
  authorization?: string;
  /** Whether repositories are plain files, as a web server without git has them. */
  plain = false;
  /** Where every request is sent on to. */
  redirect?: string;
  readonly requests: { readonly url: string; readonly authorization?: string }[] = [];

  constructor(private readonly root: string) {
    super();
  }

  protected serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { authorization } = incoming.headers;
    const url = new URL(incoming.url ?? "/", "http://server");
    this.requests.push({ url: url.pathname, authorization });
    if (this.redirect !== undefined) {
      outgoing.writeHead(302, { location: `${this.redirect}${url.pathname}` }).end();
      return;
    }
    if (this.authorization !== undefined && authorization !== this.authorization) {
      outgoing.writeHead(401, { "www-authenticate": 'Basic realm="code"' }).end();
      return;
    }
    if (!this.plain && /\.git\//.test(url.pathname)) {
      backend(this.root, url, incoming, outgoing);
      return;
    }
    const file = join(this.root, url.pathname);
    if (existsSync(file)) outgoing.end(readFileSync(file));
    else outgoing.writeHead(404).end();
  }
}

function backend(root: string, url: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const cgi = spawn("git", ["http-backend"], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: incoming.method,
      CONTENT_TYPE: incoming.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: `${incoming.headers["content-encoding"] ?? ""}`,
      GIT_PROTOCOL: `${incoming.headers["git-protocol"] ?? ""}`,
    },
  });
  const chunks: Buffer[] = [];
  incoming.pipe(cgi.stdin);
  cgi.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  cgi.on("close", () => {
    const answer = Buffer.concat(chunks);
    const end = answer.indexOf("\r\n\r\n");
    const lines = answer.subarray(0, end).toString("latin1").split("\r\n");
    const headers = Object.fromEntries(lines.map((line) => line.split(": ", 2) as [string, string]));
    outgoing.writeHead(Number.parseInt(headers.Status ?? "200", 10), headers).end(answer.subarray(end + 4));
  });
}

/** Runs git as somebody, the same whoever runs it. @returns what it prints */
export function git(folder: string, ...words: readonly string[]): string {
  const who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"];
  const { status, stdout, stderr } = spawnSync("git", ["-C", folder, ...who, ...words], { encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${words.join(" ")}: ${stderr}`);
  return stdout.trim();
}
