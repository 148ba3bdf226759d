import { createHash } from "node:crypto";
import { join } from "node:path";
import { Construct } from "constructs";
import { ManifestLocals, secondsOfTasks } from "../../host-agent/manifest-locals.ts";
import type { ReleaseManifest } from "../../host-agent/release-manifest.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { secretPlace } from "../../terraform/deployer-secret.ts";
import { lateText, lateValue, waitLate } from "../../terraform/late.ts";
import { stagedCopy, stagedFile } from "../../terraform/staged-file.ts";
import { Step } from "../../terraform/step.ts";
import { templateText } from "../../terraform/template-text.ts";
import { VerifiedStep } from "../../terraform/verified-step.ts";
import type { Platform } from "../../values/platform.ts";
import { SECRET_VALUE } from "../secret-value.ts";
import { SERVER_AGENT, serverProgram } from "./server-agent.ts";
import { neededSecrets, serverSecretName, withServerSecretNames } from "./server-secrets.ts";
import type { SshTarget } from "./ssh-target.ts";

/** What an {@link SshRelease} takes. */
export interface SshReleaseProps {
  /** The host's name, for messages and on the server. */
  readonly hostName: string;
  readonly target: SshTarget;
  readonly platform: Platform;
  /** As it is declared; asked at synth, when every service and site is. */
  readonly manifest: () => ReleaseManifest;
  readonly deadlineSeconds: number;
}

/** What the manifest says of where its agent is from; a nano's names a document there. */
const BROUGHT = "brought-by-ssh";
const USUAL_PORTS = "80";
const TLS_PORTS = "80 443";

/**
 * What a server is to serve, and the wait for it: two steps of one script, as a nano has them, and one of the destroy that
 * clears the server. The first apply installs what the server needs, each later one looks whether it is there. Why another
 * address clears nothing: the server of before serves on, for the names may still lead to it.
 */
export class SshRelease extends Construct {
  /** What must have happened before the server serves what is declared. */
  readonly ready: TerraformDependency[];
  private readonly locals: ManifestLocals;
  private readonly awaited = new Set<TerraformDependency>();
  private readonly removal: Step;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: SshReleaseProps,
  ) {
    super(scope, id);
    const agent = { document: BROUGHT, sha256: SERVER_AGENT.artifact.sha256 };
    this.locals = new ManifestLocals(this, { agent, manifest: () => withServerSecretNames(props.manifest()) });
    this.removal = new Step(this, "Removal", {
      command: this.script("remove"),
      // literals, for a step of a destroy may refer to nothing but itself
      environment: this.connection,
      when: "destroy",
    });
    this.ready = this.wait();
  }

  /** The digest of the service's or task's spec, made where the image is known; a reference. */
  specOf(name: string): string {
    return this.locals.specOf(name);
  }

  /** Lets the server hear of nothing before `dependencies`, e.g. an image that is to be where it pulls it. */
  waitFor(dependencies: readonly TerraformDependency[]): void {
    for (const each of dependencies) this.awaited.add(each);
  }

  private wait(): TerraformDependency[] {
    const { manifest, platform, deadlineSeconds } = this.props;
    const { object, packed, release } = this.locals;
    const program = serverProgram();
    const declared = () => manifest();
    const step = new VerifiedStep(this, "Deploy", {
      command: this.script("deploy"),
      verifyCommand: this.script("verify"),
      triggers: { manifest: `\${${object}}`, server: this.props.target.address },
      environment: {
        ...this.connection,
        SLIPWAY_SECRET_VALUE: stagedCopy(this, SECRET_VALUE),
        SLIPWAY_PROGRAM: stagedFile(this, "slipway-agent.sh", program),
        SLIPWAY_PROGRAM_SHA: createHash("sha256").update(program).digest("hex"),
        SLIPWAY_AGENT: stagedFile(this, "agent.tar.base64", SERVER_AGENT.archive.toString("base64")),
        SLIPWAY_AGENT_SHA: SERVER_AGENT.artifact.sha256,
        SLIPWAY_PLATFORM: `${platform}`,
        SLIPWAY_PORTS: lateText(() => (declared().tls ? TLS_PORTS : USUAL_PORTS)),
        SLIPWAY_MANIFEST: `\${${packed}}`,
        SLIPWAY_RELEASE: release,
        // left out where there is none
        SLIPWAY_SECRETS: lateValue(() => this.secretLines(declared()) || undefined) as string,
        // a host comes to its outcome when what served before has drained
        SLIPWAY_DEADLINE: lateText(() => `${deadlineSeconds + secondsOfTasks(declared()) + declared().drainSeconds}`),
      },
      dependsOn: [this.removal],
      // A server, its names and its ports cannot be there twice.
      createBeforeDestroy: false,
    });
    waitLate(step.run, () => [this.removal, ...this.awaited]);
    return step.ready;
  }

  /** Where the server is, and how it is asked. */
  private get connection(): Record<string, string> {
    const { hostName, target } = this.props;
    return {
      SLIPWAY_SSH: stagedCopy(this, join(__dirname, "ssh.sh")),
      SLIPWAY_HOST: hostName,
      SLIPWAY_ADDRESS: target.address,
      SLIPWAY_PORT: `${target.port}`,
      SLIPWAY_USER: target.user,
      SLIPWAY_HOST_KEY: target.hostKey,
      SLIPWAY_FINGERPRINT: target.fingerprint,
    };
  }

  private script(word: string): string {
    return `sh ${stagedCopy(this, join(__dirname, "deploy.sh"))} ${word}`;
  }

  private secretLines(manifest: ReleaseManifest): string {
    const lines = neededSecrets(manifest).map(({ secret, isKept }) => {
      const place = secretPlace(this, { kind: secret.from, id: secret.id });
      return [isKept ? "keep" : "once", ...place, serverSecretName(secret)].join("\t");
    });
    return templateText(lines.join("\n"));
  }
}
