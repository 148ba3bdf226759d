import { commandWords } from "./command-words.ts";
import { grantedConfigs, grantedSecrets, withSecretPaths } from "./kept-secrets.ts";
import { type KnownImage, knownImage } from "./known-image.ts";
import { noteLeftKeys } from "./left-keys.ts";
import { type PublishedPort, publishedPorts } from "./published-ports.ts";
import type { ReadService } from "./read-service.ts";
import { type ServiceEnvironment, serviceEnvironment } from "./service-environment.ts";
import { type ImageFacts, imageFacts, imageSource } from "./service-image.ts";
import { serviceMounts } from "./service-mounts.ts";
import { serviceOptions } from "./service-options.ts";
import type { ImageSource, MountSource, SecretReference } from "./translated-service.ts";
import { plainText, type Text } from "./variable-text.ts";
import { isMap, listOf, textOf } from "./yaml-document.ts";

/** A service that is read for itself; what others say of it, its port for one, comes after. */
export interface Draft {
  readonly read: ReadService;
  readonly image: ImageSource;
  readonly facts: ImageFacts;
  readonly known?: KnownImage;
  readonly environment: ServiceEnvironment;
  readonly secrets: Readonly<Record<string, SecretReference>>;
  readonly mounts: Readonly<Record<string, MountSource>>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly command?: readonly Text[];
  readonly entrypoint?: readonly Text[];
  readonly published: readonly PublishedPort[];
  readonly exposed: readonly number[];
  readonly dependsOn: readonly Dependency[];
  readonly profiles: readonly string[];
}

export interface Dependency {
  readonly service: string;
  /** Whether it has to run to its end before. */
  readonly completes: boolean;
}

/** Reads a service for itself; nothing where there is no image to run, which its notes say. */
export function draftOf(read: ReadService): Draft | undefined {
  const { plain, raw, notes } = read;
  noteLeftKeys(read);
  const source = imageSource(read);
  if (source === undefined) return undefined;
  const facts = imageFacts(source, read.directory);
  const known = source.kind === "pulled" ? knownImage(plainText(source.image)) : undefined;
  const mounted = serviceMounts(read, source, known);
  const configured = grantedConfigs(read, mounted.image);
  const environment = serviceEnvironment(read, known);
  const granted = grantedSecrets(read);
  for (const [name, text] of Object.entries(environment.env)) environment.env[name] = withSecretPaths(text, granted);
  return {
    read,
    image: configured.image,
    facts,
    known,
    environment,
    secrets: { ...environment.secrets, ...granted },
    mounts: { ...mounted.mounts, ...configured.mounts },
    options: serviceOptions(read, known),
    command: wordsOf(read, raw.command)?.map((word) => withSecretPaths(word, granted)),
    entrypoint: wordsOf(read, raw.entrypoint)?.map((word) => withSecretPaths(word, granted)),
    published: publishedPorts(plain.ports, notes),
    exposed: listOf(plain.expose)
      .map((each) => Number.parseInt(textOf(each), 10))
      .filter((port) => port > 0),
    dependsOn: dependencies(read),
    profiles: listOf(plain.profiles).map(textOf),
  };
}

/** A command in exec form; a text is split into words, as Compose does. */
function wordsOf({ text, notes }: ReadService, value: unknown): Text[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(text);
  const words = notes.accept("command", () => {
    const written = textOf(value);
    // a fallback with a space in it is split where it stands for its variable, as Compose does
    return /\$\{[^}]*\s/.test(written)
      ? commandWords(plainText(text(written))).map((word) => [word])
      : commandWords(written).map(text);
  });
  return words === undefined || words.length === 0 ? undefined : words;
}

function dependencies({ plain, notes }: ReadService): Dependency[] {
  const value = plain.depends_on;
  const found: Dependency[] = isMap(value)
    ? Object.entries(value).map(([service, how]) => {
        if (isMap(how) && how.restart === true)
          notes.add(`depends_on.${service}.restart`, "a release of one service starts no other anew");
        return { service, completes: isMap(how) && how.condition === "service_completed_successfully" };
      })
    : listOf(value).map((service) => ({ service: textOf(service), completes: false }));
  const linked = listOf(plain.links).map((link) => ({ service: textOf(link).split(":")[0] ?? "", completes: false }));
  return [...found, ...linked.filter(({ service }) => !found.some((each) => each.service === service))];
}
