import { resolve } from "node:path";
import type { Draft } from "./draft.ts";
import { referencesOf } from "./draft-references.ts";
import { fileAddresses } from "./file-addresses.ts";
import { namesInContext } from "./names-in-context.ts";
import { addressed, type Reference, withNeighbours } from "./neighbours.ts";
import { constName } from "./slipway-name.ts";
import type { MountSource } from "./translated-service.ts";
import { isDirect, slipwayOf, type TranslationContext } from "./translation-context.ts";
import type { NeighbourAddress, Text, TextPart } from "./variable-text.ts";

export function withAddresses(draft: Draft, text: Text, key: string | undefined, around: TranslationContext): Text {
  const { read } = draft;
  const { text: found, references } = addressed(text, key, around.names);
  for (const { service, port } of references) {
    const own = around.ports.get(service);
    if (port === undefined || own === undefined || own === port || service === read.composeName) continue;
    read.notes.add(key ?? "command", `asks port ${port} of ${service}, which has but ${own} here`);
  }
  return withNeighbours(found, (part) => reached(draft, part, key, around) ?? written(part, references));
}

/** The neighbour's name as the file has it, where no address can be told. */
export function written({ service, form }: NeighbourAddress, references: readonly Reference[]): string {
  const port = references.find((each) => each.service === service)?.port;
  if (form === "name") return service;
  return `${form === "url" ? "http://" : ""}${service}${port === undefined ? "" : `:${port}`}`;
}

/** The neighbour, where the service can be told where it is; else a note says why not. */
function reached(
  draft: Draft,
  part: NeighbourAddress,
  key: string | undefined,
  around: TranslationContext,
): TextPart | undefined {
  const { read } = draft;
  const { service } = part;
  const refuse = (reason: string) => {
    read.notes.add(key ?? "command", reason);
    return undefined;
  };
  if (service === read.composeName)
    return refuse(`names ${service} itself, which knows no address of its own while it is declared`);
  if (around.tasks.has(service)) return refuse(`names ${service}, which runs to its end and is not reached`);
  if (around.ports.get(service) === undefined)
    return refuse(`names ${service}, of which no port is known: give it one`);
  if (around.profiled.has(service)) return refuse(`names ${service}, which is there in its profile alone`);
  if (around.order.indexOf(service) > around.order.indexOf(read.composeName))
    return refuse(`names ${service}, which names it too: one of both must know the other's address without being told`);
  return { ...part, service: slipwayOf(service, around) };
}

/** `DB_PORT` beside `DB_HOST` is told as well; where nothing says the port, what listens elsewhere than in the file is said. */
export function setPortVariables({ read }: Draft, env: Record<string, Text>, around: TranslationContext): void {
  for (const [key, value] of Object.entries(env)) {
    const part = value.map((each) =>
      typeof each === "object" && each.kind === "variable" ? each.fallback?.[0] : each,
    )[0];
    if (typeof part !== "object" || part.kind !== "neighbour" || part.form !== "name") continue;
    const beside = Object.keys(env).find(
      (each) => each === key.replace(/(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS)(?=_?\d*$)/i, "PORT"),
    );
    const port: NeighbourAddress = { ...part, form: "port" };
    if (beside !== undefined && beside !== key) {
      const [before] = env[beside] ?? [];
      env[beside] =
        typeof before === "object" && before.kind === "variable" ? [{ ...before, fallback: [port] }] : [port];
    } else if (read.host === "aws" || !isDirect(part.service, around))
      read.notes.add(key, `is the name of ${part.service} alone, whose port is another one here: tell its port, too`);
  }
}

/** Says of which neighbours nothing is told, and where the image's own files name them: names mean nothing there. */
export function noteMissingAddresses(draft: Draft, around: TranslationContext): void {
  const { read, image, dependsOn } = draft;
  const told = new Set(referencesOf(draft, around.names).map(({ service }) => service));
  const others = around.drafts.map((each) => each.read.composeName).filter((each) => each !== read.composeName);
  const untold = others.filter((each) => !told.has(each) && around.ports.get(each) !== undefined);
  const folder = image.kind === "built" ? resolve(read.directory, image.context) : undefined;
  const places = folder === undefined ? undefined : namesInContext(folder, untold, read.directory);
  for (const service of untold) {
    const place = places?.get(service);
    if (place === undefined && !dependsOn.some((each) => !each.completes && each.service === service)) continue;
    const where =
      place === undefined ? `where its image's own files say ${service}, tell it` : `${place} does: tell it`;
    const address = `${constName(slipwayOf(service, around))}.addressFrom(host)`;
    read.notes.add(
      place === undefined ? "depends_on" : "build",
      `${service}: nothing that ${read.composeName} is told names it; ${where} ${address}`,
    );
  }
}

/** A mounted file with the neighbours that it names told where they are. */
export function withFileAddresses(
  draft: Draft,
  path: string,
  mount: MountSource,
  around: TranslationContext,
): MountSource {
  const addresses = fileAddresses(mount, draft.read.directory, around.names).flatMap(({ text, service, port }) => {
    const own = around.ports.get(service);
    if (port !== undefined && own !== undefined && own !== port)
      draft.read.notes.add(`volumes ${path}`, `asks port ${port} of ${service}, which has but ${own} here`);
    const part = reached(draft, { kind: "neighbour", service, form: "address" }, `volumes ${path}`, around);
    return typeof part === "object" && part.kind === "neighbour" ? [{ text, service: part.service }] : [];
  });
  return addresses.length === 0 || mount.kind !== "file" ? mount : { ...mount, addresses };
}
