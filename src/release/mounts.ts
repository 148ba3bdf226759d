import { checkPlainPath, isWithin } from "../values/host-path.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { Mount, type MountData } from "../values/mount.ts";

/** Mounts by the path where the container sees them. */
export type Mounts = Readonly<Record<string, Mount>>;

/** What of a service its mounts are about. */
export interface MountedService {
  readonly name: string;
  readonly mounts?: Mounts;
}

/** Folders of a container where nothing of ours is mounted, by why. */
const TAKEN: Readonly<Record<string, string>> = {
  "/run/secrets": "secrets are there",
  "/proc": "it is the kernel's",
  "/sys": "it is the kernel's",
  "/dev": "it is the engine's",
};

/** @throws InvalidValueError for a path where nothing can be mounted, and for a mount over another or within one */
export function checkMounts(mounts: Mounts): void {
  const before: string[] = [];
  for (const [path, mount] of Object.entries(mounts)) {
    const refuse = (rule: string, remedy?: string) => {
      throw new InvalidValueError({ subject: "mount path", rule, got: path, remedy });
    };
    checkPlainPath("mount path", path);
    if (!(mount instanceof Mount)) {
      const rule = 'must be a Mount, written e.g. Mount.volume("data")';
      throw new InvalidValueError({ subject: `mount of ${path}`, rule, got: mount });
    }
    const taken = Object.keys(TAKEN).find((folder) => isWithin(path, folder) || isWithin(folder, path));
    if (taken !== undefined) refuse(`must have nothing to do with ${taken}: ${TAKEN[taken]}`);
    const other = before.find((each) => isWithin(path, each) || isWithin(each, path));
    if (other !== undefined)
      refuse(`must not be over, within or around ${other}, which is mounted too`, "choose another path");
    before.push(path);
  }
  refuseVolumeTwice(mounts);
}

function refuseVolumeTwice(mounts: Mounts): void {
  const paths = new Map<string, string>();
  for (const [path, { exclusiveVolume: volume }] of Object.entries(mounts)) {
    if (volume === undefined) continue;
    const other = paths.get(volume);
    if (other !== undefined) {
      const rule = `must be mounted once where it is not shared, is so at ${other} and ${path}`;
      throw new InvalidValueError({ subject: "volume", rule, got: volume });
    }
    paths.set(volume, path);
  }
}

/** A volume of a host. */
export interface DeclaredVolume {
  readonly name: string;
  readonly shared: boolean;
  /** The services that use it, sorted as they are given. */
  readonly services: readonly string[];
}

/**
 * The volumes of `services`, sorted by name.
 *
 * @throws InvalidValueError for one that two of them use and either for itself alone
 */
export function declaredVolumes(services: readonly MountedService[]): DeclaredVolume[] {
  const volumes = new Map<string, DeclaredVolume>();
  for (const { name: service, mounts } of services) {
    for (const mount of mountData(mounts)) {
      if (mount.kind !== "volume") continue;
      const { volume: name, shared = false } = mount;
      const { services: others = [], shared: isShared = shared } = volumes.get(name) ?? {};
      const [other = service] = others;
      if (other !== service && !(shared && isShared)) {
        const rule = `must be of one service, or shared by each of them, is so of ${other} and ${service}`;
        const remedy = `write Mount.volume("${name}", { shared: true }) in both, or give each its own`;
        throw new InvalidValueError({ subject: "volume", rule, got: name, remedy });
      }
      volumes.set(name, { name, shared, services: [...new Set([...others, service])] });
    }
  }
  return [...volumes.keys()].sort().map((name) => volumes.get(name) as DeclaredVolume);
}

/** Whether one container of the service at a time may run, since one alone may have its data. */
export function isStopFirst({ mounts = {} }: Pick<MountedService, "mounts">): boolean {
  return Object.values(mounts).some(({ exclusiveVolume }) => exclusiveVolume !== undefined);
}

function mountData(mounts: Mounts = {}): MountData[] {
  return Object.values(mounts).map((mount) => mount.toJSON());
}
