import { Directive } from "./directive.ts";

/** Where Nginx runs: in a container of the local engine, or installed on an Ubuntu or Debian instance. */
export type NginxFlavour = "container" | "instance";

export interface MainConfigurationOptions {
  readonly flavour: NginxFlavour;
  /** The files of a release, all in the http context. @default "/etc/nginx/slipway/*.conf" */
  readonly include?: string;
}

/**
 * The text of `nginx.conf`. Why so little: it is placed once, when Nginx is, so whatever a later release may want to
 * change stands in the included files. The process id's path and the daemon mode are the package's or the image's own.
 */
export function mainConfiguration(options: MainConfigurationOptions): string {
  const inContainer = options.flavour === "container";
  return Directive.file("main", [
    ...(inContainer ? [] : [Directive.of("user", "www-data")]),
    Directive.of("worker_processes", "auto"),
    Directive.of("worker_rlimit_nofile", 4096),
    Directive.of("worker_shutdown_timeout", "60s"),
    Directive.of("error_log", inContainer ? "stderr" : "/var/log/nginx/error.log", "warn"),
    Directive.events([Directive.of("worker_connections", 1024)]),
    Directive.http([Directive.of("include", options.include ?? "/etc/nginx/slipway/*.conf")]),
  ]);
}
