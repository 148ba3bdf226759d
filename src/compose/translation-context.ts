import type { Draft } from "./draft.ts";
import { isTcpPort } from "./known-image.ts";
import type { Reference } from "./neighbours.ts";
import type { SecretReference } from "./translated-service.ts";

/** What a service is told of the others. */
export interface TranslationContext {
  /** By the file's names. */
  readonly order: readonly string[];
  readonly ports: ReadonlyMap<string, number | undefined>;
  readonly tasks: ReadonlySet<string>;
  readonly profiled: ReadonlySet<string>;
  readonly asked: ReadonlyMap<string, readonly Reference[]>;
  readonly names: ReadonlyMap<string, string>;
  readonly secrets: Readonly<Record<string, SecretReference>>;
  /** The services that a task stands before. */
  readonly before?: readonly string[];
  readonly drafts: readonly Draft[];
}

export function slipwayOf(service: string, { drafts }: TranslationContext): string {
  return drafts.find(({ read }) => read.composeName === service)?.read.name ?? service;
}

export function isDirect(service: string, { drafts, asked, ports }: TranslationContext): boolean {
  const draft = drafts.find(({ read }) => read.name === service || read.composeName === service);
  const port = draft && ports.get(draft.read.composeName);
  if (draft === undefined || port === undefined) return false;
  return (
    isTcpPort(port) ||
    draft.known?.tcp === true ||
    (asked.get(draft.read.composeName) ?? []).some(({ tcp }) => tcp === true)
  );
}
