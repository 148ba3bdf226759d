import type { Construct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import type { IHost, IService } from "./host.ts";

/**
 * The names of the services that the option `property` of `scope`, which is of `host`, was given.
 *
 * @param why what is said of a service of another host: the rule, up to the host's path, and what to do
 * @throws {ConstructError} for what is no list of services of `host`
 */
export function ownServices(
  scope: Construct,
  host: IHost,
  property: string,
  given: readonly IService[],
  why: readonly [rule: string, remedy: string],
): string[] {
  const refuse = (at: string, rule: string, got: unknown, remedy: string): never => {
    throw new ConstructError(scope, at, { subject: property, rule, got, remedy });
  };
  if (!Array.isArray(given))
    return refuse(property, "must be a list of services", given, "write e.g. [web], of what host.run returned");
  return given.map((service: Partial<IService> | undefined, index) => {
    const at = `${property}[${index}]`;
    if (service?.host === undefined || service.node === undefined || service.addressFrom === undefined)
      return refuse(at, "must be a service", service, "give what host.run returned");
    if (service.host === host) return service.node.id;
    const [rule, remedy] = why;
    const problem = `${service.node.path} is a service of ${service.host.node.path}, and ${rule} ${host.node.path}: ${remedy}`;
    throw new ConstructError(scope, at, problem);
  });
}
