import { createHash } from "node:crypto";
import { Fn } from "cdktf";
import type { Construct } from "constructs";
import type { Container } from "../../docker/container.ts";
import { DockerEngine } from "../../docker/docker-engine.ts";
import type { Release } from "../../release/release.ts";
import type { Service } from "../../release/service.ts";
import { type Task, taskContent } from "../../release/task.ts";
import { dependencyLines } from "../../rollout/dependency-lines.ts";
import { packedScript } from "../../rollout/packed-script.ts";
import { serviceLines } from "../../rollout/service-lines.ts";
import { taskLines } from "../../rollout/task-lines.ts";
import { lateText, lateValue } from "../../terraform/late.ts";
import { SPEC_DIGITS } from "../../terraform/spec-digest.ts";
import { lateStagedFile, stagedFile } from "../../terraform/staged-file.ts";
import { quotedValue } from "../../terraform/template-text.ts";
import { VerifiedStep, type VerifiedStepProps } from "../../terraform/verified-step.ts";
import { LOCAL_SCRIPTS } from "./local-scripts.ts";
import type { LocalTexts } from "./local-texts.ts";

/** What a {@link LocalRelease} takes. The functions are asked at synth, when every service and site is declared. */
export interface LocalReleaseProps {
  /** The name of the Nginx container; a literal, so that the release does not force how Nginx itself is replaced. */
  readonly nginxName: string;
  readonly release: () => Release;
  /** As the host declares it. @default - as many as `images.sh` keeps */
  readonly keepReleases?: number;
  /** The container that runs each service or task, by its name; read at synth. */
  readonly containers: ReadonlyMap<string, Container>;
  readonly texts: () => LocalTexts;
  /** A line for each user of a site with basic auth, as `passwords.sh` reads it; empty where there is none. */
  readonly passwords: () => string;
  /** A line for each image that must be signed, as `signatures.sh` reads it; empty where none must. */
  readonly signed: () => string;
}

/**
 * The step of the apply that lets Nginx move on to new containers. Nginx's text lies in files that the step names by
 * what is in them: a plan shows that the text changes, and the state does not hold it. Terraform removes the old
 * containers only after the step.
 */
export class LocalRelease extends VerifiedStep {
  constructor(scope: Construct, id: string, props: LocalReleaseProps) {
    super(scope, id, stepOf(scope, props));
  }
}

function stepOf(
  scope: Construct,
  { release, keepReleases, containers, texts, passwords, signed, ...props }: LocalReleaseProps,
): VerifiedStepProps {
  const script = packedScript(LOCAL_SCRIPTS);
  const staged = (of: keyof LocalTexts) => lateStagedFile(scope, `${of}.conf`, () => texts()[of]);
  const sites = staged("sites");
  const services = () => release().services;
  const tasks = () => (release().tasks ?? []).map((task) => ({ ...task, spec: contentSpec(task) }));
  const contained = () => [...services(), ...tasks()];
  const containerOf = ({ name }: { readonly name: string }) => containers.get(name) as Container;
  const limitLines = () =>
    contained()
      .map((each) => `${containerOf(each).containerName} ${each.pidsLimit}\n`)
      .join("");
  const ids = () => services().map((service) => [service.name, containerOf(service).containerId] as const);
  return {
    command: `sh ${stagedFile(scope, "local-release.sh", script)}`,
    triggers: {
      containers: lateValue(() => Object.fromEntries(ids())),
      sites,
      health: lateText(() => healthLines(services())),
      limits: lateText(() => limitLines()),
      // left out where there is none
      tasks: lateValue(() => taskLines(tasks()) || undefined),
      signers: lateValue(() => release().requireSignature),
    },
    environment: {
      SLIPWAY_HOST: scope.node.path,
      SLIPWAY_RELEASE: lateText(() =>
        releaseId(services(), [...ids().map(([, id]) => id), ...tasks().map(({ spec }) => spec)], texts().sites),
      ),
      SLIPWAY_NGINX: props.nginxName,
      ...(keepReleases === undefined ? {} : { SLIPWAY_KEEP: `${keepReleases}` }),
      SLIPWAY_DRAIN: lateText(() => `${release().drainSeconds}`),
      SLIPWAY_SERVICES: lateText(() =>
        serviceLines(services().map((each) => ({ ...each, spec: specOf(containerOf(each)) }))),
      ),
      SLIPWAY_TASKS: lateValue(() => taskLines(tasks()) || undefined) as string,
      SLIPWAY_DEPENDS: lateValue(() => dependencyLines(services()) || undefined) as string,
      SLIPWAY_CONTAINERS: lateText(() =>
        contained()
          .map((each) => `${each.name} ${containerOf(each).containerName}\n`)
          .join(""),
      ),
      SLIPWAY_LIMITS: lateText(() => limitLines()),
      SLIPWAY_SITES: sites,
      // left out where no site asks for any
      SLIPWAY_PASSWORDS: lateValue(() => passwords() || undefined) as string,
      SLIPWAY_SIGNED: lateValue(() => signed() || undefined) as string,
      SLIPWAY_SIGNERS: lateValue(() => release().requireSignature?.join("")) as string,
      SLIPWAY_BARE: staged("bare"),
      SLIPWAY_INTERNAL: staged("internal"),
      ...DockerEngine.of(scope).environment,
    },
  };
}

/** A new container is a new spec. */
function specOf({ containerId }: Container): string {
  return Fn.substr(containerId, 0, SPEC_DIGITS);
}

/** By its content alone: a task does not run again because its container was lost. */
function contentSpec(task: Task): string {
  return Fn.substr(Fn.sha256(Fn.jsonencode(quotedValue(taskContent(task)))), 0, SPEC_DIGITS);
}

/** What is asked of the services, whichever containers run them. */
function healthLines(services: readonly Service[]): string {
  return serviceLines(services.map((each) => ({ ...each, spec: "-" })));
}

/** Terraform hashes the containers, and what the tasks do, with a digest of what is declared: nothing in it needs to be escaped. */
function releaseId(services: readonly Service[], specs: readonly string[], sites: string): string {
  const declared = createHash("sha256").update(healthLines(services)).update(sites).digest("hex");
  return Fn.sha256(Fn.join("", [...specs, declared]));
}
