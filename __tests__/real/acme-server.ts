import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DebianPrograms } from "../../src/cli/debian-programs.mjs";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { pause } from "../nginx/running-nginx.ts";
import { selfSigned } from "../self-signed.ts";

const DEADLINE_MS = 20_000;

/** A program of the Debian package of that name, unpacked beside this machine's own and not installed. */
export async function debianProgram(name: string): Promise<string> {
  return join(await new DebianPrograms({ [name]: name }).unpack(), name);
}

/** The one account that it opens accounts for. */
export const EXTERNAL_ACCOUNT = {
  keyId: "kid-1",
  hmacKey: "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W",
};

/** Pebble, Let's Encrypt's own server for tests, with a name server that sends every name to this machine. */
export class AcmeServer {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-acme-"));
  /** The file with the authority of the directory's own certificate. */
  readonly caFile = join(this.folder, "ca.pem");
  directory = "";
  private management = "";
  private names = "";
  private readonly children: ChildProcess[] = [];

  /**
   * @param address where its directory answers
   * @param isOpen whether it opens an account for everybody
   */
  constructor(
    private readonly address = "127.0.0.1",
    private readonly isOpen = false,
  ) {}

  /** @param httpPort where it asks for what shows that a name is somebody's */
  async start(httpPort: number): Promise<void> {
    const programs = await new DebianPrograms({ pebble: "pebble", "pebble-challtestsrv": "pebble" }).unpack();
    const pebble = join(programs, "pebble");
    const [port, management, dns, names] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const { certificate, key } = selfSigned([this.address, "127.0.0.1", "localhost"]);
    writeFileSync(this.caFile, certificate);
    writeFileSync(join(this.folder, "key.pem"), key);
    const config = {
      listenAddress: `${this.address}:${port}`,
      managementListenAddress: `127.0.0.1:${management}`,
      certificate: this.caFile,
      privateKey: join(this.folder, "key.pem"),
      httpPort,
      tlsPort: 443,
      ocspResponderURL: "",
      externalAccountBindingRequired: !this.isOpen,
      externalAccountMACKeys: { [EXTERNAL_ACCOUNT.keyId]: EXTERNAL_ACCOUNT.hmacKey },
    };
    writeFileSync(join(this.folder, "config.json"), JSON.stringify({ pebble: config }));
    this.directory = `https://${this.address === "127.0.0.1" ? "localhost" : this.address}:${port}/dir`;
    this.management = `https://localhost:${management}`;
    this.names = `http://127.0.0.1:${names}`;
    const nameServer = join(programs, "pebble-challtestsrv");
    // later versions answer more, and call the name server's option otherwise
    const { error, stderr: known } = spawnSync(nameServer, ["-h"], { encoding: "utf8" });
    if (error) throw error;
    const off = ["http01", "https01", "tlsalpn01", "doh"].flatMap((way) =>
      known.includes(`-${way} `) ? [`-${way}`, ""] : [],
    );
    const answers = ["-defaultIPv4", "127.0.0.1", "-defaultIPv6", ""];
    const servers = [
      known.includes("-dnsserver ") ? "-dnsserver" : "-dns01",
      `127.0.0.1:${dns}`,
      "-management",
      `127.0.0.1:${names}`,
    ];
    this.spawn(nameServer, [...off, ...answers, ...servers]);
    this.spawn(pebble, ["-config", join(this.folder, "config.json"), "-dnsserver", `127.0.0.1:${dns}`]);
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const isUp = await this.roots().catch(() => undefined);
      if (isUp && (await fetch(this.names).catch(() => undefined))) return;
      if (Date.now() > deadline) throw new Error("pebble does not answer");
      await pause(50);
    }
  }

  /** The authority that signs certificates, in PEM. */
  roots(): Promise<string> {
    return new Promise((resolve, reject) => {
      const asked = request(`${this.management}/roots/0`, { rejectUnauthorized: false }, (answer) => {
        let text = "";
        answer
          .setEncoding("utf8")
          .on("data", (more) => (text += more))
          .on("end", () => resolve(text));
      });
      asked.on("error", reject).end();
    });
  }

  /** From now on every name leads to `address`. */
  async sendNamesTo(address: string): Promise<void> {
    await fetch(`${this.names}/set-default-ipv4`, { method: "POST", body: JSON.stringify({ ip: address }) });
  }

  /** From now on DNS has no address for `name`. */
  async loseName(name: string): Promise<void> {
    await fetch(`${this.names}/set-servfail`, { method: "POST", body: JSON.stringify({ host: name }) });
  }

  /** From now on DNS has these texts for `name`, which ends in a dot. */
  async setTexts(name: string, texts: readonly string[]): Promise<void> {
    const post = (path: string, body: object) =>
      fetch(`${this.names}/${path}`, { method: "POST", body: JSON.stringify(body) });
    await post("clear-txt", { host: name });
    for (const value of texts) await post("set-txt", { host: name, value });
  }

  /** Ends it; the directory does not answer any more. */
  async stop(): Promise<void> {
    for (const child of this.children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
    }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private spawn(program: string, words: readonly string[]): void {
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: "1", PEBBLE_AUTHZREUSE: "0", PEBBLE_WFE_NONCEREJECT: "0" };
    this.children.push(spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...words], { env, stdio: "ignore" }));
  }
}

/** What an ACME server says instead of taking an order. */
export interface OrderRefusal {
  readonly status: 429 | 500;
  readonly detail: string;
  /** @default - it says nothing of it */
  readonly retryAfterSeconds?: number;
}

/** An ACME server that opens an account for everybody and refuses every order, as Let's Encrypt does at its limits. */
export class RefusingAcmeServer {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-acme-"));
  readonly caFile = join(this.folder, "ca.pem");
  /** How many orders it refused. */
  orders = 0;
  directory = "";
  private readonly server: Server;

  constructor(public refusal: OrderRefusal) {
    const { certificate, key } = selfSigned(["localhost"]);
    writeFileSync(this.caFile, certificate);
    this.server = createServer({ cert: certificate, key }, (asked, answer) => {
      asked.resume();
      asked.on("end", () => {
        const base = this.directory.replace("/dir", "");
        const say = (status: number, body: object, headers: Record<string, string> = {}) => {
          const usual = { "Content-Type": "application/json", "Replay-Nonce": `nonce-${Date.now()}` };
          answer.writeHead(status, { ...usual, ...headers }).end(JSON.stringify(body));
        };
        const urls = ["newNonce", "newAccount", "newOrder", "revokeCert", "keyChange"].map((name) => [
          name,
          `${base}/${name}`,
        ]);
        if (asked.url === "/dir") return say(200, Object.fromEntries(urls));
        if (asked.url === "/newAccount") return say(201, { status: "valid" }, { Location: `${base}/account/1` });
        if (asked.url !== "/newOrder") return say(200, {});
        this.orders += 1;
        const { status, detail, retryAfterSeconds: seconds } = this.refusal;
        const type = `urn:ietf:params:acme:error:${status === 429 ? "rateLimited" : "serverInternal"}`;
        say(status, { type, detail, status }, seconds === undefined ? {} : { "Retry-After": `${seconds}` });
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.directory = `https://localhost:${(this.server.address() as AddressInfo).port}/dir`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
