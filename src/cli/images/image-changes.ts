import { Dockerfile } from "../../dockerfile/dockerfile.ts";
import type { ImageConfiguration } from "./registry-image.ts";

type Config = NonNullable<ImageConfiguration["config"]>;

/** An image's configuration as instructions that an import takes; and what no instruction can say. */
export function imageChanges(config: Config & { readonly OnBuild?: readonly string[] | null }): {
  readonly changes: string[];
  readonly lost: string[];
} {
  const { Env, ExposedPorts, Volumes, Labels, WorkingDir, User, Entrypoint, Cmd, StopSignal, Healthcheck, OnBuild } =
    config;
  const lines: string[] = [];
  const lost: string[] = [];
  const add = (
    what: string,
    write: (image: ReturnType<typeof Dockerfile.from>) => ReturnType<typeof Dockerfile.from>,
  ) => {
    try {
      const { text } = write(Dockerfile.from("scratch")).toDockerfile();
      const [, ...own] = text.trimEnd().split("\n");
      if (own.length !== 1) throw new Error("takes more than a line");
      lines.push(own[0] as string);
    } catch (error) {
      lost.push(`${what} (${(error as Error).message})`);
    }
  };
  for (const entry of Env ?? []) {
    const [name = "", ...value] = entry.split("=");
    add(`the variable ${name}`, (image) => image.env({ [name]: Dockerfile.literal(value.join("=")) }));
  }
  for (const port of Object.keys(ExposedPorts ?? {})) add(`the port ${port}`, (image) => image.expose(port));
  for (const path of Object.keys(Volumes ?? {}))
    add(`the volume ${path}`, (image) => image.volume(Dockerfile.literal(path)));
  for (const [label, value] of Object.entries(Labels ?? {}))
    add(`the label ${label}`, (image) => image.label({ [label]: Dockerfile.literal(value) }));
  if (WorkingDir) add("the working directory", (image) => image.workdir(Dockerfile.literal(WorkingDir)));
  if (User) add("the user", (image) => image.user(User));
  if (Entrypoint?.length) lines.push(`ENTRYPOINT ${JSON.stringify(Entrypoint)}`);
  if (Cmd?.length) lines.push(`CMD ${JSON.stringify(Cmd)}`);
  if (StopSignal) add("the stop signal", (image) => image.stopsignal(StopSignal));
  const health = healthLine(Healthcheck);
  if (health !== undefined) lines.push(health);
  if (OnBuild?.length) lost.push(`${OnBuild.length} triggers of ONBUILD`);
  return { changes: lines, lost };
}

interface Health {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly StartPeriod?: number;
  readonly Retries?: number;
}

/** Its times are nanoseconds there, and 0 is the engine's own. */
function healthLine(health: Health | null | undefined): string | undefined {
  const [kind, ...words] = health?.Test ?? [];
  if (kind === undefined) return undefined;
  if (kind === "NONE") return "HEALTHCHECK NONE";
  const { Interval = 0, Timeout = 0, StartPeriod = 0, Retries = 0 } = health as Health;
  const times = { interval: Interval, timeout: Timeout, "start-period": StartPeriod };
  const options = Object.entries(times).flatMap(([name, time]) => (time > 0 ? [`--${name}=${time}ns`] : []));
  const command = kind === "CMD-SHELL" ? words[0] : JSON.stringify(words);
  return ["HEALTHCHECK", ...options, ...(Retries > 0 ? [`--retries=${Retries}`] : []), "CMD", command].join(" ");
}
