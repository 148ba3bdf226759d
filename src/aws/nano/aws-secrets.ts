import type { Construct } from "constructs";
import type { HostedService } from "../../hosts/hosted-service.ts";
import type { HostedSite } from "../../hosts/hosted-site.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { Secret } from "../secret.ts";

/**
 * The secrets of `service`.
 *
 * @throws {ConstructError} for one of another class: nothing in it says what the role of the host must be allowed
 */
export function awsSecretsOf(service: HostedService): Secret[] {
  return Object.entries(service.secrets).map(([name, secret]) => awsSecret(service, `secrets[${name}]`, secret));
}

/** The secrets that the certificates of `site` need. @throws {ConstructError} for one of another class */
export function awsTlsSecretsOf(site: HostedSite): Secret[] {
  return site.secrets.map((secret) => awsSecret(site, "tls", secret));
}

function awsSecret(scope: Construct, property: string, secret: unknown): Secret {
  if (secret instanceof Secret) return secret;
  const problem =
    "must be made by Secret.fromParameter or Secret.fromSecretsManager: a NanoHost grants itself those alone";
  throw new ConstructError(scope, property, problem);
}
