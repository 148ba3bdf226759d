import type { ContainerMounts as MountBlock } from "@cdktf/provider-docker/lib/container";
import type { Construct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { templateText } from "../terraform/template-text.ts";

/** What a container sees at a path that is not of its image, in the engine's words. */
export interface ContainerMount {
  /** A named volume, a path of the engine's machine, or memory. */
  readonly type: "volume" | "bind" | "tmpfs";
  /** The volume's name, or the path. @default - none, for a tmpfs */
  readonly source?: string;
  /** @default false */
  readonly readOnly?: boolean;
  /** The most MiB that a tmpfs holds. @default - up to the container's memory limit */
  readonly sizeMiB?: number;
}

/** By the absolute path where the container sees each. */
export type MountsByPath = Readonly<Record<string, ContainerMount>>;

const BYTES_PER_MIB = 1024 * 1024;
const TYPES: readonly unknown[] = ["volume", "bind", "tmpfs"];

/** @throws {ConstructError} for a mount that the engine would refuse */
export function checkMountsByPath(scope: Construct, mounts: MountsByPath): void {
  for (const [path, mount] of Object.entries(mounts)) {
    const property = `mounts[${path}]`;
    requireLiteral(scope, property, mount);
    if (!path.startsWith("/"))
      throw new ConstructError(scope, "mounts", { subject: "path", rule: "must be absolute", got: path });
    if (TYPES.includes(mount?.type)) continue;
    const rule = "must be volume, bind or tmpfs";
    throw new ConstructError(scope, property, { subject: "type of mount", rule, got: mount?.type });
  }
}

/** The provider's blocks for `mounts`; none at all where there are none. */
export function mountBlocks(mounts: MountsByPath = {}): MountBlock[] | undefined {
  const blocks = Object.entries(mounts).map(([target, { type, source, readOnly, sizeMiB }]) => ({
    target: templateText(target),
    type,
    source: source && templateText(source),
    readOnly,
    tmpfsOptions: sizeMiB === undefined ? undefined : { sizeBytes: sizeMiB * BYTES_PER_MIB },
  }));
  return blocks.length === 0 ? undefined : blocks;
}
