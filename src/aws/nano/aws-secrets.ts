import type { Construct } from "constructs";
import type { HostedContainer } from "../../hosts/hosted-container.ts";
import type { HostedSite } from "../../hosts/hosted-site.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { SECRET_KINDS, Secret } from "../secret.ts";

/**
 * The secrets of `container`, and the one by which its image is pulled.
 *
 * @throws {ConstructError} for one of another class: nothing in it says what the role of the host must be allowed
 */
export function awsSecretsOf(container: HostedContainer): Secret[] {
  const { pullAccess } = container.image.repository;
  const own = Object.entries(container.secrets).map(([name, secret]) =>
    awsSecret(container, `secrets[${name}]`, secret),
  );
  if (pullAccess.kind !== "secret") return own;
  return [...own, awsSecret(container, "image", pullAccess.password, "its registry's pullLogin ")];
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
