import { createPrivateKey, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Construct } from "constructs";
import { atProperty } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { refuseTrackedSecret, secretPlace } from "../terraform/deployer-secret.ts";
import { stagedCopy } from "../terraform/staged-file.ts";
import { templateText } from "../terraform/template-text.ts";
import { VerifiedStep } from "../terraform/verified-step.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { Signing } from "../values/signing.ts";
import { refuseOtherKey } from "../values/signing-key.ts";
import type { IRepository } from "./registry.ts";
import { DOCKER_LOGIN, SIGNATURE_SCRIPTS } from "./signing-scripts.ts";

/** An image that is signed where it is kept. */
export interface SignedImage {
  readonly repository: IRepository;
  /** Repository and digest; may be a reference. */
  readonly reference: string;
  /** What must have happened before it is there. @default - its reference waits by itself */
  readonly dependsOn?: readonly TerraformDependency[];
}

/** @throws {ConstructError} for what does not sign: no Signing, a key that git has, or one of another kind */
export function checkSigning(scope: Construct, signing: unknown): void {
  atProperty(scope, "sign", () => {
    if (signing instanceof Signing) return;
    const remedy = 'write Signing.key({ file: "~/.config/shop/signing.key" }), or Signing.kms(keyArn)';
    throw new InvalidValueError({ subject: "sign", rule: "must be a Signing", got: signing, remedy });
  });
  const { source } = signing as Signing;
  if (source.kind !== "key") return;
  refuseTrackedSecret(scope, "sign", { kind: "file", id: source.file });
  const key = readableKey(source.file.replace(/^~(?=\/)/, homedir()));
  if (key) atProperty(scope, "sign", () => refuseOtherKey(key, source.file));
}

/**
 * Steps of the apply that sign an image by its digest; returns what waits for the signature. Why shell, curl and openssl:
 * they are what a host verifies by, so that there is one form of a signature, and Terraform may run where Node does not.
 */
export function signImage(
  scope: Construct,
  { source }: Signing,
  { repository, reference, dependsOn = [] }: SignedImage,
): TerraformDependency[] {
  const [request, signature] = SIGNATURE_SCRIPTS.map((path) => stagedCopy(scope, path)) as [string, string];
  const { pullAccess, registry } = repository;
  return new VerifiedStep(scope, "Signature", {
    command: `sh ${stagedCopy(scope, join(__dirname, "sign-image.sh"))}`,
    triggers: { image: reference, by: source.kind === "key" ? templateText(source.file) : source.keyArn },
    environment: {
      SLIPWAY_REGISTRY_REQUEST: request,
      SLIPWAY_SIGNATURE: signature,
      SLIPWAY_DOCKER_LOGIN: stagedCopy(scope, DOCKER_LOGIN),
      SLIPWAY_IMAGE: reference,
      SLIPWAY_ENDPOINT: registry.endpoint,
      ...(source.kind === "key"
        ? {
            SLIPWAY_KEY: templateText(secretPlace(scope, { kind: "file", id: source.file })[1]),
            ...(source.passwordVariable === undefined ? {} : { SLIPWAY_PASSWORD: source.passwordVariable }),
          }
        : { SLIPWAY_KMS_KEY: source.keyArn, ...repository.signedByKms?.(scope, source.keyArn) }),
      ...(pullAccess.kind === "login" ? { SLIPWAY_LOGIN: `${pullAccess.username}:${pullAccess.password}` } : {}),
    },
    dependsOn: [...repository.ready, ...dependsOn],
    // A repository cannot be there twice under its name.
    createBeforeDestroy: false,
  }).ready;
}

/** The private key, where it is here and has no password: elsewhere the step itself says what is wrong with it. */
function readableKey(file: string): KeyObject | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return createPrivateKey(readFileSync(file));
  } catch {
    return undefined;
  }
}
