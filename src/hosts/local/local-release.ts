import { createHash } from "node:crypto";
import { join } from "node:path";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import { renderIntroduction } from "../../nginx/introduction.ts";
import type { NginxSite } from "../../nginx/server.ts";
import { renderSites } from "../../nginx/sites.ts";
import { packedScript } from "../../rollout/packed-script.ts";
import { serviceLines } from "../../rollout/service-lines.ts";
import { lateText, lateValue } from "../../terraform/late.ts";
import { lateStagedFile, stagedFile } from "../../terraform/staged-file.ts";
import { VerifiedStep, type VerifiedStepProps } from "../../terraform/verified-step.ts";
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

/** Why so many: a container's whole id is no use in a line that people read, and a new container is a new spec. */
const SPEC_DIGITS = 16;

/**
 * The step of the apply that lets Nginx move on to new containers. Nginx's text lies in files that the step names by
 * what is in them: a plan shows that the text changes, and the state does not hold it. Terraform removes the old
 * containers only after the step.
 */
export class LocalRelease extends VerifiedStep {
  constructor(scope: Construct, id: string, props: LocalReleaseProps) {
    super(scope, id, stepOf(scope, props));
  }
}

function stepOf(scope: Construct, { services, text, ...props }: LocalReleaseProps): VerifiedStepProps {
  const script = packedScript({ driver: join(__dirname, "driver.sh"), entry: join(__dirname, "release.sh") });
  const staged = (of: keyof ReturnType<typeof text>) => lateStagedFile(scope, `${of}.conf`, () => text()[of]);
  const sites = staged("sites");
  return {
    command: `sh ${stagedFile(scope, "local-release.sh", script)}`,
    triggers: {
      containers: lateValue(() => Object.fromEntries(services().map(({ name, containerId }) => [name, containerId]))),
      sites,
      health: lateText(() => healthLines(services())),
    },
    environment: {
      SLIPWAY_HOST: props.hostName,
      SLIPWAY_RELEASE: lateText(() => releaseId(services(), text().sites)),
      SLIPWAY_NGINX: props.nginxName,
      SLIPWAY_DRAIN: `${props.drainSeconds}`,
      SLIPWAY_SERVICES: lateText(() => serviceLines(services().map((each) => ({ ...each, spec: specOf(each) })))),
      SLIPWAY_CONTAINERS: lateText(() =>
        services()
          .map((each) => `${each.name} ${each.containerName}\n`)
          .join(""),
      ),
      SLIPWAY_SITES: sites,
      SLIPWAY_BARE: staged("bare"),
      SLIPWAY_INTERNAL: staged("internal"),
      ...(props.engineHost === undefined ? {} : { DOCKER_HOST: props.engineHost }),
    },
  };
}

function specOf({ containerId }: ReleasedService): string {
  return Fn.substr(containerId, 0, SPEC_DIGITS);
}

/** What is asked of the services, whichever containers run them. */
function healthLines(services: readonly ReleasedService[]): string {
  return serviceLines(services.map((each) => ({ ...each, spec: "-" })));
}

/** Terraform hashes the containers with a digest of what is declared: nothing in it needs to be escaped. */
function releaseId(services: readonly ReleasedService[], sites: string): string {
  const declared = createHash("sha256").update(healthLines(services)).update(sites).digest("hex");
  return Fn.sha256(Fn.join("", [...services.map(({ containerId }) => containerId), declared]));
}

/** A service of the host with the internal port under which its neighbours reach it. */
export interface ListedService {
  readonly name: string;
  readonly internalPort: number;
}

/** Where Nginx answers which release it serves; on its own loopback only. */
const MARKER_PORT = 8100;
const FLAVOUR = "container";

/** The sites as Nginx's text has them. */
export function sitesOf(sites: readonly Site[]): NginxSite[] {
  return sites.map(({ name, routes, options }) => ({ ...options, name, routes: Object.fromEntries(routes) }));
}

/** The Nginx text of everything that a host serves. */
export function sitesText(services: readonly ListedService[], sites: readonly NginxSite[], publicPort: number): string {
  return renderSites({
    flavour: FLAVOUR,
    services: services.map(({ name, internalPort }) => ({ name, internalListener: internalPort })),
    sites,
    markerPort: MARKER_PORT,
    publicPort,
  });
}

/** The Nginx text of a host that serves no name yet, which still answers what it serves. */
export function bareText(): string {
  return renderSites({ flavour: FLAVOUR, services: [], sites: [], markerPort: MARKER_PORT });
}

/** The Nginx text by which neighbours reach each service, each after a line `#: name`. */
export function internalText(services: readonly ListedService[], sites: readonly NginxSite[]): string {
  return services
    .map(
      ({ name, internalPort }) =>
        `#: ${name}\n${renderIntroduction(FLAVOUR, { name, internalListener: internalPort }, sites)}`,
    )
    .join("");
}
