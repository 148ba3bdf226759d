import { isWithin } from "../values/host-path.ts";
import { dependedServices } from "./depended-services.ts";
import type { Draft } from "./draft.ts";
import { hintOf } from "./secret-hint.ts";
import { type KnownSecret, secretWords } from "./secret-words.ts";
import { noteMissingAddresses, setPortVariables, withAddresses, withFileAddresses } from "./service-addresses.ts";
import { serviceHealth } from "./service-health.ts";
import type { MountSource, SecretReference, TranslatedService, Words } from "./translated-service.ts";
import { isDirect, type TranslationContext } from "./translation-context.ts";
import { plainText, type Text } from "./variable-text.ts";

/** A draft with the addresses of its neighbours, its port, and its secrets out of its words. */
export function finishedService(draft: Draft, around: TranslationContext): TranslatedService {
  const { read, options, profiles, environment } = draft;
  const { composeName, name, notes } = read;
  const port = around.ports.get(composeName);
  const told = (text: Text, key?: string) => withAddresses(draft, text, key, around);
  const env = Object.fromEntries(Object.entries(environment.env).map(([key, value]) => [key, told(value, key)]));
  setPortVariables(draft, env, around);
  noteMissingAddresses(draft, around);
  const secrets: Record<string, SecretReference> = {};
  for (const [key, secret] of Object.entries(around.secrets)) {
    const value = environment.values[key];
    const hint = value === undefined ? undefined : hintOf(draft, value, key, around);
    secrets[key] = { ...secret, ...(hint !== undefined && { hint }) };
  }
  const known = knownSecrets(around);
  const own = `${name.replaceAll("-", "_")}_PASSWORD`.toUpperCase();
  const sealed = (words: readonly Text[] | undefined) => {
    if (words === undefined) return undefined;
    const { words: safe, used } = secretWords(words, known(composeName), own, read.host);
    for (const secret of used) secrets[secret.name] ??= { variable: secret.variable };
    return safe.map((word) => told(word));
  };
  const started = startWords(draft, sealed(draft.entrypoint), sealed(draft.command));
  const isTask = around.before !== undefined;
  const health = isTask ? undefined : serviceHealth(read, port);
  const checked = health?.command === undefined ? health : { ...health, command: sealed(health.command) ?? [] };
  if (isTask && Object.keys(draft.mounts).length > 0) notes.add("volumes", "what runs to its end has no mounts here");
  return {
    name,
    composeName,
    ...(isTask && { before: around.before }),
    dependsOn: isTask ? [] : dependedServices(draft, around),
    image: draft.image,
    ...(port !== undefined && { port }),
    ...(checked !== undefined && { health: checked }),
    ...started,
    env,
    secrets,
    mounts: isTask ? {} : reachable(draft, around),
    options,
    profiles,
    notes: notes.all,
  };
}

/** The mounts, and a volume of its own where neighbours reach it by TCP, which leads to the one container that has it. */
function reachable(draft: Draft, around: TranslationContext): Record<string, MountSource> {
  const { read, known } = draft;
  const mounts = Object.fromEntries(
    Object.entries(draft.mounts).map(([path, mount]) => [path, withFileAddresses(draft, path, mount, around)]),
  );
  const isAlone = Object.values(mounts).some((mount) => mount.kind === "volume" && !mount.shared);
  if (isAlone || around.ports.get(read.composeName) === undefined || !isDirect(read.composeName, around)) return mounts;
  const isFree = (path: string) => !Object.keys(mounts).some((each) => isWithin(each, path) || isWithin(path, each));
  const path = [known?.data ?? "/data", "/mnt/data", "/mnt/slipway"].find(isFree) ?? "/mnt/slipway";
  read.notes.add(
    "volumes",
    `${path} is added: neighbours reach by TCP only what has a volume of its own, and so one container`,
  );
  return { ...mounts, [path]: { kind: "volume", volume: read.name } };
}

/** The secrets of the project, those of a service first. */
function knownSecrets({ drafts, secrets }: TranslationContext): (composeName: string) => KnownSecret[] {
  const plain = new Set(
    drafts.flatMap(({ read, environment }) => [read.composeName, ...Object.values(environment.env).map(plainText)]),
  );
  return (composeName) => {
    const own = drafts.filter(({ read }) => read.composeName === composeName);
    return [...own, ...drafts.filter((each) => !own.includes(each))].flatMap(({ read, secrets: all, environment }) =>
      Object.entries(all).flatMap(([name, secret]): KnownSecret[] => {
        const variable = (read.composeName === composeName ? secrets[name]?.variable : undefined) ?? secret.variable;
        const value = environment.values[name];
        // what is also a name or a plain value cannot be told from that
        const isPlain = value?.every((part) => typeof part === "string") && !plain.has(plainText(value));
        return variable === undefined ? [] : [{ name, variable, ...(isPlain && { value: plainText(value ?? []) }) }];
      }),
    );
  };
}

/** What starts the container; on a local engine a shell makes variables of secrets, which are files there. */
function startWords(
  { environment: { variables }, facts, read }: Draft,
  entrypoint: readonly Text[] | undefined,
  command: readonly Text[] | undefined,
): { readonly entrypoint?: Words; readonly command?: Words } {
  const texts = (words: readonly string[] | undefined) => words?.map((word): Text => [word]);
  const plain = (words: readonly Text[] | undefined, name: "entrypoint" | "command") =>
    words === undefined || words.length === 0 ? {} : { [name]: { words, variables: [] } };
  if (variables.length === 0) return { ...plain(entrypoint, "entrypoint"), ...plain(command, "command") };
  const first = entrypoint ?? texts(facts.entrypoint);
  const rest = command ?? (entrypoint === undefined ? texts(facts.cmd) : undefined);
  if (first !== undefined && first.length > 0)
    return { entrypoint: { words: first, variables }, ...plain(rest, "command") };
  if (rest !== undefined && rest.length > 0) return { command: { words: rest, variables } };
  for (const name of variables)
    read.notes.add(
      `environment.${name}`,
      `is the file /run/secrets/${name} on a local engine: let the image read it, or give it a command that does`,
    );
  return {};
}
