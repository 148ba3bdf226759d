import { cpuLimit } from "../values/cpu-limit.ts";
import {
  ENGINE_OPTIONS,
  type EngineOptions,
  type EngineSettings,
  engineRules,
  engineSettings,
} from "../values/engine-options.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";
import { DEFAULT_MEMORY_MIB, memoryLimit } from "../values/memory-limit.ts";
import { DEFAULT_PIDS_LIMIT, pidsLimit } from "../values/pids-limit.ts";
import { checkSecret, type SecretSource } from "../values/secret-source.ts";
import { sortedMap } from "../values/sorted-map.ts";
import { DEFAULT_STOP_GRACE_SECONDS, stopGrace } from "../values/stop-grace.ts";
import { checkVariableName } from "../values/variable-name.ts";

/** What a container is made of, whether it serves or runs to its end, every default filled in. */
export interface ContainerSettings extends EngineSettings {
  /** `repository@sha256:…`; may be a reference, then the host checks it. */
  readonly image: string;
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
}

/** {@link ContainerSettings} as a person declares them. */
export interface ContainerOptions extends EngineOptions {
  readonly image: string;
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
   * its containers get equal parts of what is short anyway.
   * @default - all that the host has
   */
  readonly cpus?: number;
  /** Seconds between the stop signal and the kill. @default 10 */
  readonly stopGraceSeconds?: number;
  /** The command in exec form. @default - the image's */
  readonly command?: readonly string[];
}

export const CONTAINER_OPTIONS: OptionNames<ContainerOptions> = {
  ...ENGINE_OPTIONS,
  image: true,
  env: true,
  secrets: true,
  memoryMiB: true,
  pidsLimit: true,
  cpus: true,
  stopGraceSeconds: true,
  command: true,
};

const PINNED = /@sha256:[0-9a-f]{64}$/;

/** The rules of a container, by the option that each is about. */
export function containerRules(
  options: ContainerOptions,
): Readonly<Partial<Record<keyof ContainerOptions, () => void>>> {
  const { image, env = {}, secrets = {}, memoryMiB, pidsLimit: pids, cpus, stopGraceSeconds } = options;
  return {
    image: () => image.includes("${") || PINNED.test(image) || refuse("image", "must be pinned by digest", image),
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
    ...engineRules(options),
  };
}

/** The settings of a container that breaks none of its {@link containerRules}; what is not declared is absent, or as usual. */
export function containerSettings({ image, env = {}, secrets = {}, ...others }: ContainerOptions): ContainerSettings {
  const { memoryMiB = DEFAULT_MEMORY_MIB, stopGraceSeconds = DEFAULT_STOP_GRACE_SECONDS, ...more } = others;
  const { pidsLimit = DEFAULT_PIDS_LIMIT, cpus, command, ...engine } = more;
  const given = { cpus, command };
  return {
    image,
    env: sortedMap(env),
    secrets: sortedMap(secrets),
    memoryMiB,
    pidsLimit,
    stopGraceSeconds,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...engineSettings(engine),
  };
}

function checkVariable(name: string, value: string, secrets: Readonly<Record<string, SecretSource>>): void {
  checkVariableName("variable name", name);
  if (/[\n\r\0]/.test(value)) refuse(`variable ${name}`, "must be one line", value);
  if (name in secrets) refuse("variable", "must be either plain or a secret", name);
}

function refuse(subject: string, rule: string, got: unknown): never {
  throw new InvalidValueError({ subject, rule, got });
}
