import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../../src/rehearsal/free-port.ts";
import { pause } from "../../../nginx/running-nginx.ts";

const NAME = "slipway-test-agent";
const START_MS = 10_000;

// what a request to the app can ask: who it is, whether it is well, whether it reaches its neighbour
const DOCKERFILE = `FROM busybox:1.36
ARG VERSION
RUN mkdir -p /srv/cgi-bin && echo "version $VERSION" >/srv/index.html && echo ok >/srv/status
RUN printf '#!/bin/sh\\necho; wget -O - "$NEIGHBOUR/status" 2>/dev/null\\n' >/srv/cgi-bin/neighbour \\
 && printf '#!/bin/sh\\nwget -O - "$NEIGHBOUR/status" >/dev/null 2>&1 || { echo "Status: 503"; echo; exit; }\\necho; echo ready\\n' >/srv/cgi-bin/ready \\
 && printf '#!/bin/sh\\necho; env; cat /run/secrets/* 2>/dev/null\\n' >/srv/cgi-bin/env \\
 && printf '#!/bin/sh\\necho; for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 1; done; echo whole\\n' >/srv/cgi-bin/stream \\
 && printf '#!/bin/sh\\nsleep 2\\necho; echo slow\\n' >/srv/cgi-bin/slow \\
 && chmod 755 /srv/cgi-bin/*
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/srv"]
`;

/** What an image is built of: its Dockerfile, which takes VERSION, and the files beside it, by name and where they are. */
export interface TestApplication {
  readonly dockerfile: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** A registry of its own with tiny web servers in it, each known by its digest. */
export class TestImages {
  private readonly folder = mkdtempSync(join(tmpdir(), `${NAME}-registry-`));
  private readonly images = new Map<string, string>();
  private registry?: ChildProcess;
  private port = 0;

  /**
   * @param application @default a web server of BusyBox with pages that say how it is
   * @param users lines of an htpasswd file with bcrypt's hashes; everybody may pull and push where there are none
   */
  constructor(
    private readonly application: TestApplication = { dockerfile: DOCKERFILE },
    private readonly users?: string,
  ) {}

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Lets in these users from now on, and no others. */
  admit(users: string): void {
    writeFileSync(join(this.folder, "htpasswd"), users);
  }

  async start(): Promise<void> {
    this.port = await freePort();
    const config = join(this.folder, "config.yml");
    const auth =
      this.users === undefined ? "" : `auth:\n  htpasswd:\n    realm: test\n    path: ${this.folder}/htpasswd\n`;
    if (this.users !== undefined) this.admit(this.users);
    writeFileSync(
      config,
      `version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: ${this.folder}/data\n  delete:\n    enabled: true\nhttp:\n  addr: 127.0.0.1:${this.port}\n${auth}`,
    );
    this.registry = spawn("docker-registry", ["serve", config], { stdio: "ignore" });
    const failed = new Promise<never>((_, reject) =>
      this.registry?.once("error", () =>
        reject(
          new Error("docker-registry is not installed: this test needs the real one, apt-get install docker-registry"),
        ),
      ),
    );
    const answers = (async () => {
      for (const end = Date.now() + START_MS; Date.now() < end; await pause(50)) {
        if (
          await fetch(`http://127.0.0.1:${this.port}/v2/`).then(
            ({ status }) => status === (this.users === undefined ? 200 : 401),
            () => false,
          )
        )
          return;
      }
      throw new Error("docker-registry does not answer");
    })();
    await Promise.race([answers, failed]);
  }

  /** The reference by digest of the web server that says `version`, or of another `application`. */
  reference(version: string, application = this.application): string {
    const known = this.images.get(version);
    if (known) return known;
    const tag = `${this.repository}:${version}`;
    const context = join(this.folder, version);
    mkdirSync(context, { recursive: true });
    writeFileSync(join(context, "Dockerfile"), application.dockerfile);
    for (const [name, file] of Object.entries(application.files ?? {})) cpSync(file, join(context, name));
    docker(
      "build",
      "--quiet",
      "--label",
      `${NAME}=${this.port}`,
      "--build-arg",
      `VERSION=${version}`,
      "--tag",
      tag,
      context,
    );
    docker("push", "--quiet", tag);
    const reference = docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", tag).trim();
    docker("image", "rm", "--force", reference, tag);
    this.images.set(version, reference);
    return reference;
  }

  get repository(): string {
    return `127.0.0.1:${this.port}/${NAME}/app`;
  }

  get missing(): string {
    return `${this.repository}@sha256:${"0".repeat(64)}`;
  }

  /** What of it is on the engine now. */
  present(version: string): boolean {
    return docker("image", "ls", "--digests", "--format", "{{.Repository}}@{{.Digest}}").includes(
      this.reference(version),
    );
  }

  async stop(): Promise<void> {
    const registry = this.registry;
    if (registry?.exitCode === null) {
      const ended = new Promise((resolve) => registry.once("exit", resolve));
      registry.kill();
      await ended;
    }
    // its own names only: another run may have built the same image
    const own = docker("image", "ls", "--digests", "--format", "{{.Repository}}@{{.Digest}}", this.repository);
    for (const reference of own.split("\n").filter(Boolean)) docker("image", "rm", "--force", reference);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function docker(...words: string[]): string {
  return execFileSync("docker", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: process.env });
}
