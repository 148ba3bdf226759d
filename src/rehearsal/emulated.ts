import type { EmulatedAcme } from "./acme-sources.ts";
import { type KeptSource, REHEARSED_SECRET } from "./kept-secrets.ts";
import { MACHINE_SYSTEMS, type MachineSystemName } from "./machine/machine-system.ts";

/** What of a stack is played as well. */
interface Played {
  readonly secrets: readonly Pick<KeptSource, "id" | "value">[];
  readonly zones: readonly { readonly id: string }[];
  readonly needsEmulation: boolean;
  readonly acme?: Pick<EmulatedAcme, "directories" | "caFiles">;
  /** Whether Docker Hub is. @default false */
  readonly hasHub?: boolean;
}

const NOTHING: Played = { secrets: [], zones: [], needsEmulation: false };

/** What stands in for AWS in a rehearsal; everything else is the real thing. */
export function emulated(system: MachineSystemName, played: Played = NOTHING): readonly string[] {
  return [
    ...EMULATED.slice(0, 2),
    `${MACHINE_SYSTEMS[system].description}; no snapd, AppArmor or unattended upgrades`,
    ...EMULATED.slice(2),
    ...ofStack(played),
  ];
}

function ofStack({ secrets, zones, needsEmulation, acme, hasHub }: Played): string[] {
  const ids = (of: readonly { readonly id: string }[]) => [...new Set(of.map(({ id }) => id))].sort().join(", ");
  const words = secrets.filter(({ value }) => value === undefined);
  return [
    ...(words.length > 0 ? [`what hosts read at ${ids(words)} is the word "${REHEARSED_SECRET}"`] : []),
    ...(zones.length > 0 ? [`${ids(zones)} is a zone that was made for the rehearsal, under another id`] : []),
    ...(needsEmulation
      ? ["the host's containers are of arm64, which QEMU plays; its own programs are of this machine's processor"]
      : []),
    ...(acme
      ? [
          `the ACME server is pebble, Let's Encrypt's own for tests, at ${acme.directories.join(", ")}: it asks each name's address here by HTTP-01 and signs by an authority of its own`,
        ]
      : []),
    ...(acme && acme.caFiles.length > 0
      ? [`the rehearsal's own authority takes the place of what ${acme.caFiles.join(", ")} holds`]
      : []),
    ...(hasHub ? ["Docker Hub is this machine's registry of stand-ins, under Docker Hub's own name"] : []),
  ];
}

const EMULATED: readonly string[] = [
  "the AWS API is moto behind doubles that add what AWS refuses; IAM is evaluated for the host's role only, the deployer may do everything",
  "the instance is a container of this machine's kernel with real systemd and real cloud-init: no kernel, boot loader, disk, swap or ENA of its own; it sees this machine's memory and processors, its limits come from a control group",
  "cloud-init knows the machine as EC2 by a file instead of by its hypervisor; the network is the container's, not the VPC's: no DHCP, no routes, no egress rules",
  "the metadata service gives what hosts ask for; its hop limit counts on every packet, not only on the token's",
  "the SSM agent is played: it registers when its role allows it and runs commands by docker exec",
  "an Elastic IP is a loopback address that forwards the TCP ports which security groups open to everyone; hosts see the bridge's gateway as the client",
  "the registry is Debian's docker-registry behind ECR's login, permissions and tag rules; layers come from it, not by way of S3",
  "Route 53 is moto's: names resolve for the rehearsal's own visits and validations only",
];
