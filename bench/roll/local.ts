import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestImages } from "../../__tests__/aws/nano/agent/test-images.ts";
import { docker, Project } from "../../__tests__/real/project.ts";
import { newerNginx } from "./newer-nginx.ts";
import { restart } from "./restart.ts";
import type { RollingHost } from "./rolling-host.ts";

/** A local host: each roll is a synth and a `terraform apply`, as for a person. */
export class RollingLocalHost implements RollingHost {
  private readonly authorities = mkdtempSync(join(tmpdir(), "slipway-authority-"));
  private readonly project: Project;
  private nginx = "";

  constructor(
    private readonly images: TestImages,
    drainSeconds: number,
  ) {
    this.project = new Project(
      "../../../bench/programs/roll.ts",
      "slipway-roll",
      {},
      {
        SLIPWAY_DATA_DIR: this.authorities,
        SLIPWAY_BENCH_CHAT: images.reference("1"),
        SLIPWAY_BENCH_DRAIN: `${drainSeconds}`,
      },
    );
  }

  get about(): string {
    const nginx = docker("exec", this.container("nginx"), "sh", "-c", "nginx -v 2>&1").replace("nginx version: ", "");
    return `a local host by Terraform, ${nginx} in its container, Docker Engine ${docker("version", "--format", "{{.Server.Version}}")}`;
  }

  get places() {
    return {
      port: 8906,
      tlsPort: 8907,
      plain: "web.localhost",
      secured: "secured-web.localhost",
      neighbour: "chat.localhost",
      securedNeighbour: "secured-chat.localhost",
      ca: readFileSync(join(this.authorities, "local-ca.pem"), "utf8"),
    };
  }

  async start(): Promise<void> {
    this.nginx = await newerNginx(this.images.repository);
    await this.project.cleanUp();
    await this.synth("1");
    await this.project.init();
    await this.apply();
  }

  async roll(version: string): Promise<void> {
    await this.synth(version);
    await this.apply();
  }

  async stopFirst(): Promise<void> {
    await restart(this.container("web"));
  }

  async stop(): Promise<void> {
    await this.project.destroy();
    await this.project.cleanUp();
    rmSync(this.authorities, { recursive: true, force: true });
  }

  private async synth(version: string): Promise<void> {
    await this.project.synth({
      SLIPWAY_BENCH_WEB: this.images.reference(version),
      SLIPWAY_BENCH_NGINX: this.nginx,
    });
  }

  private async apply(): Promise<void> {
    const { status, output } = await this.project.apply();
    if (status !== 0) throw new Error(output);
  }

  private container(name: string): string {
    const ids = this.project.containers();
    const named = docker("ps", "--no-trunc", "--format", "{{.ID}} {{.Names}}", "--filter", `name=-${name}`).split("\n");
    const [id] = named.map((line) => line.split(" ")[0] as string).filter((each) => ids.includes(each));
    if (!id) throw new Error(`no container of ${name} runs`);
    return id;
  }
}
