import { createHash } from "node:crypto";
import type { PublicParameter } from "./parameter-store.ts";

/** A machine image as moto's seed file spells it. */
export interface MachineImageEntry {
  readonly ami_id: string;
  readonly name: string;
  readonly description: string;
  readonly owner_id: string;
  readonly public: boolean;
  readonly architecture: string;
  readonly state: string;
  readonly virtualization_type: string;
  readonly image_type: string;
  readonly image_location: string;
  readonly hypervisor: string;
  readonly root_device_name: string;
  readonly root_device_type: string;
  readonly platform: null;
}

const CANONICAL_ACCOUNT = "099720109477";
const ARCHITECTURES = { amd64: "x86_64", arm64: "arm64" } as const;

/** A machine image that a stack names by its id, and its processor as EC2 calls it. */
export interface KnownImage {
  readonly id: string;
  readonly architecture: "x86_64" | "arm64";
}

/**
 * What Canonical publishes for Ubuntu 24.04: the image of each serial, for both architectures, under its dated
 * parameter, and the newest one under `current` too; and the images that are `known` by their ids.
 */
export function publishedImages(
  serials: readonly string[],
  known: readonly KnownImage[] = [],
): {
  images: MachineImageEntry[];
  parameters: PublicParameter[];
} {
  const images = known.map(({ id, architecture }) => entry(id, architecture, `of-its-own/${id}`, id));
  const parameters: PublicParameter[] = [];
  const newest = [...serials].sort().at(-1);
  for (const serial of serials) {
    for (const [debian, architecture] of Object.entries(ARCHITECTURES)) {
      const location = `ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${debian}-server-${serial}`;
      const id = `ami-${createHash("sha256").update(location).digest("hex").slice(0, 17)}`;
      images.push(entry(id, architecture, location, `Canonical, Ubuntu, 24.04, ${debian} noble image`));
      for (const state of serial === newest ? [serial, "current"] : [serial]) {
        const name = `/aws/service/canonical/ubuntu/server/24.04/stable/${state}/${debian}/hvm/ebs-gp3/ami-id`;
        parameters.push({ name, value: id });
      }
    }
  }
  return { images, parameters };
}

function entry(id: string, architecture: string, location: string, description: string): MachineImageEntry {
  return {
    ami_id: id,
    name: location,
    description,
    owner_id: CANONICAL_ACCOUNT,
    public: true,
    architecture,
    state: "available",
    virtualization_type: "hvm",
    image_type: "machine",
    image_location: `amazon/${location}`,
    hypervisor: "xen",
    root_device_name: "/dev/sda1",
    root_device_type: "ebs",
    platform: null,
  };
}
