import { TerraformLocal } from "cdktf";
import type { Construct } from "constructs";
import { lateValue } from "../terraform/late.ts";
import { specDigest } from "../terraform/spec-digest.ts";
import type { ReleaseManifest } from "./release-manifest.ts";
import { releasedSpec } from "./released-service.ts";
import { releasedTaskContent } from "./released-task.ts";

/** What a host is told beside its manifest: which agent the release is for. */
export interface AgentReference {
  /** Where the agent is from; a reference. */
  readonly document: string;
  /** Of the agent's archive. */
  readonly sha256: string;
}

/** What {@link ManifestLocals} take. */
export interface ManifestLocalsProps {
  readonly agent: AgentReference;
  /** Asked at synth, when every service and site is declared. */
  readonly manifest: () => ReleaseManifest;
}

/**
 * The manifest of a host as an object of Terraform's, so that a plan shows all of it but the digests that are not known
 * yet, and the digest of each spec, made where the image is known.
 */
export class ManifestLocals {
  /** The name of the object, for Terraform's expressions. */
  readonly object: string;
  private readonly specs: TerraformLocal;
  private readonly named = new Map<string, string>();

  /** @param scope whose children `Manifest` and `Specs` become */
  constructor(scope: Construct, { agent, manifest }: ManifestLocalsProps) {
    const local = new TerraformLocal(
      scope,
      "Manifest",
      lateValue(() => ({ ...manifest(), agent })),
    );
    this.specs = new TerraformLocal(
      scope,
      "Specs",
      lateValue(() => specsOf(manifest())),
    );
    this.object = `local.${local.friendlyUniqueId}`;
  }

  /** The manifest's JSON, compressed, in base64; an expression. */
  get packed(): string {
    return `base64gzip(jsonencode(${this.object}))`;
  }

  /** What a host knows the release by; a reference. */
  get release(): string {
    return `\${sha256(jsonencode(${this.object}))}`;
  }

  /** The digest of the service's or task's spec; a reference. */
  specOf(service: string): string {
    const known = this.named.get(service);
    if (known !== undefined) return known;
    const named = specDigest(`local.${this.specs.friendlyUniqueId}["${service}"]`);
    this.named.set(service, named);
    return named;
  }
}

/** What the tasks of a release may take at most, beside what it takes itself. */
export function secondsOfTasks({ tasks = [] }: ReleaseManifest): number {
  return tasks.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds, 0);
}

function specsOf({ services, tasks = [] }: ReleaseManifest): Record<string, unknown> {
  return Object.fromEntries([
    ...services.map((service) => [service.name, releasedSpec(service)]),
    ...tasks.map((task) => [task.name, releasedTaskContent(task)]),
  ]);
}
