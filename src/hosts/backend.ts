import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import type { IBackend } from "./host.ts";

/** A backend that is not a service of ours, at a fixed address. */
export class Backend implements IBackend {
  /**
   * @param text `host:port`, as Nginx reaches it.
   * @throws {InvalidValueError} unless it is a host and a port
   */
  static fromAddress(text: string): Backend {
    const { host, port } = RegistryAddress.parse(text);
    if (port === undefined) {
      throw new InvalidValueError({
        subject: "address",
        rule: "must have a port",
        got: text,
        remedy: `write e.g. ${host}:80`,
      });
    }
    return new Backend(`${host}:${parsePort(port)}`);
  }

  private constructor(private readonly text: string) {}

  addressFrom(): string {
    return this.text;
  }
}
