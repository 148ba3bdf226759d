import type { IConstruct } from "constructs";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import type { KeptSecret } from "../values/secret-source.ts";
import type { IHost } from "./host.ts";

/**
 * The message has not what was given: whoever takes this for the place of the secret itself gave it.
 *
 * @throws {ConstructError} for what is no secret, or is of a kind that `host` does not read
 */
export function requireSecret(
  scope: IConstruct,
  host: IHost,
  property: string,
  secret: KeptSecret,
  { secrets: kinds }: Pick<HostCapabilities, "secrets">,
): void {
  const written = Object.values(kinds).join(" or ");
  const refuse = (problem: string): never => {
    throw new ConstructError(scope, property, problem);
  };
  if (written === "") refuse(`the host ${host.node.path} reads no secrets: run the service on one that does`);
  const kind = (secret as Partial<KeptSecret> | null | undefined)?.source?.kind;
  if (kind === undefined) refuse(`must be a Secret, got ${typeof secret}: write ${written} with its name`);
  if (!Object.hasOwn(kinds, kind as string))
    refuse(`is of the kind ${kind}, which the host ${host.node.path} does not read: write ${written}`);
}
