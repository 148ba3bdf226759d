import type { IConstruct } from "constructs";
import type { IImage } from "../docker/image.ts";
import type { ContainerOptions } from "../release/container-options.ts";
import type { Redirect } from "../release/redirect.ts";
import type { Release } from "../release/release.ts";
import type { RouteOptions } from "../release/route-options.ts";
import { SERVICE_OPTIONS, type ServiceOptions } from "../release/service.ts";
import type { SiteOptions } from "../release/site-options.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import type { OptionNames } from "../values/known-options.ts";
import type { Platform } from "../values/platform.ts";
import type { KeptSecret } from "../values/secret-source.ts";

/** Something that answers HTTP at an address which depends on who asks. */
export interface IBackend {
  /** `name:port` or `address:port` under which `host` reaches this backend. */
  addressFrom(host: IHost): string;
}

/** A container that a host keeps running behind its Nginx. */
export interface IService extends IConstruct, IBackend {
  readonly host: IHost;
  /** The container's port. @default - none: a worker, which nothing reaches */
  readonly port?: number;
  /** Where another service of the host reaches this one; stable over releases, so that a release of one rolls only that one. @throws where it has no port */
  readonly url: string;
  /** What must have happened before the service answers. */
  readonly ready: TerraformDependency[];
}

/** A server name and its routes. */
export interface ISite extends IConstruct {
  readonly name: string;
  /** Sends requests under `path` to `to`. @throws when the path is taken */
  addRoute(path: string, to: SiteRoute): void;
}

/** A secret that a host reads for its services; what it holds never passes through here. */
export interface ISecret extends KeptSecret {}

/** What a container of a host is declared to be, whether it serves or runs to its end. */
export interface RunContainer extends Omit<ContainerOptions, "image" | "secrets"> {
  readonly image: IImage;
  /** Secrets by the name under which the container gets them, of a kind that the host reads. @default - none */
  readonly secrets?: Readonly<Record<string, ISecret>>;
}

/** What `host.run` takes. */
export interface RunOptions extends RunContainer, Pick<ServiceOptions, "health" | "grpc"> {
  /**
   * The container's port.
   * @default - the image's one exposed port; none for `HealthCheck.running`, and for `HealthCheck.command` where it exposes none
   */
  readonly port?: number;
}

const { name: _, ...withoutName } = SERVICE_OPTIONS;
export const RUN_OPTIONS: OptionNames<RunOptions> = withoutName;

/** A backend whose requests pass in another way than the rest of its site. */
export interface RouteTo extends RouteOptions {
  readonly to: IBackend;
}

/** What answers a path of a site. */
export type SiteRoute = IBackend | RouteTo | Redirect;

/** A machine that runs services and serves names. */
export interface IHost extends IConstruct {
  /** @default - the engine's own platform */
  readonly platform?: Platform;
  /** What it serves by now, as plain data: for reviews, tests, and whoever tells the machine. */
  readonly release: Release;
  /** What must have happened before the host serves what is declared. */
  readonly ready: TerraformDependency[];
  /** Runs `options.image` as the service `id`. */
  run(id: string, options: RunOptions): IService;
  /** Serves `name`, each path of `routes` by its backend. */
  serve(name: string, routes: Readonly<Record<string, SiteRoute>>, options?: SiteOptions): ISite;
}
