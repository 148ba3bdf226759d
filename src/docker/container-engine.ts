import type { ContainerConfig } from "@cdktf/provider-docker/lib/container";
import type { Construct } from "constructs";
import { checkRules, collectErrors } from "../terraform/construct-error.ts";
import { COMMAND_EXAMPLE, requireLiteral, requireTextMap, requireWordList } from "../terraform/literal.ts";
import { templateText } from "../terraform/template-text.ts";
import { ENGINE_OPTIONS, type EngineOptions, type EngineSettings, engineRules } from "../values/engine-options.ts";

/** Lets each of several checks of one declaration be told. */
type Check = () => unknown;

/** What a program without a type check may hand over in place of words and texts. @throws {ConstructError} each of them */
export function engineShapes(scope: Construct, options: EngineOptions): Check[] {
  const { entrypoint = [], capAdd = [], capDrop = [], extraHosts = {}, labels = {} } = options;
  return [
    () => requireWordList(scope, "entrypoint", entrypoint, COMMAND_EXAMPLE),
    () => requireWordList(scope, "capAdd", capAdd, CAPABILITIES_EXAMPLE),
    () => requireWordList(scope, "capDrop", capDrop, CAPABILITIES_EXAMPLE),
    () => requireTextMap(scope, "extraHosts", extraHosts),
    () => requireTextMap(scope, "labels", labels),
  ];
}

const CAPABILITIES_EXAMPLE = 'write e.g. ["NET_BIND_SERVICE"]';

/** Checks what of a container's declaration is the engine's own. @throws {ConstructError} for all that it would refuse */
export function checkEngineOptions(scope: Construct, options: EngineOptions & { readonly memoryMiB?: number }): void {
  const names = Object.keys(ENGINE_OPTIONS) as (keyof EngineOptions)[];
  collectErrors([
    ...engineShapes(scope, options),
    ...names.map((name) => () => requireLiteral(scope, name, options[name])),
  ]);
  checkRules(scope, engineRules(options));
}

/** The provider's words for `settings`, all but the labels and {@link overrides}. */
export function engineAttributes(settings: EngineSettings): Partial<ContainerConfig> {
  const { ulimits, capAdd, capDrop, extraHosts, labels: _, ...others } = settings;
  const { workdir, entrypoint, shmSizeMiB, memoryReservationMiB: __, ...same } = others;
  return {
    ...same,
    workingDir: workdir && templateText(workdir),
    entrypoint: entrypoint?.map(templateText),
    ulimit: ulimits && Object.entries(ulimits).map(([name, limit]) => ({ name, ...limit })),
    shmSize: shmSizeMiB,
    capabilities: capAdd || capDrop ? { add: mutable(capAdd), drop: mutable(capDrop) } : undefined,
    host: extraHosts && Object.entries(extraHosts).map(([host, ip]) => ({ host, ip })),
  };
}

/** What the provider takes from 3.7 on, which these bindings are older than. */
export function overrides({ memoryReservationMiB }: EngineSettings): Record<string, number> {
  return memoryReservationMiB === undefined ? {} : { memory_reservation: memoryReservationMiB };
}

function mutable(list: readonly string[] | undefined): string[] | undefined {
  return list && [...list];
}

/** What of `settings` the provider keeps when it is no longer declared, or changes in the container that runs. */
export function keptByProvider(settings: EngineSettings): EngineSettings {
  const { ulimits: _, capAdd: __, capDrop: ___, readOnly: ____, extraHosts: _____, labels: ______, ...kept } = settings;
  return kept;
}
