import { isIP } from "node:net";
import { InvalidValueError } from "./invalid-value-error.ts";

/** Docker's word for the address of the machine that runs the container. */
const HOST_GATEWAY_ADDRESS = "host-gateway";

/** @throws InvalidValueError for a line that no hosts file of a container has */
export function extraHost(name: string, address: string): void {
  if (!/^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/.test(name)) {
    const rule = "must be letters, digits, dots, dashes and underscores";
    throw new InvalidValueError({ subject: "name", rule, got: name, remedy: 'write it like "db"' });
  }
  if (address === HOST_GATEWAY_ADDRESS || isIP(address) !== 0) return;
  const rule = `must be an IP address or ${HOST_GATEWAY_ADDRESS}`;
  throw new InvalidValueError({ subject: `address of ${name}`, rule, got: address });
}
