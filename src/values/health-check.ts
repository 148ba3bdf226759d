import { InvalidValueError, refusalOf } from "./invalid-value-error.ts";
import { type OptionNames, refuseUnknownOptions } from "./known-options.ts";
import { parsePort } from "./port-mapping.ts";
import { ServerName } from "./server-name.ts";
import { urlScheme } from "./url-scheme.ts";

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

/** What a check asks for beside its times. */
interface Asked {
  readonly path?: string;
  readonly expectStatus?: number;
  readonly host?: string;
  readonly command?: readonly string[];
  readonly seconds?: number;
}

/** A check as plain data. */
export type HealthCheckJson = Readonly<Record<string, string | number | readonly string[]>>;

const USUAL_TIMES = { interval: 5, timeout: 3, retries: 3, startPeriod: 30 };

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
    const header = host === undefined ? undefined : hostHeader(host);
    return new HealthCheck("http", options, { path, expectStatus: status, host: header });
  }

  /**
   * Healthy when the container's port accepts a connection.
   * @throws InvalidValueError when an option is out of its range
   */
  static tcp(options: HealthCheckOptions = {}): HealthCheck {
    refuseUnknownOptions("health check", options, TIMES);
    return new HealthCheck("tcp", options);
  }

  /**
   * Healthy when a command in the container ends with 0, as the container's user and in its folder. One that does not end
   * within the time-out has failed, and is killed where the image has a shell.
   *
   * For what has no port, a worker of a queue for one: `HealthCheck.command(["python", "healthy.py"])`. With a release that
   * replaces it, two of them run side by side until the new one is healthy.
   * @throws InvalidValueError when `words` are no command, or an option is out of its range
   */
  static command(words: readonly string[], options: HealthCheckOptions = {}): HealthCheck {
    const refuse = refusalOf("health check command", words);
    if (!Array.isArray(words) || words.length === 0 || words[0] === "") {
      return refuse("must be a list of words", 'write it like ["pg_isready", "-U", "shop"]');
    }
    if (words.some((word) => typeof word !== "string" || /[\u0000-\u001f]/.test(word))) {
      return refuse("must be words of one line without tabs", "put the text into a script of the image");
    }
    if (words.join(" ").length > LONGEST_PATH) {
      return refuse(`must have at most ${LONGEST_PATH} characters`, "put it into a script of the image");
    }
    refuseUnknownOptions("health check", options, TIMES);
    return new HealthCheck("command", options, { command: [...words] });
  }

  /**
   * Healthy when the container has run for so many seconds without a new start; for what nothing can be asked. With a
   * release that replaces it, two of them run side by side for as long.
   * @throws InvalidValueError unless `seconds` are 1 to 3600
   */
  static running(seconds: number): HealthCheck {
    const whole = wholeNumber("seconds", seconds, 1, LONGEST_TIME);
    const { interval, retries } = USUAL_TIMES;
    const tries = Math.max(retries, Math.ceil(whole / interval) + 1); // so that it can be over before the last of them
    return new HealthCheck("running", { startPeriod: 0, interval, retries: tries }, { seconds: whole });
  }

  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
  readonly path?: string;
  readonly expectStatus?: number;
  /** The Host header that it is asked with, where one is given. */
  readonly host?: string;
  readonly command?: readonly string[];
  readonly seconds?: number;

  private constructor(
    readonly kind: "http" | "tcp" | "command" | "running",
    options: HealthCheckOptions,
    { path, expectStatus, host, command, seconds }: Asked = {},
  ) {
    this.path = path;
    this.expectStatus = expectStatus;
    this.host = host;
    this.command = command;
    this.seconds = seconds;
    const { interval, timeout, retries, startPeriod } = { ...USUAL_TIMES, ...given(options) };
    this.interval = wholeNumber("interval", interval, 1, LONGEST_TIME);
    this.timeout = wholeNumber("timeout", timeout, 1, LONGEST_TIME);
    this.retries = wholeNumber("retries", retries, 1, LONGEST_TIME);
    this.startPeriod = wholeNumber("start period", startPeriod, 0, LONGEST_TIME);
  }

  /** The same check, asked with `host` unless it says one itself; a check of a port has none. */
  withDefaultHost(host: string | undefined): HealthCheck {
    if (this.kind !== "http" || this.host !== undefined || host === undefined) return this;
    return new HealthCheck(this.kind, this, {
      path: this.path,
      expectStatus: this.expectStatus,
      host: hostHeader(host),
    });
  }

  /** Whether a port of the container is what it asks. */
  get asksPort(): boolean {
    return this.kind === "http" || this.kind === "tcp";
  }

  /** Plain data in a fixed order, for a manifest or a hash. */
  toJSON(): HealthCheckJson {
    return {
      kind: this.kind,
      ...(this.path === undefined ? {} : { path: this.path }),
      ...(this.expectStatus === undefined ? {} : { expectStatus: this.expectStatus }),
      ...(this.host === undefined ? {} : { host: this.host }),
      ...(this.command === undefined ? {} : { command: this.command }),
      ...(this.seconds === undefined ? {} : { seconds: this.seconds }),
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

/** An option that is undefined was left out. */
function given(options: HealthCheckOptions): HealthCheckOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function wholeNumber(option: string, value: number, lowest: number, highest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  const rule = `must be a whole number from ${lowest} to ${highest}`;
  const remedy = "leave it out for the usual value";
  throw new InvalidValueError({ subject: `health check ${option}`, rule, got: value, remedy });
}
