import { existsSync, readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { checkMounts } from "../release/mounts.ts";
import { ByteSize } from "../values/byte-size.ts";
import { hostPath, isWithin } from "../values/host-path.ts";
import { Mount } from "../values/mount.ts";
import { hasCopied } from "./copied-files.ts";
import { type DeclaredMount, declaredMounts } from "./declared-mount.ts";
import type { KnownImage } from "./known-image.ts";
import { placedFiles } from "./placed-files.ts";
import type { ReadService } from "./read-service.ts";
import { slipwayName } from "./slipway-name.ts";
import type { ImageSource, MountSource } from "./translated-service.ts";

/** What a service sees at paths that are not of its image, and its image with the files that it gets. */
export interface ServiceMounts {
  readonly mounts: Readonly<Record<string, MountSource>>;
  readonly image: ImageSource;
}

const DATA = /^\/(?:data|var\/lib|var\/www\/html|srv|mnt|media|storage|backups?|uploads?|downloads?)(?:\/|$)/;

/** @param known what people know of the image */
export function serviceMounts(service: ReadService, image: ImageSource, known: KnownImage | undefined): ServiceMounts {
  const { plain, notes } = service;
  const mounts: Record<string, MountSource> = {};
  const files: { readonly mount: DeclaredMount; readonly path: string }[] = [];
  let development: string | undefined;
  for (const mount of declaredMounts(plain.volumes, plain.tmpfs)) {
    if (mount.more.length > 0) notes.add(mount.key, `${mount.more.join(", ")}: a mount has no such option here`);
    if (mount.type === "tmpfs") mounts[mount.target] = tmpfs(mount);
    else if (mount.type === "bind") {
      const place = bindOf(service, mount, image, known);
      if (place === "development") development = mount.target;
      else if (place === "files") files.push({ mount, path: resolve(service.file.directory, mount.source) });
      else if (place !== undefined) mounts[mount.target] = place;
    } else if (mount.type === "volume") {
      if (mount.source === "" && development !== undefined && isWithin(mount.target, development))
        notes.add(mount.key, `hides a part of ${development}, which the image has itself`);
      else mounts[mount.target] = volume(service, mount);
    } else notes.add(mount.key, `a mount of type ${mount.type} is none of Slipway's`);
  }
  const placed = placedFiles(service, image, files);
  return { mounts: accepted(service, { ...mounts, ...placed.mounts }), image: placed.image };
}

function tmpfs({ size }: DeclaredMount): MountSource {
  const bytes = size === undefined ? undefined : ByteSize.parse(`${size}`).bytes;
  return { kind: "tmpfs", ...(bytes !== undefined && { sizeMiB: Math.max(1, Math.ceil(bytes / 2 ** 20)) }) };
}

function volume(service: ReadService, { source, target, readOnly }: DeclaredMount): MountSource {
  const name = service.volumeNames.get(source) ?? slipwayName(`${service.name}-${target}`);
  return {
    kind: "volume",
    volume: name,
    ...(service.sharedVolumes.has(source) && { shared: true as const }),
    ...(readOnly && { readOnly: true as const }),
  };
}

/**
 * What a folder or file of the machine is here. One of the project is what the image has already, where a developer's
 * machine lays it over that; else files that the image gets, or a place for data.
 */
function bindOf(
  service: ReadService,
  mount: DeclaredMount,
  image: ImageSource,
  known: KnownImage | undefined,
): MountSource | "files" | "development" | undefined {
  const { file, notes, directory, name } = service;
  const { source, target, key, readOnly } = mount;
  if (source.startsWith("~")) {
    notes.add(
      key,
      "is a path of the machine that runs Compose: copy it into the image, or write Mount.hostPath with the whole path",
    );
    return undefined;
  }
  if (source.startsWith("/")) {
    const path = notes.accept(key, () => hostPath(source.replace(/(?<=.)\/$/, "")));
    return path === undefined
      ? undefined
      : { kind: "host", source: path, ...(readOnly && { readOnly: true as const }) };
  }
  const path = resolve(file.directory, source);
  const isFile = existsSync(path) && statSync(path).isFile();
  if (image.kind === "built" && isWithin(path, resolve(directory, image.context)) && existsSync(path)) {
    const isThere = hasCopied(image, directory, target, isFile);
    if (isFile && !isThere) return "files";
    const there = isThere
      ? "the image has these files"
      : "the image does not have all of these files: let its Dockerfile copy them";
    notes.add(key, `is for changes on a developer's machine${isThere ? ":" : ", and"} ${there}`);
    return "development";
  }
  const isFull = existsSync(path) && (isFile || readdirSync(path).some((each) => each !== ".gitkeep"));
  const isData = !readOnly && (target === known?.data || (DATA.test(target) && !isFile));
  if (isFull && !isData) return "files";
  if (isFile || readOnly || /\.[a-z]+$/.test(target)) {
    notes.add(key, isFile ? "is a file that the service writes: give it a volume" : `is not there: ${source}`);
    return undefined;
  }
  const volume = slipwayName(`${name}-${source.replace(/^[./]+/, "")}`);
  notes.add(key, `is the volume ${volume} here: what ${source} holds on a machine stays there`);
  return { kind: "volume", volume };
}

/** Those that a host takes; what it does not is said with its reason. */
function accepted(service: ReadService, all: Readonly<Record<string, MountSource>>): Record<string, MountSource> {
  const mounts: Record<string, MountSource> = {};
  const checked: Record<string, Mount> = {};
  for (const [path, source] of Object.entries(all)) {
    const made = service.notes.accept(`volumes ${path}`, () => {
      const mount = mountOf(source);
      checkMounts({ ...checked, [path]: mount });
      return mount;
    });
    if (made === undefined) continue;
    checked[path] = made;
    mounts[path] = source;
  }
  return mounts;
}

function mountOf(source: MountSource): Mount {
  if (source.kind === "volume")
    return Mount.volume(source.volume, { shared: source.shared, readOnly: source.readOnly });
  if (source.kind === "tmpfs") return Mount.tmpfs({ sizeMiB: source.sizeMiB });
  return source.kind === "host" ? Mount.hostPath(source.source, { readOnly: source.readOnly }) : Mount.file(" ");
}
