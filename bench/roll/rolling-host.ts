import type { Crowd } from "./visitors.mjs";

/** A host that is rolled under load: it serves `web`, which changes, and `chat`, its neighbour, which does not. */
export interface RollingHost {
  /** Whose programs it consists of, for people. */
  readonly about: string;
  /** Brings up the first version. */
  start(): Promise<void>;
  /** Where visitors find it. */
  readonly places: Omit<Crowd, "perSecond" | "slowSeconds">;
  /** Moves `web` to the version, and waits for the outcome. @throws with what the host said */
  roll(version: string): Promise<void>;
  /** What Slipway does not do: stops the container that serves, then starts one. */
  stopFirst(): Promise<void>;
  stop(): Promise<void>;
}
