import type { Construct } from "constructs";
import type { HostedService } from "../../hosts/hosted-service.ts";
import type { HostedSite } from "../../hosts/hosted-site.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { SECRET_KINDS, Secret } from "../secret.ts";

/**
 * The secrets of `service`, and the one by which its image is pulled.
 *
 * @throws {ConstructError} for one of another class: nothing in it says what the role of the host must be allowed
 */
export function awsSecretsOf(service: HostedService): Secret[] {
  const { pullAccess } = service.image.repository;
  const own = Object.entries(service.secrets).map(([name, secret]) => awsSecret(service, `secrets[${name}]`, secret));
  if (pullAccess.kind !== "secret") return own;
  return [...own, awsSecret(service, "image", pullAccess.password, "its registry's pullLogin ")];
}

/** The secrets that `site` needs. @throws {ConstructError} for one of another class */
export function awsSiteSecretsOf(site: HostedSite): Secret[] {
  return site.secrets.map(([property, secret]) => awsSecret(site, property, secret));
}

function awsSecret(scope: Construct, property: string, secret: unknown, whose = ""): Secret {
  if (secret instanceof Secret) return secret;
  const problem = `${whose}must be made by ${Object.values(SECRET_KINDS).join(" or ")}: a NanoHost grants itself those alone`;
  throw new ConstructError(scope, property, problem);
}
