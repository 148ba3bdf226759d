import type { HostedService } from "../../hosts/hosted-service.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { Secret } from "../secret.ts";

/**
 * The secrets of `service`.
 *
 * @throws {ConstructError} for one of another class: nothing in it says what the role of the host must be allowed
 */
export function awsSecretsOf(service: HostedService): Secret[] {
  return Object.entries(service.secrets).map(([name, secret]) => {
    if (secret instanceof Secret) return secret;
    const problem =
      "must be made by Secret.fromParameter or Secret.fromSecretsManager: a NanoHost grants itself those alone";
    throw new ConstructError(service, `secrets[${name}]`, problem);
  });
}
