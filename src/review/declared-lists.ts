import type { TlsSource } from "../release/tls.ts";
import type { SecretSource } from "../values/secret-source.ts";
import type {
  Model,
  ModelContainer,
  ModelHost,
  ModelImage,
  ModelRelease,
  ModelService,
  ModelSite,
  ModelStatement,
} from "./model.ts";

/** Something that is declared, by a name that stays its own when the rest changes. */
export interface Named {
  readonly name: string;
  readonly is: string;
}

/** Data that a host keeps, and whether Terraform deletes it once it is no longer declared. */
export interface KeptData {
  readonly name: string;
  readonly deletedByTerraform: boolean;
}

/** Whatever a release runs: services, tasks and schedules. */
export function containersOf({ services, tasks = [], schedules = [] }: ModelRelease): readonly ModelContainer[] {
  return [...services, ...tasks, ...schedules];
}

/** What answers under each name and path of a host. */
export function routesOf(host: ModelHost | undefined): Named[] {
  return (host?.release.sites ?? []).flatMap(({ name, routes }) =>
    routes.map(({ path, to }) => ({
      name: `${name}${path}`,
      is: `${to.service ?? to.address ?? `${to.status} ${to.redirect}`}`,
    })),
  );
}

/** The secrets that a host reads, by whom it reads each for: names and places, never what they hold. */
export function secretsOf(host: ModelHost | undefined, { images }: Model): Named[] {
  if (!host) return [];
  const containers = containersOf(host.release);
  const pulled = new Set(containers.map(({ image }) => image));
  return [
    ...containers.flatMap(({ name, secrets }) => under(name, secrets)),
    ...host.release.sites.flatMap(({ name, basicAuth }) => under(`${name}: password of`, basicAuth?.users ?? {}, " ")),
    ...host.release.sites.flatMap(({ name, tls }) => tlsSecrets(name, tls)),
    ...images.filter(({ path }) => pulled.has(path)).flatMap(pullLogin),
  ];
}

function under(owner: string, secrets: Readonly<Record<string, SecretSource>>, between = ": "): Named[] {
  return Object.entries(secrets).map(([key, source]) => ({ name: `${owner}${between}${key}`, is: placeOf(source) }));
}

function tlsSecrets(site: string, tls: TlsSource | undefined): Named[] {
  if (tls?.kind === "certificate") return [{ name: `${site}: certificate`, is: placeOf(tls.secret) }];
  const account = tls?.kind === "acme" ? tls.externalAccount : undefined;
  return account ? [{ name: `${site}: account at its ACME server`, is: placeOf(account.hmacKey) }] : [];
}

function pullLogin({ path, pullLogin: source }: ModelImage): Named[] {
  return source ? [{ name: `${path}: pullLogin`, is: placeOf(source) }] : [];
}

function placeOf({ kind, id, key, as, version }: SecretSource): string {
  const details = [key && `key ${key}`, as === "file" && "as a file", version && `version ${version}`].filter(Boolean);
  return [`${kind} ${id}`, ...details].join(", ");
}

/** Volumes by their names, and the disk below them where a host has one of its own. */
export function dataOf(host: ModelHost | undefined): KeptData[] {
  const names = (host?.release.services ?? [])
    .flatMap(({ mounts = {} }: ModelService) => Object.values(mounts))
    .flatMap((mount) => (mount.kind === "volume" ? [mount.volume] : []));
  const volumes = [...new Set(names)].map((name) => ({ name, deletedByTerraform: false }));
  return host?.machine.dataVolumeGiB === undefined
    ? volumes
    : [...volumes, { name: "the data volume", deletedByTerraform: true }];
}

/** Dollars a month without surplus CPU credits; nothing where its price is not known. */
export function monthlyPriceOf({ price }: ModelHost): number | undefined {
  return price?.total;
}

/** The images that no digest names, and base images of which none is known. */
export function unpinnedIn({ images }: Model): string[] {
  return images.flatMap(({ path, contentId, reference, baseImages = [] }) => [
    ...(contentId === undefined && !reference.includes("@") ? [path] : []),
    ...baseImages.filter(({ digest }) => digest === undefined).map(({ name }) => `${path} ${name}`),
  ]);
}

/** One line an action and resource. */
export function permissionsOf(statements: readonly ModelStatement[]): string[] {
  const lines = statements.flatMap(({ actions, resources, conditions }) =>
    actions.flatMap((action) =>
      resources.map((resource) => `${action} on ${resource}${conditions ? ` if ${JSON.stringify(conditions)}` : ""}`),
    ),
  );
  return [...new Set(lines)];
}

/** The base images of an image, and the digest of each. */
export function pinsOf(image: ModelImage | undefined): Named[] {
  return (image?.baseImages ?? []).map(({ name, digest }) => ({ name, is: digest ?? "not pinned" }));
}

/** What of a site is no route. */
export function settingsOf({ routes: _, ...others }: ModelSite): Readonly<Record<string, unknown>> {
  return others;
}

/** What of a release is about the host as a whole. */
export function hostSettings({ release }: ModelHost): Readonly<Record<string, unknown>> {
  const { services: _, sites: __, tasks: ___, schedules: ____, host: _____, ...others } = release;
  return others;
}
