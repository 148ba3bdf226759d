import type { ClaimedPorts } from "../../release/service-ports.ts";
import type { HealthCheck } from "../../values/health-check.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { parsePort } from "../../values/port-mapping.ts";

/** Where the host finds a secret. */
export interface SecretReference {
  readonly from: "parameter" | "secrets-manager";
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

/** A service as a release is told about it. */
export interface ReleasedServiceOptions {
  readonly name: string;
  /** `repository@sha256:…`; may be a reference, then the host checks it. */
  readonly image: string;
  /** The container's port. */
  readonly port: number;
  readonly ports: ClaimedPorts;
  readonly health: HealthCheck;
  /** @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly secrets?: Readonly<Record<string, SecretReference>>;
  /** @default 256 */
  readonly memoryMiB?: number;
  /** @default 10 */
  readonly stopGraceSeconds?: number;
  /** @default - the image's */
  readonly command?: readonly string[];
}

/** A service as the manifest has it. */
export interface ReleasedService {
  readonly name: string;
  readonly image: string;
  readonly port: number;
  readonly slots: readonly [number, number];
  readonly health: Readonly<Record<string, string | number>>;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, SecretReference>>;
  readonly memoryMiB: number;
  readonly stopGraceSeconds: number;
  readonly command?: readonly string[];
  readonly introduction: string;
}

const SMALLEST_MEMORY_MIB = 6;
const LONGEST_GRACE_SECONDS = 3600;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PINNED = /@sha256:[0-9a-f]{64}$/;

/** @throws InvalidValueError for whatever the host would refuse */
export function releasedService(options: ReleasedServiceOptions, introduction: string): ReleasedService {
  const { name, image, port, ports, health, env = {}, secrets = {}, memoryMiB = 256, stopGraceSeconds = 10 } = options;
  const refuse = (subject: string, rule: string, got: unknown, remedy?: string): never => {
    throw new InvalidValueError({ subject: `service ${name}: ${subject}`, rule, got, remedy });
  };
  if (!image.includes("${") && !PINNED.test(image)) refuse("image", "must be pinned by digest", image);
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
    port: parsePort(port, `service ${name}: port`),
    slots: ports.slots,
    health: health.toJSON(),
    env: sorted(env),
    secrets: sorted(secrets),
    memoryMiB,
    stopGraceSeconds,
    ...(options.command === undefined ? {} : { command: [...options.command] }),
    introduction,
  };
}

function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
