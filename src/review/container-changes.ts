import type { Service } from "../release/service.ts";
import { type ServiceSpec, serviceSpec } from "../release/service-spec.ts";
import { taskContent } from "../release/task.ts";
import { changedProperties } from "./difference.ts";
import {
  identityOf,
  type Model,
  type ModelContainer,
  type ModelHost,
  type ModelService,
  type ModelTask,
} from "./model.ts";

/** What a change means for a service, from the visitor's side. */
export type ServiceEffect =
  /** It was not there. */
  | "created"
  /** It goes away, after its requests have ended. */
  | "removed"
  /** A new container starts beside the old one; nobody notices. */
  | "rolled"
  /** The old container ends before the new one starts. */
  | "stopped first"
  /** The container that runs must pass another health check. */
  | "asked anew"
  /** The container that runs stays; the next one starts after other services. */
  | "ordered anew"
  | "untouched";

/** What a change means for a task or a schedule. */
export type RunEffect =
  | "created"
  | "removed"
  /** A task whose content is another runs once more, before the release. */
  | "runs once more"
  /** Its next run is otherwise. */
  | "changed"
  | "untouched";

/** What becomes of one container of a host, and by which properties. */
export interface ContainerChange<Effect> {
  readonly name: string;
  readonly effect: Effect;
  /** E.g. `image` or `env.PORT`. */
  readonly why: readonly string[];
}

export type ServiceChange = ContainerChange<ServiceEffect>;
export type RunChange = ContainerChange<RunEffect>;

/** A host as one of the two declarations has it. */
export interface Side {
  readonly model: Model;
  readonly host?: ModelHost;
}

type Pairs<T> = readonly { readonly name: string; readonly was?: T; readonly is?: T }[];

/** What becomes of a host's services. */
export function compareServices(before: Side, after: Side): ServiceChange[] {
  return pairs<ModelService>(before, after, "services").map(({ name, was, is }) => {
    if (was === undefined || is === undefined) return { name, effect: was ? "removed" : "created", why: [] };
    const spec = changedProperties(specOf(was), specOf(is));
    if (spec.length > 0)
      return { name, effect: isStopFirst(was) || isStopFirst(is) ? "stopped first" : "rolled", why: spec };
    const why = changedProperties(was, is);
    const isAsked = why.some((property) => property !== "dependsOn");
    return { name, effect: isAsked ? "asked anew" : why.length > 0 ? "ordered anew" : "untouched", why };
  });
}

/** What becomes of a host's tasks. */
export function compareTasks(before: Side, after: Side): RunChange[] {
  return pairs<ModelTask>(before, after, "tasks").map(({ name, was, is }) => {
    if (was === undefined || is === undefined) return { name, effect: was ? "removed" : "created", why: [] };
    const why = changedProperties(was, is);
    const runs = changedProperties(taskContent(was as never), taskContent(is as never)).length > 0;
    return { name, effect: runs ? "runs once more" : why.length > 0 ? "changed" : "untouched", why };
  });
}

/** What becomes of what a host runs at set times. */
export function compareSchedules(before: Side, after: Side): RunChange[] {
  return pairs<ModelContainer>(before, after, "schedules").map(({ name, was, is }) => {
    if (was === undefined || is === undefined) return { name, effect: was ? "removed" : "created", why: [] };
    const why = changedProperties(was, is);
    return { name, effect: why.length > 0 ? "changed" : "untouched", why };
  });
}

/** Those of a name in both, the image of each by what is in it, and where it is pulled from. */
function pairs<T extends ModelContainer>(
  before: Side,
  after: Side,
  part: "services" | "tasks" | "schedules",
): Pairs<T> {
  const [old, now] = [before, after].map(({ model, host }) => {
    const list = (host?.release[part] ?? []) as readonly ModelContainer[];
    return new Map(list.map((each) => [each.name, { ...each, image: contentOf(each.image, model) } as T]));
  }) as [Map<string, T>, Map<string, T>];
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((name) => ({ name, was: old.get(name), is: now.get(name) }));
}

function contentOf(path: string, { images }: Model): string {
  const found = images.find((image) => image.path === path);
  // the same content from another registry is another reference, of which a release makes a new container
  return found === undefined ? path : `${found.repository} ${identityOf(found)}`;
}

/** By the rule of the release itself; the data has the same properties. */
function specOf(service: ModelService): ServiceSpec {
  return serviceSpec(service as unknown as Service);
}

function isStopFirst({ mounts = {} }: ModelService): boolean {
  return Object.values(mounts).some((mount) => mount.kind === "volume" && !mount.shared);
}
