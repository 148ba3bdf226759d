import type { Construct } from "constructs";
import type { IHost } from "../../src/hosts/host.ts";
import { HostBase } from "../../src/hosts/host-base.ts";
import type { HostedService } from "../../src/hosts/hosted-service.ts";
import type { HostCapabilities } from "../../src/release/host-capabilities.ts";
import type { ClaimedPorts } from "../../src/release/service-ports.ts";
import type { TerraformDependency } from "../../src/terraform/dependency.ts";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { Platform } from "../../src/values/platform.ts";

/** A kind of host that only tests know: it prints its release as a Compose file, for a machine that somebody else runs. */
export class ComposeHost extends HostBase {
  readonly platform = Platform.LINUX_AMD64;
  readonly ready: TerraformDependency[] = [];
  readonly names: string[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, id, { keepReleases: 1 });
  }

  /** The release as Compose reads it. */
  get composeFile() {
    const { services } = this.release;
    return {
      services: Object.fromEntries(
        services.map(({ name, image, env, command, memoryMiB, stopGraceSeconds }) => [
          name,
          { image, environment: env, command, mem_limit: `${memoryMiB}m`, stop_grace_period: `${stopGraceSeconds}s` },
        ]),
      ),
    };
  }

  protected capabilities(): HostCapabilities {
    return { secrets: { file: "SecretFile" }, tls: [], volumes: "keep it elsewhere", hasHostGateway: true };
  }

  protected internalAddress({ internal }: ClaimedPorts, ..._: unknown[]): string {
    return `proxy:${internal}`;
  }

  protected unreachableFrom(_host: IHost): string {
    return ": Compose files share no network";
  }

  protected addService({ node }: HostedService): void {
    this.names.push(node.id);
  }

  protected addSite(): void {}

  protected checkSite(): void {
    const { length } = this.release.sites;
    if (length > 2) throw new InvalidValueError({ subject: "sites", rule: "must be two at most", got: length });
  }
}
