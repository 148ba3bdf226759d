import type { ChildProcess } from "node:child_process";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EmulatedAcme } from "../acme-sources.ts";
import type { Authority } from "../certificate-authority.ts";
import { freePort } from "../free-port.ts";
import { spawnBound } from "../program.ts";
import type { Resolve } from "./name-server.ts";
import { NameServer } from "./name-server.ts";
import { pass } from "./passing.ts";

export interface AcmeServerProps {
  readonly acme: EmulatedAcme;
  /** Its certificate is good for every name of a directory. */
  readonly authority: Authority;
  /** Where the names lead to for which certificates are asked. */
  readonly resolve: Resolve;
  /** The key of every account that the operator gave out. */
  readonly accountKey: string;
  readonly runDir: string;
  /** Where it looks for what shows that a name is somebody's. @default 80, as every ACME server does */
  readonly httpPort?: number;
}

const START_TIMEOUT_MS = 20_000;
/** As long as Let's Encrypt's certificates last. */
const CERTIFICATE_SECONDS = 90 * 24 * 3600;
/** Pebble's own path of its directory. */
const DIRECTORY = "/dir";

/**
 * Every ACME server that a stack names, Let's Encrypt's before all, played by pebble, Let's Encrypt's own server for tests:
 * it validates by HTTP-01 as they do, and makes the URLs that it gives out from the name that it was asked by.
 */
export class AcmeServer {
  static async start(props: AcmeServerProps): Promise<AcmeServer> {
    const names = await NameServer.start(props.resolve);
    const [port, management] = [await freePort(), await freePort()];
    const { acme, authority, accountKey, runDir, httpPort = 80 } = props;
    const config = {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: authority.certificateFile,
      privateKey: authority.keyFile,
      httpPort,
      tlsPort: 443,
      ocspResponderURL: "",
      certificateValidityPeriod: CERTIFICATE_SECONDS,
      externalAccountBindingRequired: acme.isClosed,
      externalAccountMACKeys: Object.fromEntries(acme.accounts.map(({ keyId }) => [keyId, accountKey])),
    };
    const file = join(runDir, "pebble.json");
    writeFileSync(file, JSON.stringify({ pebble: config }));
    const logFile = openSync(join(runDir, "pebble.log"), "a");
    const child = spawnBound("pebble", ["-config", file, "-dnsserver", names.address], {
      // It would wait before it validates, validate again what it has validated, and refuse good nonces now and then.
      env: {
        PATH: process.env.PATH,
        PEBBLE_VA_NOSLEEP: "1",
        PEBBLE_AUTHZREUSE: "0",
        PEBBLE_WFE_NONCEREJECT: "0",
      },
      stdio: ["ignore", logFile, logFile],
    });
    const ca = readFileSync(authority.authorityFile);
    const server = new AcmeServer(acme, { port, management, ca }, child, names);
    try {
      await server.#answers(join(runDir, "pebble.log"));
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** The authority that signs certificates, in PEM; known once it has started. */
  root = "";

  private constructor(
    private readonly acme: EmulatedAcme,
    private readonly pebble: { readonly port: number; readonly management: number; readonly ca: Buffer },
    private readonly process: ChildProcess,
    private readonly names: NameServer,
  ) {}

  /** Answers under the names of the directories. */
  readonly listener: RequestListener = (incoming, outgoing) => {
    const asked = `https://${incoming.headers.host}${incoming.url}`;
    const isDirectory = this.acme.directories.some((directory) => new URL(directory).href === asked);
    const path = isDirectory ? DIRECTORY : incoming.url;
    pass(incoming, outgoing, { host: "127.0.0.1", port: this.pebble.port, path, tls: this.#tls });
  };

  async stop(): Promise<void> {
    await this.names.close();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGKILL"); // It keeps nothing.
    await ended;
  }

  get #tls() {
    const [first = ""] = this.acme.directories;
    return { ca: this.pebble.ca, servername: new URL(first).hostname };
  }

  async #answers(logFile: string): Promise<void> {
    let failure: Error | undefined;
    this.process.once("error", (error) => {
      failure = error;
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline && this.process.exitCode === null && failure === undefined) {
      try {
        this.root = await this.#ask("/roots/0");
        return;
      } catch {
        await sleep(50);
      }
    }
    const said = failure?.message ?? readFileSync(logFile, "utf8").trim().split("\n").slice(-10).join("\n");
    throw new Error(`pebble, which plays the ACME server, did not start\n${said}`);
  }

  /** What its management answers. */
  #ask(path: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const asking = request({ host: "127.0.0.1", port: this.pebble.management, path, ...this.#tls }, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (more: string) => {
          text += more;
        });
        answer.on("end", () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(text))));
      });
      asking.on("error", reject).end();
    });
  }
}
