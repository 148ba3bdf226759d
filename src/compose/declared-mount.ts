import { posix } from "node:path";
import { isMap, listOf, textOf } from "./yaml-document.ts";

/** A volume of a service as the file has it, in one form. */
export interface DeclaredMount {
  /** As a person would name it. */
  readonly key: string;
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly size?: unknown;
  /** Words that are not translated. */
  readonly more: readonly string[];
}

const LONG_FORM = new Set(["type", "source", "target", "read_only", "bind", "volume", "tmpfs", "consistency"]);

/** What `volumes` and `tmpfs` of a service say. */
export function declaredMounts(volumes: unknown, tmpfs: unknown): DeclaredMount[] {
  const folders = listOf(tmpfs).map((each): DeclaredMount => {
    const [path = "", options = ""] = textOf(each).split(":");
    const size = /(?:^|,)size=([^,]+)/.exec(options)?.[1];
    const more = options.split(",").filter((word) => word !== "" && !word.startsWith("size="));
    return { key: `tmpfs ${path}`, type: "tmpfs", source: "", target: shortest(path), readOnly: false, size, more };
  });
  return [...listOf(volumes).map((each) => (isMap(each) ? longForm(each) : shortForm(textOf(each)))), ...folders];
}

function longForm(mount: Readonly<Record<string, unknown>>): DeclaredMount {
  const { tmpfs, bind, volume } = mount;
  const inner = [bind, volume].flatMap((each) => (isMap(each) ? Object.keys(each) : []));
  const more = [...Object.keys(mount).filter((key) => !LONG_FORM.has(key)), ...inner];
  const [source, target] = [textOf(mount.source), textOf(mount.target)];
  return {
    key: `volumes ${source === "" ? target : `${source}:${target}`}`,
    type: textOf(mount.type ?? (isPath(source) ? "bind" : "volume")),
    source,
    target: shortest(target),
    readOnly: mount.read_only === true,
    ...(isMap(tmpfs) && { size: tmpfs.size }),
    more: more.filter((word) => word !== "create_host_path" && word !== "nocopy"),
  };
}

function shortForm(text: string): DeclaredMount {
  const [first = "", second, options = ""] = text.split(":");
  const [source, target] = second === undefined ? ["", first] : [first, second];
  const words = options.split(",").filter((word) => word !== "");
  const plain = ["rw", "ro", "z", "Z", "nocopy", "cached", "delegated", "consistent"];
  return {
    key: `volumes ${text}`,
    type: isPath(source) ? "bind" : "volume",
    source,
    target: shortest(target),
    readOnly: words.includes("ro"),
    more: words.filter((word) => !plain.includes(word)),
  };
}

function isPath(source: string): boolean {
  return /^(?:\.|\/|~|[A-Za-z]:\\)/.test(source);
}

function shortest(path: string): string {
  return path.startsWith("/") ? posix.normalize(path).replace(/(?<=.)\/$/, "") : path;
}
