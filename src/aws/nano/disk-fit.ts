import type { Construct } from "constructs";
import { findingText, type HostFit, type SumRow } from "../../release/fit.ts";
import { ConstructError } from "../../terraform/construct-error.ts";

const GIBIBYTE = 1024;
/** What Ubuntu takes with its packages, Docker and Nginx, once it has upgraded itself a few times. */
const SYSTEM_MIB = 3 * GIBIBYTE;
/** What the engine keeps of a container's log: three files of 10 MB. */
const LOG_MIB = 30;

/** What of a host's disk is declared. */
export interface DiskOptions {
  readonly volumeGiB: number;
  readonly swapMiB: number;
}

/**
 * What is left of the disk for images. How large those are is known once they are built; where they are larger than
 * this, the host removes those of the oldest releases and pulls them again when somebody goes back.
 */
export function diskFit(disk: DiskOptions, containers: number, keepReleases: number): HostFit["disk"] {
  const releases = keepReleases + 1;
  const taken = [
    ...takenBy(disk),
    ...(containers === 0 ? [] : [{ what: `logs of containers, ${LOG_MIB} each`, mib: -LOG_MIB * containers }]),
  ];
  const leftMiB = taken.reduce((sum, { mib }) => sum + mib, 0);
  return {
    leftMiB,
    releases,
    rows: [
      ...taken,
      { what: `left for the images of ${releases} releases, the one that comes included`, mib: leftMiB },
      { what: "for those of each", mib: Math.floor(leftMiB / releases) },
    ],
  };
}

/** @throws {ConstructError} where system and swap leave no room for a single image */
export function refuseFullDisk(scope: Construct, disk: DiskOptions): void {
  const rows = takenBy(disk);
  const left = rows.reduce((sum, { mib }) => sum + mib, 0);
  if (left > 0) return;
  const smallest = Math.ceil((SYSTEM_MIB + disk.swapMiB) / GIBIBYTE) + 1;
  const problem = `is ${disk.volumeGiB}, which system and swap take all of: declare ${smallest} at least, or less swapMiB`;
  const sum = [...rows, { what: "left for images", mib: left }];
  throw new ConstructError(scope, "volumeGiB", findingText({ problem, rows: sum }));
}

function takenBy({ volumeGiB, swapMiB }: DiskOptions): SumRow[] {
  return [
    { what: "the disk", mib: volumeGiB * GIBIBYTE },
    { what: "Ubuntu with Docker and Nginx", mib: -SYSTEM_MIB },
    { what: "swap", mib: -swapMiB },
  ];
}
