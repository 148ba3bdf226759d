import { HealthCheck } from "../values/health-check.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";
import { serviceName } from "./service-name.ts";

/** Where a host finds a secret. Which kinds there are is a host's to say; nothing here looks into one. */
export interface SecretSource {
  /** E.g. `parameter`. */
  readonly kind: string;
  /** Name or ARN; may be a reference. */
  readonly id: string;
  /** The key to take, where the secret is a JSON object. @default - the whole secret */
  readonly key?: string;
  /**
   * How the container gets it: as a variable, which Docker keeps among its own files until the container goes, or as
   * the file `/run/secrets/NAME`, which is in memory only. @default "env"
   */
  readonly as?: "env" | "file";
}

/** What a host is to run as one service, every default filled in. */
export interface Service {
  readonly name: string;
  /** `repository@sha256:…`; may be a reference, then the host checks it. */
  readonly image: string;
  /** The container's port. */
  readonly port: number;
  readonly health: HealthCheck;
  /** Sorted, as the secrets are. */
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly memoryMiB: number;
  readonly stopGraceSeconds: number;
  /** @default - the image's */
  readonly command?: readonly string[];
}

/** What {@link service} takes: a {@link Service} as a person declares it. */
export interface ServiceOptions extends Pick<Service, "name" | "image" | "port"> {
  /** @default HealthCheck.tcp() */
  readonly health?: HealthCheck;
  /** @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly secrets?: Readonly<Record<string, SecretSource>>;
  /** @default 256 */
  readonly memoryMiB?: number;
  /** @default 10 */
  readonly stopGraceSeconds?: number;
  /** @default - the image's */
  readonly command?: readonly string[];
}

export const DEFAULT_MEMORY_MIB = 256;
export const DEFAULT_STOP_GRACE_SECONDS = 10;

const SMALLEST_MEMORY_MIB = 6; // Docker's own
const LONGEST_GRACE_SECONDS = 3600;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PINNED = /@sha256:[0-9a-f]{64}$/;

/**
 * The one place that says which services can be run. Why the same for every host: a service moves from one host to
 * another by one line, and no rule may wait for it there.
 *
 * @throws InvalidValueError for the first rule that the service breaks
 */
export function service(options: ServiceOptions): Service {
  const { image, health = HealthCheck.tcp(), env = {}, secrets = {}, command } = options;
  const name = serviceName(options.name);
  const { memoryMiB = DEFAULT_MEMORY_MIB, stopGraceSeconds = DEFAULT_STOP_GRACE_SECONDS } = options;
  const refuse = (subject: string, rule: string, got: unknown, remedy?: string): never => {
    throw new InvalidValueError({ subject: `service ${name}: ${subject}`, rule, got, remedy });
  };
  if (!image.includes("${") && !PINNED.test(image)) refuse("image", "must be pinned by digest", image);
  const port = parsePort(options.port, `service ${name}: port`);
  for (const [variable, value] of Object.entries(env)) {
    if (!VARIABLE.test(variable)) refuse("variable", "must be letters, digits and underscores", variable);
    if (/[\n\r\0]/.test(value)) refuse(`variable ${variable}`, "must be one line", value);
    if (variable in secrets) refuse("variable", "must be either plain or a secret", variable);
  }
  for (const [variable, { id, key }] of Object.entries(secrets)) {
    if (!VARIABLE.test(variable)) refuse("secret", "must be letters, digits and underscores", variable);
    if (!/^\S+$/.test(id)) refuse(`secret ${variable}`, "must name where it is kept", id, "give its name or its ARN");
    if (key !== undefined && !/^[^\t\n\r]+$/.test(key)) refuse(`key of secret ${variable}`, "must be one line", key);
  }
  if (!Number.isInteger(memoryMiB) || memoryMiB < SMALLEST_MEMORY_MIB) {
    refuse("memory limit", `must be at least ${SMALLEST_MEMORY_MIB} MiB`, memoryMiB);
  }
  if (!Number.isInteger(stopGraceSeconds) || stopGraceSeconds < 0 || stopGraceSeconds > LONGEST_GRACE_SECONDS) {
    refuse("stop grace", `must be from 0 to ${LONGEST_GRACE_SECONDS} seconds`, stopGraceSeconds);
  }
  return {
    name,
    image,
    port,
    health,
    env: sorted(env),
    secrets: sorted(secrets),
    memoryMiB,
    stopGraceSeconds,
    ...(command === undefined ? {} : { command: [...command] }),
  };
}

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
