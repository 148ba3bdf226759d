import { Platform } from "../../values/platform.ts";
import type { Descriptor, RegistryContent, RegistryManifest } from "../registry-content.ts";
import type { Place } from "../registry-session.ts";

/** What an image's configuration says, as far as the verbs look into it. */
export interface ImageConfiguration {
  readonly created?: string;
  readonly architecture?: string;
  readonly os?: string;
  readonly variant?: string;
  readonly config?: {
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
    readonly Env?: readonly string[] | null;
    readonly Entrypoint?: readonly string[] | null;
    readonly Cmd?: readonly string[] | null;
    readonly Volumes?: Readonly<Record<string, unknown>> | null;
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>> | null;
    readonly StopSignal?: string;
    readonly Healthcheck?: { readonly Test?: readonly string[] } | null;
  };
  readonly history?: readonly { readonly created_by?: string; readonly empty_layer?: boolean }[];
}

/** An image of one platform. */
export interface ImageSide {
  readonly digest: string;
  readonly platform: string;
  readonly configDigest: string;
  readonly configuration: ImageConfiguration;
  /** From the base on. */
  readonly layers: readonly Descriptor[];
  /** Bytes that a pull moves: layers and configuration, as the registry keeps them. */
  readonly size: number;
}

/** An image as a registry has it: of one platform, or an index of several. */
export interface RegistryImage {
  readonly manifest: RegistryManifest;
  readonly platforms: readonly string[];
  /** The platform that was asked for, else the first. */
  readonly side: ImageSide;
}

/** What an index or a manifest holds. */
export interface ManifestDocument {
  readonly mediaType?: string;
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly manifests?: readonly (Descriptor & {
    readonly platform?: { readonly os: string; readonly architecture: string; readonly variant?: string };
  })[];
}

/** The image that a tag or a digest stands for; nothing where the registry has none such. */
export async function registryImage(
  content: RegistryContent,
  place: Place,
  reference: string,
  wanted?: Platform,
): Promise<RegistryImage | undefined> {
  const manifest = await content.manifest(place, reference);
  if (manifest === undefined) return undefined;
  const document = documentOf(manifest);
  const listed = sidesOf(document);
  const chosen = listed.find(({ platform }) => wanted?.runs(platform)) ?? listed[0];
  if (document.manifests !== undefined && chosen === undefined)
    throw new Error(`${place.domain}/${place.path}@${manifest.digest} is an index of no image`);
  const own = chosen === undefined ? manifest : await content.manifest(place, chosen.digest);
  if (own === undefined)
    throw new Error(`${place.domain}/${place.path} lacks ${chosen?.digest}, which its index names`);
  const side = await imageSide(content, place, own);
  return {
    manifest,
    side,
    platforms: chosen === undefined ? [side.platform] : listed.map(({ platform }) => `${platform}`),
  };
}

export function documentOf({ bytes }: Pick<RegistryManifest, "bytes">): ManifestDocument {
  return JSON.parse(bytes.toString("utf8"));
}

/** The images of an index; what a builder attests of them is listed among them, for a platform that no machine has. */
export function sidesOf({
  manifests = [],
}: ManifestDocument): { readonly digest: string; readonly platform: Platform }[] {
  return manifests.flatMap(({ digest, platform }) => {
    if (platform === undefined || platform.os === "unknown") return [];
    return [{ digest, platform: Platform.custom(platform.os, platform.architecture, platform.variant) }];
  });
}

async function imageSide(content: RegistryContent, place: Place, manifest: RegistryManifest): Promise<ImageSide> {
  const { config, layers = [] } = documentOf(manifest);
  if (config === undefined)
    throw new Error(`${place.domain}/${place.path}@${manifest.digest} is no image: it has no configuration`);
  const configuration: ImageConfiguration = JSON.parse((await content.blob(place, config)).toString("utf8"));
  return {
    ...{ digest: manifest.digest, configDigest: config.digest, configuration, layers },
    platform: platformOf(configuration),
    size: [config, ...layers].reduce((sum, { size }) => sum + size, 0),
  };
}

/** The platform that a configuration names; empty where it is of none, as an artifact's is. */
export function platformOf({ os, architecture, variant }: ImageConfiguration): string {
  return os && architecture ? `${Platform.custom(os, architecture, variant || undefined)}` : "";
}
