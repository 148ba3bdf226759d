/** A release of Debian that stands in for Ubuntu 24.04. */
export interface MachineSystem {
  /** Its code name, as Debian's archive knows it. */
  readonly suite: string;
  /** What Ubuntu has in one package and this release in several. */
  readonly apart: readonly string[];
  /** What is in it where Ubuntu 24.04 has other versions. */
  readonly description: string;
}

/**
 * What a rehearsal may boot. Debian 13 is the nearer one: Ubuntu 24.04 of today has cloud-init 25, systemd 255, jq 1.7
 * and Docker 26 to 29. Debian 12 is older than Ubuntu 24.04 in each, and what works on both works between them.
 */
export const MACHINE_SYSTEMS = {
  "debian-12": {
    suite: "bookworm",
    apart: [],
    description: "Debian 12 stands in for Ubuntu 24.04: cloud-init 22.4, Docker 20.10, nginx 1.22, systemd 252, jq 1.6",
  },
  "debian-13": {
    suite: "trixie",
    apart: ["docker-cli"],
    description:
      "Debian 13 stands in for Ubuntu 24.04: cloud-init 25.1, Docker 26.1, nginx 1.26, systemd 257, jq 1.7; Docker's client is there before its engine",
  },
} as const satisfies Record<string, MachineSystem>;

export type MachineSystemName = keyof typeof MACHINE_SYSTEMS;

/** The one that a rehearsal boots unless told. */
export const NEAREST_SYSTEM: MachineSystemName = "debian-13";

/** @throws with the names that there are */
export function machineSystemName(text: string): MachineSystemName {
  const names = Object.keys(MACHINE_SYSTEMS) as MachineSystemName[];
  const name = names.find((each) => each === text);
  if (!name) throw new Error(`a machine must be ${names.join(" or ")}, got ${JSON.stringify(text)}`);
  return name;
}
