import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const NOBODY = 65534;
const DEADLINE_MS = 5000;

/** Where Nginx keeps what it writes; only tests need to move it, since they run without root's folders. */
const TEMPORARY_PATHS = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

/** The directives that keep what Nginx writes in `folder`; its own is not there where its package is only unpacked. */
export function temporaryPaths(folder: string): string {
  return TEMPORARY_PATHS.map((name) => `${name}_temp_path ${folder}/${name};\n`).join("");
}

export function findNginx(): string {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin", "/usr/local/bin"];
  const found = folders.map((folder) => join(folder, "nginx")).find((file) => existsSync(file));
  if (!found) throw new Error("nginx is not installed: this test needs the real one, e.g. apt-get install nginx-light");
  return found;
}

/** Whether an Nginx of `version` has what came with `since`. */
export function knows(version: string, since: string): boolean {
  return since.localeCompare(version, "en", { numeric: true }) <= 0;
}

/**
 * A real Nginx without privileges, under a temporary folder. Files are given by the paths that they have on a host;
 * these paths are moved under the folder, in the names and in the texts alike, and nothing else is changed.
 */
export class NginxFolder {
  readonly folder: string;
  private readonly nginx = findNginx();
  private readonly user = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};

  constructor(files: Readonly<Record<string, string>>) {
    this.folder = mkdtempSync(join(tmpdir(), "slipway-nginx-"));
    this.own(this.folder);
    for (const path of ["/var/log/nginx/access.log", "/var/log/nginx/error.log"]) this.write(path, "");
    this.write("/etc/nginx/slipway/0-temporary.conf", temporaryPaths(this.folder));
    this.writeAll(files);
  }

  get version(): string {
    const { stderr } = spawnSync(this.nginx, ["-v"], { encoding: "utf8" });
    return /nginx\/([\d.]+)/.exec(stderr)?.[1] ?? "";
  }

  writeAll(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    const file = join(this.folder, path);
    for (const folder of missingFolders(file)) {
      mkdirSync(folder);
      this.own(folder);
    }
    writeFileSync(
      file,
      text.replaceAll(
        /(?<=[ "'])\/(?:(?:etc|var\/log)\/nginx|var\/lib\/slipway|run\/slipway-htpasswd)\//g,
        (path) => this.folder + path,
      ),
    );
    this.own(file);
  }

  /** What `nginx -t` says: its exit status and every line it prints. */
  test(): { status: number | null; output: string } {
    const options = this.options("test");
    const { status } = spawnSync(this.nginx, [...this.arguments(), "-t"], options);
    closeOutputs(options);
    return { status, output: this.read("test.stderr") };
  }

  /** Makes `path` a link to `target`, in one step where it was one before. */
  link(target: string, path: string): void {
    const link = join(this.folder, path);
    symlinkSync(join(this.folder, target), `${link}.new`);
    renameSync(`${link}.new`, link);
  }

  /** Starts it and waits until `port` answers. */
  async start(port: number): Promise<RunningNginx> {
    const options = this.options("nginx");
    const child = spawn(this.nginx, this.arguments(), options);
    closeOutputs(options);
    const running = new RunningNginx(this, child);
    const deadline = Date.now() + DEADLINE_MS;
    while (!(await accepts(port))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        await running.stop();
        throw new Error(`nginx does not listen on ${port}: ${this.read("nginx.stderr")}`);
      }
      await pause(20);
    }
    return running;
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private arguments(): string[] {
    const directives = `daemon off; pid ${this.folder}/nginx.pid;`;
    return ["-p", this.folder, "-c", join(this.folder, "etc/nginx/nginx.conf"), "-g", directives];
  }

  /** Files for its output: `/dev/stdout` can be opened again where it is a file or a pipe, not a socket as Node's. */
  private options(name: string): ProcessOptions {
    const open = (stream: string) => {
      this.write(`${name}.${stream}`, "");
      return openSync(join(this.folder, `${name}.${stream}`), "a");
    };
    return { stdio: ["ignore", open("stdout"), open("stderr")], ...this.user };
  }

  private own(path: string): void {
    chmodSync(path, 0o755);
    if (this.user.uid !== undefined) chownSync(path, NOBODY, NOBODY);
  }
}

interface ProcessOptions {
  readonly stdio: ["ignore", number, number];
  readonly uid?: number;
  readonly gid?: number;
}

function closeOutputs({ stdio }: ProcessOptions): void {
  for (const output of stdio.slice(1)) closeSync(output as number);
}

export class RunningNginx {
  constructor(
    readonly files: NginxFolder,
    private readonly child: ChildProcess,
  ) {}

  reload(): void {
    this.child.kill("SIGHUP");
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGTERM");
      await ended;
    }
    this.files.remove();
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function missingFolders(file: string): string[] {
  const missing: string[] = [];
  for (let folder = dirname(file); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  return missing;
}

async function accepts(port: number): Promise<boolean> {
  const { connect } = await import("node:net");
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
