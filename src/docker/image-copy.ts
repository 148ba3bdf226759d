import { join } from "node:path";
import type { Construct } from "constructs";
import { atProperty } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { stagedCopy } from "../terraform/staged-file.ts";
import { Step } from "../terraform/step.ts";
import { templateText } from "../terraform/template-text.ts";
import { VerifiedStep } from "../terraform/verified-step.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import { SemanticVersion } from "../values/semantic-version.ts";
import type { IRepository } from "./registry.ts";

/** An image and where it is to be, too. */
export interface ImageCopy {
  /** Repository and digest, a literal. */
  readonly from: string;
  readonly to: IRepository;
  /** Tags it there beside its digest's own tag. @default - it has no version */
  readonly version?: string;
}

/**
 * Steps of the apply that copy an image by its digest from registry to registry; returns what waits for it. Why
 * `docker buildx imagetools` and no client of ours: it has the deployer's logins and credential helpers, copies an index
 * with all that it names, mounts what the registry has already, and needs no engine.
 */
export function copyImage(scope: Construct, { from, to, version }: ImageCopy): TerraformDependency[] {
  const digest = from.slice(from.indexOf("@") + 1);
  const tags = [
    // the first letters by which a registry's rules count releases; the digest's, for a content may have been built twice
    `sha-${digest.slice(digest.indexOf(":") + 1)}`,
    ...(version === undefined
      ? []
      : atProperty(scope, "version", () => SemanticVersion.parse(version).tags()).slice(0, 1)),
  ];
  to.copiesFrom?.(from);
  return new VerifiedStep(scope, "Copy", {
    command: `sh ${stagedCopy(scope, join(__dirname, "image-copy.sh"))}`,
    triggers: { repository: to.identity ?? to.uri, digest, tags },
    environment: {
      SLIPWAY_FROM: from,
      SLIPWAY_TO: `${new URL(to.registry.endpoint).host}/${to.path}`,
      SLIPWAY_TAGS: tags.join(" "),
      // On one's own machine a version is in the making.
      ...(RegistryAddress.parse(to.registry.address).isLoopback ? { SLIPWAY_MOVES: "1" } : {}),
    },
    dependsOn: to.ready,
    // A repository cannot be there twice under its name.
    createBeforeDestroy: false,
  }).ready;
}

/** Fails every plan of the stack by `problem`, and no synth. */
export function refuseAtPlan(scope: Construct, problem: string): TerraformDependency[] {
  const step = new Step(scope, "Copy", { command: "exit 1" });
  // never true; Terraform takes no condition that refers to nothing
  const condition = '${path.module == ""}';
  step.addOverride("lifecycle.precondition", [{ condition, error_message: templateText(problem) }]);
  return [step];
}
