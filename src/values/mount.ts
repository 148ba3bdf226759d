import { hostPath } from "./host-path.ts";
import { InvalidValueError, refusalOf } from "./invalid-value-error.ts";
import { type OptionNames, refuseUnknownOptions } from "./known-options.ts";
import { checkSwitch } from "./switch.ts";

export interface HostPathOptions {
  /** Whether the service may not write there. @default false */
  readonly readOnly?: boolean;
}

export interface VolumeMountOptions extends HostPathOptions {
  /**
   * Whether several services, and several containers of one, may use it at once. Most databases may not: two of them write
   * each other's files to pieces.
   * @default false
   */
  readonly shared?: boolean;
}

export interface TmpfsOptions {
  /** The most MiB that it holds, which count to the service's memory. @default - up to the service's memory limit */
  readonly sizeMiB?: number;
}

/** A mount as plain data. */
export type MountData =
  | { readonly kind: "volume"; readonly volume: string; readonly shared?: true; readonly readOnly?: true }
  | { readonly kind: "tmpfs"; readonly sizeMiB?: number }
  | { readonly kind: "host"; readonly source: string; readonly readOnly?: true }
  | { readonly kind: "file"; readonly content: string };

const HOST_PATH_OPTIONS: OptionNames<HostPathOptions> = { readOnly: true };
const VOLUME_OPTIONS: OptionNames<VolumeMountOptions> = { readOnly: true, shared: true };
const TMPFS_OPTIONS: OptionNames<TmpfsOptions> = { sizeMiB: true };

const VOLUME_NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;
const LARGEST_FILE = 2048;
const LARGEST_TMPFS_MIB = 1024 * 1024;

/** What a container sees at a path that is not of its image. */
export class Mount {
  /**
   * Data that outlives every release: the volume `name` of the service's host.
   *
   * Without `shared` it is for one service and one container of it at a time. Such a service is rolled stop-first: once
   * everything else of a release is healthy, its container is stopped, and started again if the new one does not get
   * healthy; from the one to the other nobody answers. No plan deletes a volume, `slipway volumes rm` does.
   *
   * @throws InvalidValueError for a name that is none
   */
  static volume(name: string, options: VolumeMountOptions = {}): Mount {
    if (typeof name !== "string" || !VOLUME_NAME.test(name)) {
      const rule = "must be at most 40 lower-case letters, digits and inner dashes, a letter first";
      const remedy = `${name}`.includes("/") ? "for a folder of the machine write Mount.hostPath" : undefined;
      throw new InvalidValueError({ subject: "volume name", rule, got: name, remedy });
    }
    refuseUnknownOptions("volume", options, VOLUME_OPTIONS);
    checkSwitch("shared", options.shared);
    return new Mount({ kind: "volume", volume: name, ...(options.shared && { shared: true }), ...readOnly(options) });
  }

  /**
   * A folder in memory, which is empty at each start.
   * @throws InvalidValueError for a size that is none
   */
  static tmpfs(options: TmpfsOptions = {}): Mount {
    refuseUnknownOptions("tmpfs", options, TMPFS_OPTIONS);
    const { sizeMiB } = options;
    if (sizeMiB === undefined) return new Mount({ kind: "tmpfs" });
    if (Number.isInteger(sizeMiB) && sizeMiB >= 1 && sizeMiB <= LARGEST_TMPFS_MIB)
      return new Mount({ kind: "tmpfs", sizeMiB });
    const rule = "must be a whole number of MiB, 1 at least";
    throw new InvalidValueError({ subject: "size of a tmpfs", rule, got: sizeMiB });
  }

  /**
   * A folder or a file that the engine's machine has. Where the old and the new container must not both write there, use a
   * volume: a service with this mount alone is rolled start-first.
   *
   * @throws InvalidValueError for what is no absolute path, and for the machine's, the engine's and Slipway's own folders
   */
  static hostPath(path: string, options: HostPathOptions = {}): Mount {
    refuseUnknownOptions("host path", options, HOST_PATH_OPTIONS);
    return new Mount({ kind: "host", source: hostPath(path), ...readOnly(options) });
  }

  /**
   * A small file that everybody in the container may read, for settings. It is kept in Terraform's state and shown in plans:
   * no secret belongs here. Larger ones come with an image, since a release holds 8,192 characters in all.
   *
   * @throws InvalidValueError for more than 2 KiB
   */
  static file(content: string): Mount {
    const refuse = refusalOf("file", content);
    if (typeof content !== "string") return refuse("must be text", "a path is the key of mounts");
    if (content === "") return refuse("must not be empty", "write a line");
    if (content.includes("\0")) return refuse("must hold no NUL");
    const bytes = Buffer.byteLength(content);
    if (bytes > LARGEST_FILE)
      return refuse(`must have at most ${LARGEST_FILE} bytes, has ${bytes}`, "put it into an image");
    return new Mount({ kind: "file", content });
  }

  private constructor(private readonly data: MountData) {}

  /** The volume that one container at a time may have. */
  get exclusiveVolume(): string | undefined {
    return this.data.kind === "volume" && !this.data.shared ? this.data.volume : undefined;
  }

  /** Plain data in a fixed order, for a manifest or a hash. */
  toJSON(): MountData {
    return this.data;
  }
}

function readOnly(options: HostPathOptions): { readOnly?: true } {
  checkSwitch("readOnly", options.readOnly);
  return options.readOnly ? { readOnly: true } : {};
}
