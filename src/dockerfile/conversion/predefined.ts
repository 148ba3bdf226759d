import type { Platform } from "../../values/platform.ts";

/** The platforms that a build runs on and for; nothing for one that is not known. */
export interface BuildPlatforms {
  readonly build?: Platform;
  readonly target?: Platform;
}

/** The variables that the builder sets itself before the first FROM; `stage` is the name of the stage that is built. */
export function predefinedVariables(
  { build, target }: BuildPlatforms,
  stage: string,
): ReadonlyMap<string, string | undefined> {
  return new Map([...ofPlatform("BUILD", build), ...ofPlatform("TARGET", target), ["TARGETSTAGE", stage || "default"]]);
}

function ofPlatform(side: string, platform: Platform | undefined): [name: string, value: string | undefined][] {
  return [
    [`${side}PLATFORM`, platform?.toString()],
    [`${side}OS`, platform?.os],
    [`${side}OSVERSION`, platform && ""],
    [`${side}ARCH`, platform?.architecture],
    [`${side}VARIANT`, platform && (platform.variant ?? "")],
  ];
}

const PART = /^[A-Za-z0-9_.-]+$/;
// <os>[(<version>{+<feature>})]
const FIRST_PART = /^[A-Za-z0-9_-]+(\([A-Za-z0-9_.%-]*(\+[A-Za-z0-9_.%-]+)*\))?$/;
const SYSTEMS =
  /^(aix|android|darwin|dragonfly|freebsd|hurd|illumos|ios|js|linux|macos|nacl|netbsd|openbsd|plan9|solaris|windows|zos)$/i;
const ARCHITECTURES =
  /^(i?386|x86[_-]64|amd64|amd64p32|aarch64|arm|armhf|armel|armbe|arm64|arm64be|ppc64|ppc64le|loong64|mips|mipsle|mips64|mips64le|mips64p32|mips64p32le|ppc|riscv|riscv64|s390|s390x|sparc|sparc64|wasm)$/i;

/** Whether the builder takes `text` for `FROM --platform`. */
export function isPlatform(text: string): boolean {
  const [first = "", ...more] = text.split("/");
  if (!FIRST_PART.test(first) || more.length > 2 || !more.every((part) => PART.test(part))) return false;
  return more.length > 0 || SYSTEMS.test(first.replace(/\(.*/, "")) || ARCHITECTURES.test(first);
}
