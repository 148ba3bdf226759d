import { cpuLimit } from "../values/cpu-limit.ts";
import { HealthCheck } from "../values/health-check.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";
import { DEFAULT_MEMORY_MIB, memoryLimit } from "../values/memory-limit.ts";
import { DEFAULT_PIDS_LIMIT, pidsLimit } from "../values/pids-limit.ts";
import { parsePort } from "../values/port-mapping.ts";
import { DEFAULT_STOP_GRACE_SECONDS, stopGrace } from "../values/stop-grace.ts";
import { checkSwitch } from "../values/switch.ts";
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
  readonly pidsLimit: number;
  /** @default - all that the host has */
  readonly cpus?: number;
  readonly stopGraceSeconds: number;
  /** @default - the image's */
  readonly command?: readonly string[];
  /** Whether it speaks gRPC. @default false */
  readonly grpc?: boolean;
}

/** What {@link service} takes: a {@link Service} as a person declares it. */
export interface ServiceOptions extends Pick<Service, "name" | "image" | "port"> {
  /** @default HealthCheck.tcp() */
  readonly health?: HealthCheck;
  /** Plain environment variables; secrets do not belong here. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly secrets?: Readonly<Record<string, SecretSource>>;
  /** Memory limit in MiB, swap included. @default 256 */
  readonly memoryMiB?: number;
  /** How many processes and threads it may have at once. @default 512 */
  readonly pidsLimit?: number;
  /**
   * How many CPUs it may use at most, e.g. 0.5. Why none by default: a start is quick by all of them, and the host and
   * its services get equal parts of what is short anyway.
   * @default - all that the host has
   */
  readonly cpus?: number;
  /** Seconds between the stop signal and the kill. @default 10 */
  readonly stopGraceSeconds?: number;
  /** The command in exec form. @default - the image's */
  readonly command?: readonly string[];
  /**
   * Whether it speaks gRPC, which is HTTP/2 without TLS (h2c), on its port; neighbours then reach it so, too. Visitors do
   * by TLS. Its health is asked by `HealthCheck.tcp()`. @default false
   */
  readonly grpc?: boolean;
}

export const SERVICE_OPTIONS: OptionNames<ServiceOptions> = {
  name: true,
  image: true,
  port: true,
  health: true,
  env: true,
  secrets: true,
  memoryMiB: true,
  pidsLimit: true,
  cpus: true,
  stopGraceSeconds: true,
  command: true,
  grpc: true,
};

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PINNED = /@sha256:[0-9a-f]{64}$/;

/**
 * The rules of a service, by the option that each is about. Why the same for every host: a service moves from one host
 * to another by one line, and no rule may wait for it there.
 */
export function serviceRules(options: ServiceOptions): Readonly<Partial<Record<keyof ServiceOptions, () => void>>> {
  const { image, env = {}, secrets = {}, memoryMiB, pidsLimit: pids, cpus, stopGraceSeconds } = options;
  return {
    name: () => serviceName(options.name),
    image: () => image.includes("${") || PINNED.test(image) || refuse("image", "must be pinned by digest", image),
    port: () => parsePort(options.port, "service port"),
    env: () => {
      for (const [name, value] of Object.entries(env)) checkVariable(name, value, secrets);
    },
    secrets: () => {
      for (const [name, source] of Object.entries(secrets)) checkSecret(name, source);
    },
    memoryMiB: () => memoryMiB === undefined || memoryLimit(memoryMiB),
    pidsLimit: () => pids === undefined || pidsLimit(pids),
    cpus: () => cpus === undefined || cpuLimit(cpus),
    stopGraceSeconds: () => stopGraceSeconds === undefined || stopGrace(stopGraceSeconds),
    grpc: () => {
      checkSwitch("grpc", options.grpc);
      if (!options.grpc || options.health?.kind !== "http") return;
      refuse(
        "health check",
        "must be one of the port where the service speaks gRPC",
        "http",
        "write HealthCheck.tcp()",
      );
    },
  };
}

/** @throws InvalidValueError for the first of its {@link serviceRules} that the service breaks */
export function service(options: ServiceOptions): Service {
  for (const check of Object.values(serviceRules(options))) check();
  return withDefaults(options);
}

/** A service that breaks none of its {@link serviceRules}, every default filled in. */
export function withDefaults(options: ServiceOptions): Service {
  const { name, image, port, health = HealthCheck.tcp(), env = {}, secrets = {}, ...others } = options;
  const { memoryMiB = DEFAULT_MEMORY_MIB, stopGraceSeconds = DEFAULT_STOP_GRACE_SECONDS, ...more } = others;
  const { pidsLimit = DEFAULT_PIDS_LIMIT, ...given } = more;
  const declared = Object.entries(given).filter(([, value]) => value !== undefined);
  return {
    name,
    image,
    port,
    health,
    env: sorted(env),
    secrets: sorted(secrets),
    memoryMiB,
    pidsLimit,
    stopGraceSeconds,
    ...Object.fromEntries(declared),
  };
}

function checkVariable(name: string, value: string, secrets: Readonly<Record<string, SecretSource>>): void {
  if (!VARIABLE.test(name)) refuse("variable name", "must be letters, digits and underscores, a letter first", name);
  if (/[\n\r\0]/.test(value)) refuse(`variable ${name}`, "must be one line", value);
  if (name in secrets) refuse("variable", "must be either plain or a secret", name);
}

function checkSecret(name: string, { id, key }: SecretSource): void {
  if (!VARIABLE.test(name)) refuse("secret", "must be letters, digits and underscores, a letter first", name);
  if (!/^\S+$/.test(id)) refuse(`secret ${name}`, "must name where it is kept", id, "give its name or its ARN");
  if (key !== undefined && !/^[^\t\n\r]+$/.test(key)) refuse(`key of secret ${name}`, "must be one line", key);
}

function refuse(subject: string, rule: string, got: unknown, remedy?: string): never {
  throw new InvalidValueError({ subject, rule, got, remedy });
}

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
