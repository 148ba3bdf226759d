import { InvalidValueError, refusalOf } from "./invalid-value-error.ts";
import { type OptionNames, refuseUnknownOptions } from "./known-options.ts";
import { parsePort } from "./port-mapping.ts";
import { ServerName, urlScheme } from "./server-name.ts";

export interface HealthCheckOptions {
  /** Seconds between two tries. @default 5 */
  readonly interval?: number;
  /** Seconds after which a try without an answer has failed. @default 3 */
  readonly timeout?: number;
  /** Failures in a row that make it unhealthy. @default 3 */
  readonly retries?: number;
  /** Seconds after the start in which failures do not count. @default 30 */
  readonly startPeriod?: number;
}

export interface HttpHealthCheckOptions extends HealthCheckOptions {
  /** The one status that means healthy. @default - any status from 200 to 299 */
  readonly expectStatus?: number;
  /**
   * The Host header of the request, a server name with or without a port, where the application answers only for names
   * that it knows.
   * @default - the name of the first site that routes to the service
   */
  readonly host?: string;
}

const TIMES: OptionNames<HealthCheckOptions> = { interval: true, timeout: true, retries: true, startPeriod: true };
const HTTP_OPTIONS: OptionNames<HttpHealthCheckOptions> = { ...TIMES, expectStatus: true, host: true };

const LONGEST_PATH = 2048;
const LONGEST_TIME = 3600;

// RFC 3986: a path and its query, no fragment
const URL_PATH = /^\/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/;

/** How to tell that a container can serve. Why one value: the engine, the release and Nginx must mean the same by "healthy". */
export class HealthCheck {
  /**
   * Healthy when a GET of `path` on the container's port is answered with the right status.
   * @throws InvalidValueError when `path` is no path of a URL, or an option is out of its range
   */
  static http(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    const refuse = refusalOf("health check path", path);
    if (typeof path !== "string" || path === "") return refuse("must not be empty", 'write it like "/status"');
    if (urlScheme(path)) return refuse("must not be a URL", "give the path alone, the container is asked directly");
    if (!path.startsWith("/")) return refuse("must begin with a slash", `use ${JSON.stringify(`/${path}`)}`);
    if (path.length > LONGEST_PATH) return refuse(`must have at most ${LONGEST_PATH} characters`, "shorten it");
    if (path.includes("#")) return refuse("must not have a fragment", "no server ever sees it");
    if (!URL_PATH.test(path)) {
      return refuse("must be the path of a URL", "write other characters as % and two hexadecimal digits");
    }
    refuseUnknownOptions("health check", options, HTTP_OPTIONS);
    const { expectStatus, host } = options;
    const status = expectStatus === undefined ? undefined : wholeNumber("status", expectStatus, 100, 599);
    return new HealthCheck("http", options, path, status, host === undefined ? undefined : hostHeader(host));
  }

  /**
   * Healthy when the container's port accepts a connection.
   * @throws InvalidValueError when an option is out of its range
   */
  static tcp(options: HealthCheckOptions = {}): HealthCheck {
    refuseUnknownOptions("health check", options, TIMES);
    return new HealthCheck("tcp", options);
  }

  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;

  private constructor(
    readonly kind: "http" | "tcp",
    options: HealthCheckOptions,
    readonly path?: string,
    readonly expectStatus?: number,
    /** The Host header that it is asked with, where one is given. */
    readonly host?: string,
  ) {
    const { interval = 5, timeout = 3, retries = 3, startPeriod = 30 } = options;
    this.interval = wholeNumber("interval", interval, 1, LONGEST_TIME);
    this.timeout = wholeNumber("timeout", timeout, 1, LONGEST_TIME);
    this.retries = wholeNumber("retries", retries, 1, LONGEST_TIME);
    this.startPeriod = wholeNumber("start period", startPeriod, 0, LONGEST_TIME);
  }

  /** The same check, asked with `host` unless it says one itself; a check of a port has none. */
  withDefaultHost(host: string | undefined): HealthCheck {
    if (this.kind === "tcp" || this.host !== undefined || host === undefined) return this;
    return new HealthCheck(this.kind, this, this.path, this.expectStatus, hostHeader(host));
  }

  /** Plain data in a fixed order, for a manifest or a hash. */
  toJSON(): Record<string, string | number> {
    return {
      kind: this.kind,
      ...(this.path === undefined ? {} : { path: this.path }),
      ...(this.expectStatus === undefined ? {} : { expectStatus: this.expectStatus }),
      ...(this.host === undefined ? {} : { host: this.host }),
      interval: this.interval,
      timeout: this.timeout,
      retries: this.retries,
      startPeriod: this.startPeriod,
    };
  }
}

/** A server name and, where there is one, a port behind a colon. */
function hostHeader(host: string): string {
  const [, name = host, port] = (typeof host === "string" && /^(.*):(\d+)$/s.exec(host)) || [];
  const parsed = ServerName.parse(name);
  if (parsed.isWildcard) {
    const remedy = "give one name that the application answers for";
    throw new InvalidValueError({ subject: "health check host", rule: "must not have a wildcard", got: host, remedy });
  }
  return port === undefined ? `${parsed}` : `${parsed}:${parsePort(Number(port), "health check host's port")}`;
}

function wholeNumber(option: string, value: number, lowest: number, highest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  const rule = `must be a whole number from ${lowest} to ${highest}`;
  const remedy = "leave it out for the usual value";
  throw new InvalidValueError({ subject: `health check ${option}`, rule, got: value, remedy });
}
