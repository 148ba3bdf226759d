import { type ComposeFile, projectName } from "./compose-file.ts";
import { type Draft, draftOf } from "./draft.ts";
import { referencesOf } from "./draft-references.ts";
import { finishedService } from "./finished-service.ts";
import type { Reference } from "./neighbours.ts";
import type { Note } from "./note.ts";
import { type HostKind, type ReadService, readService } from "./read-service.ts";
import { servedSites } from "./served-sites.ts";
import { serviceOrder } from "./service-order.ts";
import { noteOtherPorts, servicePort } from "./service-port.ts";
import { slipwayName, slipwayNames } from "./slipway-name.ts";
import { tasksOf } from "./tasks-of.ts";
import { translatedSecrets } from "./translated-secrets.ts";
import type { Translation } from "./translated-service.ts";
import { isMap, listOf, textOf } from "./yaml-document.ts";

export interface TranslateOptions {
  readonly host: HostKind;
  /** The folder of the project that is written, absolute. */
  readonly directory: string;
  /** The name that is served. @default - the stack's, below `localhost` */
  readonly domain?: string;
}

/** A compose file in Slipway's words, and of each key that has no equal why. */
export function translate(file: ComposeFile, { host, directory, domain }: TranslateOptions): Translation {
  const stack = slipwayName(projectName(file));
  const reads = readServices(file, host, directory);
  const read = reads.map((each) => ({ each, draft: draftOf(each) }));
  const drafts = read.flatMap(({ draft }) => draft ?? []);
  const left = read.flatMap(({ each, draft }) => (draft ? [] : [{ name: each.composeName, notes: each.notes.all }]));

  const behind = tasksOf(drafts);
  const tasks = new Set(behind.keys());
  const names = neighbourNames(drafts);
  const asked = new Map<string, Reference[]>();
  const needs = new Map<string, Set<string>>();
  for (const draft of drafts) {
    const own = draft.read.composeName;
    const wanted = new Set<string>();
    for (const { service, ...reference } of referencesOf(draft, names)) {
      if (service === own) continue;
      asked.set(service, [...(asked.get(service) ?? []), { service, ...reference }]);
      wanted.add(service);
    }
    for (const { service, completes } of draft.dependsOn) if (!completes || tasks.has(own)) wanted.add(service);
    needs.set(own, wanted);
  }
  for (const [task, services] of behind) for (const { read } of services) needs.get(task)?.add(read.composeName);

  const { order } = serviceOrder(
    drafts.map(({ read: { composeName } }) => composeName),
    needs,
  );
  const ports = new Map(
    drafts.map((draft) => {
      const name = draft.read.composeName;
      const port = tasks.has(name) ? undefined : servicePort(draft, asked.get(name) ?? []);
      noteOtherPorts(draft, port);
      return [name, port] as const;
    }),
  );
  const secrets = translatedSecrets(drafts);
  const services = order.flatMap((name) => {
    const draft = drafts.find((each) => each.read.composeName === name);
    if (draft === undefined) return [];
    const before = behind.get(name) ?? [];
    return [
      finishedService(draft, {
        order,
        ports,
        tasks,
        asked,
        names,
        secrets: secrets.get(name) ?? {},
        ...(tasks.has(name) && { before: before.map(({ read }) => read.name) }),
        profiled: new Set(drafts.filter(({ profiles }) => profiles.length > 0).map(({ read }) => read.composeName)),
        drafts,
      }),
    ];
  });
  const sites = servedSites(
    drafts.map((draft) => ({
      draft,
      name: draft.read.name,
      port: ports.get(draft.read.composeName),
      askedBy: asked.get(draft.read.composeName)?.length ?? 0,
    })),
    domain ?? `${stack}.localhost`,
  );
  const port = sites[0]?.published;
  return {
    stack,
    services,
    left,
    sites,
    ...(port !== undefined && port >= 1024 && { port }),
    notes: [...file.notes, ...volumeNotes(file)],
  };
}

function readServices(file: ComposeFile, host: HostKind, directory: string): ReadService[] {
  const names = slipwayNames(file.services.keys());
  const used = [...file.services.values()].map(
    (service) => new Set(listOf(service.volumes).map(volumeOf).filter(Boolean)),
  );
  const all = new Set(used.flatMap((each) => [...each]));
  const volumeNames = slipwayNames(all);
  const sharedVolumes = new Set([...all].filter((name) => used.filter((each) => each.has(name)).length > 1));
  return [...file.services].map(([composeName, raw]) => {
    const name = names.get(composeName) as string;
    const read = readService({ composeName, name, file, host, directory, volumeNames, sharedVolumes }, raw);
    if (name !== composeName)
      read.notes.add(composeName, `is called ${name} here: lower-case letters, digits and dashes`);
    return read;
  });
}

function volumeOf(volume: unknown): string {
  if (isMap(volume)) return volume.type === "volume" || volume.type === undefined ? textOf(volume.source) : "";
  const [source = "", target] = textOf(volume).split(":");
  return target === undefined || /^[./~]/.test(source) ? "" : source;
}

/** What each service is called by its neighbours: its name, and the other names that the file gives it. */
function neighbourNames(drafts: readonly Draft[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { read } of drafts) {
    const networks = isMap(read.plain.networks) ? Object.values(read.plain.networks) : [];
    const aliases = networks.flatMap((each) => (isMap(each) ? listOf(each.aliases).map(textOf) : []));
    for (const name of [textOf(read.plain.container_name), textOf(read.plain.hostname), ...aliases])
      if (name !== "") names.set(name, read.composeName);
  }
  for (const { read } of drafts) {
    for (const link of listOf(read.plain.links).map(textOf)) {
      const [service = "", alias = service] = link.split(":");
      if (drafts.some((each) => each.read.composeName === service)) names.set(alias, service);
    }
  }
  for (const { read } of drafts) names.set(read.composeName, read.composeName);
  return names;
}

function volumeNotes({ volumes }: ComposeFile): Note[] {
  return Object.entries(volumes).flatMap(([name, volume]): Note[] => {
    if (!isMap(volume)) return [];
    const reason = volume.external
      ? "is another project's: a host has volumes of its own"
      : "a volume of a host has no driver of its own";
    const keys = Object.keys(volume).filter((key) => key !== "name" && !key.startsWith("x-"));
    const told = keys.filter((key) => !(key === "driver" && volume.driver === "local") && key !== "labels");
    return told.length === 0 ? [] : [{ key: `volumes.${name}.${told[0]}`, reason }];
  });
}
