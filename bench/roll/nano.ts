import { spawnSync } from "node:child_process";
import { AgentHost } from "../../__tests__/aws/nano/agent/agent-host.ts";
import { AwsDouble } from "../../__tests__/aws/nano/agent/aws-double.ts";
import { docker, type TestImages } from "../../__tests__/aws/nano/agent/test-images.ts";
import { findNginx } from "../../__tests__/nginx/running-nginx.ts";
import { selfSigned } from "../../__tests__/self-signed.ts";
import { Tls } from "../../src/release/tls.ts";
import { restart } from "./restart.ts";
import type { RollingHost } from "./rolling-host.ts";

const SECURED = ["secured-web.test", "secured-chat.test"];

/** A nano without its machine: the agent's own files, the real Docker Engine and the real Nginx of this one. */
export class RollingNano implements RollingHost {
  private readonly aws = new AwsDouble();
  private readonly host = new AgentHost(this.aws);
  private readonly identity = selfSigned(SECURED);

  constructor(
    private readonly images: TestImages,
    private readonly drainSeconds: number,
  ) {}

  get about(): string {
    const nginx = spawnSync(findNginx(), ["-v"], { encoding: "utf8" }).stderr.trim().replace("nginx version: ", "");
    return `the host's agent, ${nginx}, Docker Engine ${docker("version", "--format", "{{.Server.Version}}").trim()}`;
  }

  get places() {
    return {
      port: this.host.port,
      tlsPort: this.host.tlsPort,
      plain: "web.test",
      secured: "secured-web.test",
      neighbour: "chat.test",
      securedNeighbour: "secured-chat.test",
      ca: this.identity.certificate,
    };
  }

  async start(): Promise<void> {
    await this.host.start();
    this.aws.putSecret("tls", this.identity.key + this.identity.certificate);
    await this.roll("1");
  }

  async roll(version: string): Promise<void> {
    const service = (name: string, image: string) => ({
      name,
      image: this.images.reference(image),
      stopGraceSeconds: 10,
    });
    const certificate = Tls.certificate({ source: { kind: "secrets-manager", id: "tls" } });
    const { status, lines } = await this.host.release([service("web", version), service("chat", "1")], {
      drainSeconds: this.drainSeconds,
      sites: { "web.test": "web", "chat.test": "chat", "secured-web.test": "web", "secured-chat.test": "chat" },
      tls: Object.fromEntries(SECURED.map((name) => [name, certificate])),
    });
    if (status !== 0) throw new Error(lines.join("\n"));
  }

  async stopFirst(): Promise<void> {
    const [web = ""] = this.host.containers().filter((line) => line.startsWith("slipway-web-"));
    await restart(web.split(" ")[0] as string);
  }

  async stop(): Promise<void> {
    await this.host.stop();
  }
}
