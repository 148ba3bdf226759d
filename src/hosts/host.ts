import type { IConstruct } from "constructs";
import type { IImage } from "../docker/image.ts";
import type { PassOptions } from "../nginx/pass-options.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import type { HealthCheck } from "../values/health-check.ts";
import type { OptionNames } from "../values/known-options.ts";
import type { Platform } from "../values/platform.ts";

/** Something that answers HTTP at an address which depends on who asks. */
export interface IBackend {
  /** `name:port` or `address:port` under which `host` reaches this backend. */
  addressFrom(host: IHost): string;
}

/** A container that a host keeps running behind its Nginx. */
export interface IService extends IConstruct, IBackend {
  readonly host: IHost;
  /** Where another service of the host reaches this one; stable over releases, so that a release of one rolls only that one. */
  readonly url: string;
  /** What must have happened before the service answers. */
  readonly ready: TerraformDependency[];
}

/** A server name and its routes. */
export interface ISite extends IConstruct {
  readonly name: string;
  /** Sends requests under `path` to `to`. @throws when the path is taken */
  addRoute(path: string, to: IBackend): void;
}

/** What `host.run` takes. */
export interface RunOptions {
  readonly image: IImage;
  /** The container's port. @default - the image's one exposed port */
  readonly port?: number;
  /** @default HealthCheck.tcp() */
  readonly health?: HealthCheck;
  /** Plain environment variables; secrets do not belong here. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Memory limit in MiB, swap included. @default 256 */
  readonly memoryMiB?: number;
  /** Seconds between the stop signal and the kill. @default 10 */
  readonly stopGraceSeconds?: number;
  /** The command in exec form. @default - the image's */
  readonly command?: readonly string[];
}

export const RUN_OPTIONS: OptionNames<RunOptions> = {
  image: true,
  port: true,
  health: true,
  env: true,
  memoryMiB: true,
  stopGraceSeconds: true,
  command: true,
};

/** What a site may change about the way that requests pass. */
export type SiteOptions = PassOptions;

export const SITE_OPTIONS: OptionNames<SiteOptions> = { headers: true, maxBodySize: true, readTimeoutSeconds: true };

/** A machine that runs services and serves names. */
export interface IHost extends IConstruct {
  /** @default - the engine's own platform */
  readonly platform?: Platform;
  /** Runs `options.image` as the service `id`. */
  run(id: string, options: RunOptions): IService;
  /** Serves `name`, each path of `routes` by its backend. */
  serve(name: string, routes: Readonly<Record<string, IBackend>>, options?: SiteOptions): ISite;
}
