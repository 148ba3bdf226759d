import { createHash } from "node:crypto";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { serviceName } from "./service-name.ts";

/** The ports of one service on its host. */
export interface ClaimedPorts {
  /** The two loopback ports that its containers take in turn. */
  readonly slots: readonly [number, number];
  /** Where its neighbours reach it, on {@link BRIDGE_ADDRESS}. */
  readonly internal: number;
  /** Where its neighbours reach its one container by TCP, on {@link BRIDGE_ADDRESS}, where it has but one at a time. */
  readonly direct: number;
  /** Where the Nginx of a host in front reaches it, on every address of its host. */
  readonly front: number;
}

/** Where a container finds its host: Docker's bridge, fixed in the engine's configuration. */
export const BRIDGE_ADDRESS = "172.17.0.1";

const FIRST_SLOT = 20_000;
const FIRST_DIRECT = 29_000;
const FIRST_INTERNAL = 30_000; // below Linux's ephemeral ports, which begin at 32,768
const FIRST_FRONT = 31_000;
const SERVICES = 1000;

/** The ports of one host's services. Why by name and not by order: adding a service must not move any other. */
export class ServicePorts {
  private readonly owners = new Map<number, string>();

  /** @throws InvalidValueError for a name that is none, or that has its ports already */
  claim(name: string): ClaimedPorts {
    const wanted = createHash("sha256").update(serviceName(name)).digest().readUInt32BE(0) % SERVICES;
    let place = wanted;
    while (this.owners.has(place)) {
      if (this.owners.get(place) === name) {
        throw new InvalidValueError({ subject: "service name", rule: "must be declared once", got: name });
      }
      place = (place + 1) % SERVICES;
      if (place === wanted) throw new InvalidValueError({ subject: "host", rule: "has no port left", got: name });
    }
    this.owners.set(place, name);
    const slot = FIRST_SLOT + 2 * place;
    return {
      slots: [slot, slot + 1],
      direct: FIRST_DIRECT + place,
      internal: FIRST_INTERNAL + place,
      front: FIRST_FRONT + place,
    };
  }
}
