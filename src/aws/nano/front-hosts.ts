import type { HostedService } from "../../hosts/hosted-service.ts";
import { type Front, sitesThrough } from "../../release/front.ts";
import type { Site } from "../../release/site.ts";
import type { AddressedHost } from "./private-addresses.ts";

/** The hosts in front of one host, and the services that each of them reaches. */
export class FrontHosts<H extends AddressedHost> {
  private readonly reached = new Map<H, Map<string, string>>();

  /** @param sitesOf the sites of a host, as they are by now */
  constructor(private readonly sitesOf: (front: H) => readonly Site[]) {}

  /** Notes that `front` reaches `service` at `address`. */
  add(front: H, service: HostedService, address: string): void {
    const services = this.reached.get(front) ?? new Map<string, string>();
    this.reached.set(front, services.set(address, service.node.id));
  }

  get hosts(): H[] {
    return [...this.reached.keys()];
  }

  /** They as a release has them, sorted. */
  get fronts(): Front[] {
    const fronts = [...this.reached].map(([front, services]) => ({
      host: front.node.path,
      address: front.privateIp,
      services: [...services.values()].sort(),
      sites: sitesThrough(this.sitesOf(front), services),
    }));
    return fronts.sort((a, b) => (a.host < b.host ? -1 : 1));
  }
}
