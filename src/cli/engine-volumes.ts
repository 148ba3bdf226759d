import { CONSTRUCT_LABEL, VOLUME_HOST_LABEL, VOLUME_LABEL, VOLUME_STACK_LABEL } from "../values/engine-label.ts";
import type { Command } from "./tools.ts";

/** A container that uses a volume. */
export interface VolumeUser {
  readonly container: string;
  readonly state: string;
  /** The path of the service that it is of; its own name where it is of none. */
  readonly service: string;
}

/** A volume of a host, as the engine has it. */
export interface EngineVolume {
  /** Its name on the engine. */
  readonly name: string;
  /** Its name as declared. */
  readonly volume: string;
  /** The path of the host. */
  readonly host: string;
  readonly stack: string;
  /** As the engine says it, e.g. `12.3MB`. @default - the engine does not say it */
  readonly size?: string;
  readonly users: readonly VolumeUser[];
}

/** The volumes that hosts have on an engine. They outlive every stack, so that the engine alone knows them. */
export class EngineVolumes {
  constructor(private readonly command: Pick<Command, "run">) {}

  /** Sorted by name. @param stack of this stack alone */
  async list(stack?: string): Promise<EngineVolume[]> {
    const filter = stack === undefined ? VOLUME_LABEL : `${VOLUME_STACK_LABEL}=${stack}`;
    const names = (await this.docker("volume", "ls", "--filter", `label=${filter}`, "--format", "{{.Name}}"))
      .split("\n")
      .filter(Boolean);
    if (names.length === 0) return [];
    const sizes = await this.sizes();
    const volumes = await Promise.all(names.sort().map((name) => this.find(name)));
    return volumes.flatMap((volume) => (volume ? [{ ...volume, ...sizeOf(sizes.get(volume.name)) }] : []));
  }

  /** The volume of that name; nothing where there is none, or it is of no host. */
  async find(name: string): Promise<EngineVolume | undefined> {
    const { code, stdout } = await this.command.run("docker", ["volume", "inspect", name], { timeout: 20_000 });
    const labels = code === 0 ? (JSON.parse(stdout)[0]?.Labels ?? {}) : {};
    const { [VOLUME_LABEL]: volume, [VOLUME_HOST_LABEL]: host = "", [VOLUME_STACK_LABEL]: stack = "" } = labels;
    return volume === undefined ? undefined : { name, volume, host, stack, users: await this.users(name) };
  }

  async remove(name: string): Promise<void> {
    await this.docker("volume", "rm", name);
  }

  private async users(name: string): Promise<VolumeUser[]> {
    const format = `{{.Names}}\t{{.State}}\t{{.Label "${CONSTRUCT_LABEL}"}}`;
    const lines = await this.docker("ps", "--all", "--filter", `volume=${name}`, "--format", format);
    return lines
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\t") as [string, string, string])
      .map(([container, state, path]) => ({ container, state, service: path.replace(/\/Container$/, "") || container }))
      .sort((a, b) => (a.service < b.service ? -1 : 1));
  }

  /** What the engine says of their sizes, which it counts when it is asked. */
  private async sizes(): Promise<Map<string, string>> {
    const words = ["system", "df", "--verbose", "--format", "{{json .Volumes}}"];
    const { code, stdout } = await this.command.run("docker", words, { timeout: 60_000 });
    const volumes = code === 0 ? ((JSON.parse(stdout) ?? []) as { Name: string; Size: string }[]) : [];
    return new Map(volumes.map(({ Name, Size }) => [Name, Size]));
  }

  private async docker(...words: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.command.run("docker", words, { timeout: 60_000 });
    if (code !== 0) throw new Error(`docker ${words.slice(0, 2).join(" ")} failed\n${stderr.trim()}`);
    return stdout;
  }
}

function sizeOf(size: string | undefined): Pick<EngineVolume, "size"> {
  return size === undefined || size === "N/A" ? {} : { size };
}
