import type { OptionNames } from "../values/known-options.ts";
import { runTimeout } from "../values/run-timeout.ts";
import {
  CONTAINER_OPTIONS,
  type ContainerOptions,
  type ContainerSettings,
  containerRules,
  containerSettings,
} from "./container-options.ts";
import { serviceName } from "./service-name.ts";

/** A container that runs to its end, every default filled in. */
export interface FiniteContainer extends ContainerSettings {
  readonly name: string;
  /** Seconds after which it is stopped and has failed. */
  readonly timeoutSeconds: number;
}

/** A {@link FiniteContainer} as a person declares it. */
export interface FiniteOptions extends Pick<FiniteContainer, "name">, ContainerOptions {
  /** @default - as is usual for its kind */
  readonly timeoutSeconds?: number;
}

export const FINITE_OPTIONS: OptionNames<FiniteOptions> = { ...CONTAINER_OPTIONS, name: true, timeoutSeconds: true };

/** A kind of them: what it is called, and the seconds that it may take where nothing is said, and at most. */
export interface FiniteKind {
  readonly kind: string;
  readonly usual: number;
  readonly longest: number;
}

/** The rules of such a container, by the option that each is about. */
export function finiteRules(
  options: FiniteOptions,
  { kind, usual, longest }: FiniteKind,
): Readonly<Partial<Record<keyof FiniteOptions, () => void>>> {
  const { timeoutSeconds = usual } = options;
  return {
    name: () => serviceName(options.name, `${kind} name`),
    ...containerRules(options),
    timeoutSeconds: () => runTimeout(`${kind} timeout`, timeoutSeconds, longest),
  };
}

/** A container that breaks none of its {@link finiteRules}, every default filled in. */
export function finiteWithDefaults(
  { name, timeoutSeconds, ...container }: FiniteOptions,
  { usual }: FiniteKind,
): FiniteContainer {
  return { name, ...containerSettings(container), timeoutSeconds: timeoutSeconds ?? usual };
}
