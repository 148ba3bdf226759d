import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ITerraformDependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { renderIntroduction } from "../../nginx/introduction.ts";
import { renderSites } from "../../nginx/sites.ts";
import { stagedFile } from "../../terraform/staged-file.ts";
import { templateText, withoutCreationStack } from "../../terraform/template-text.ts";
import { TerraformData } from "../../terraform/terraform-data.ts";
import type { HealthCheck } from "../../values/health-check.ts";
import type { Site } from "../site.ts";

/** A service as a release sees it: where its new container is and how to tell that it is healthy. */
export interface ReleasedService {
  readonly name: string;
  readonly containerName: string;
  readonly containerId: string;
  readonly port: number;
  readonly health: HealthCheck;
}

/** What a {@link LocalRelease} takes. The functions are asked at synth, when every service and site is declared. */
export interface LocalReleaseProps {
  readonly hostName: string;
  /** The name of the Nginx container; a literal, so that the release does not force how Nginx itself is replaced. */
  readonly nginxName: string;
  readonly engineHost?: string;
  readonly drainSeconds: number;
  readonly services: () => readonly ReleasedService[];
  readonly text: () => { readonly sites: string; readonly bare: string; readonly internal: string };
}

const SCRIPT = "local-release.sh";

/**
 * The step of the apply that lets Nginx move on to new containers. Why two resources of one script: an apply that is
 * killed while the first one waits is recorded as done all the same; the second then finds in the next apply that
 * what should serve does not, and releases it. Terraform removes the old containers only after both.
 */
export class LocalRelease extends Construct {
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: LocalReleaseProps) {
    super(scope, id);
    this.ready = withoutCreationStack(() => this.declare(props));
  }

  private declare(props: LocalReleaseProps): ITerraformDependable[] {
    const script = stagedFile(this, SCRIPT, readFileSync(join(__dirname, SCRIPT), "utf8"));
    const text = (of: keyof ReturnType<LocalReleaseProps["text"]>) =>
      Lazy.stringValue({ produce: () => templateText(props.text()[of]) });
    const containers = Lazy.anyValue({
      produce: () => Object.fromEntries(props.services().map(({ name, containerId }) => [name, containerId])),
    });
    const options = {
      command: `sh ${script}`,
      triggers: {
        containers,
        sites: text("sites"),
        health: Lazy.stringValue({ produce: () => serviceLines(props.services(), false) }),
      },
      environment: {
        SLIPWAY_HOST: props.hostName,
        SLIPWAY_NGINX: props.nginxName,
        SLIPWAY_DRAIN: `${props.drainSeconds}`,
        SLIPWAY_SERVICES: Lazy.stringValue({ produce: () => serviceLines(props.services(), true) }),
        SLIPWAY_SITES: text("sites"),
        SLIPWAY_BARE: text("bare"),
        SLIPWAY_INTERNAL: text("internal"),
        ...(props.engineHost === undefined ? {} : { DOCKER_HOST: props.engineHost }),
      },
    };
    const release = new TerraformData(this, "Resource", options);
    const confirm = new TerraformData(this, "Verify", { ...options, dependsOn: [release] });
    return [release, confirm];
  }
}

/** The lines that the script reads; without the container's name they tell what is asked of it, whatever it is called. */
function serviceLines(services: readonly ReleasedService[], withContainer: boolean): string {
  return services
    .map(({ name, containerName, port, health }) => {
      const { kind, path, expectStatus, timeout, startPeriod, retries, interval } = health;
      const words = [port, kind, path ?? "-", expectStatus ?? "2xx", timeout, startPeriod + retries * interval].map(
        String,
      );
      return [name, ...(withContainer ? [containerName] : []), ...words.map(templateText)].join(" ");
    })
    .join("\n");
}

/** A service of the host with the internal port under which its neighbours reach it. */
export interface ListedService {
  readonly name: string;
  readonly internalPort: number;
}

/** Where Nginx answers which release it serves; on its own loopback only. */
const MARKER_PORT = 8100;
const FLAVOUR = "container";

/** The Nginx text of everything that a host serves. */
export function sitesText(services: readonly ListedService[], sites: readonly Site[], publicPort: number): string {
  return renderSites({
    flavour: FLAVOUR,
    services: services.map(({ name, internalPort }) => ({ name, internalListener: internalPort })),
    sites: sites.map(({ name, routes, options }) => ({ ...options, name, routes: Object.fromEntries(routes) })),
    markerPort: MARKER_PORT,
    publicPort,
  });
}

/** The Nginx text of a host that serves no name yet, which still answers what it serves. */
export function bareText(): string {
  return renderSites({ flavour: FLAVOUR, services: [], sites: [], markerPort: MARKER_PORT });
}

/** The Nginx text by which neighbours reach each service, each after a line `#: name`. */
export function internalText(services: readonly ListedService[]): string {
  return services
    .map(
      ({ name, internalPort }) =>
        `#: ${name}\n${renderIntroduction(FLAVOUR, { name, internalListener: internalPort })}`,
    )
    .join("");
}
