import { InvalidValueError } from "./invalid-value-error.ts";

const OPERATING_SYSTEMS = ["linux", "windows", "darwin", "freebsd"];
const ARCHITECTURES = ["amd64", "386", "arm64", "arm", "ppc64le", "s390x", "riscv64", "loong64", "mips64", "mips64le"];

/** What other programs (uname, Node.js, rpm) call them. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  x64: "amd64",
  x86: "386",
  i686: "386",
  i586: "386",
  ia32: "386",
  arm64v8: "arm64",
  armv8: "arm64",
  armv7l: "arm/v7",
  armv7: "arm/v7",
  arm32v7: "arm/v7",
  armv6l: "arm/v6",
  armv6: "arm/v6",
  arm32v6: "arm/v6",
};

const ELEMENT = /^[A-Za-z0-9_.-]+$/;
const SHAPE = 'write it like "linux/arm64"';

/** What an image was built for and what a machine runs, normalised as containerd does. */
export class Platform {
  static readonly LINUX_AMD64 = new Platform("linux", "amd64");
  static readonly LINUX_ARM64 = new Platform("linux", "arm64");
  static readonly LINUX_ARM_V7 = new Platform("linux", "arm", "v7");
  static readonly LINUX_ARM_V6 = new Platform("linux", "arm", "v6");
  static readonly LINUX_386 = new Platform("linux", "386");
  static readonly LINUX_PPC64LE = new Platform("linux", "ppc64le");
  static readonly LINUX_S390X = new Platform("linux", "s390x");
  static readonly LINUX_RISCV64 = new Platform("linux", "riscv64");

  /** @throws InvalidValueError when `text` is no `os/architecture[/variant]`, or names one that Docker's builders do not have */
  static parse(text: string): Platform {
    const elements = typeof text === "string" ? text.split("/", 4) : [];
    const [os = "", architecture = "", variant] = elements;
    if (elements.length < 2 || elements.length > 3 || !elements.every((element) => ELEMENT.test(element))) {
      return refuse(text, "must be an operating system and an architecture, joined by a slash");
    }
    const platform = Platform.custom(os, architecture, variant);
    if (!OPERATING_SYSTEMS.includes(platform.os)) {
      return refuse(text, `must have one of the operating systems ${OPERATING_SYSTEMS.join(", ")}`);
    }
    if (!ARCHITECTURES.includes(platform.architecture)) {
      return refuse(text, `must have one of the architectures ${ARCHITECTURES.join(", ")}`);
    }
    return platform;
  }

  /**
   * A platform that `parse` does not know.
   * @throws InvalidValueError when a part holds more than letters, digits, dots, dashes and underscores
   */
  static custom(os: string, architecture: string, variant?: string): Platform {
    for (const element of variant === undefined ? [os, architecture] : [os, architecture, variant]) {
      if (typeof element === "string" && ELEMENT.test(element)) continue;
      const rule = "must be letters, digits, dots, dashes and underscores";
      throw new InvalidValueError({ subject: "part of a platform", rule, got: element, remedy: SHAPE });
    }
    return new Platform(normaliseOs(os), ...normaliseArchitecture(architecture, variant));
  }

  private constructor(
    readonly os: string,
    readonly architecture: string,
    readonly variant?: string,
  ) {}

  /** Whether a machine of this platform runs `image` without emulation: its own kind, and what its processor still understands. */
  runs(image: Platform): boolean {
    return this.os === image.os && (this.equals(image) || understands(this, image));
  }

  equals(other: Platform): boolean {
    return this.os === other.os && this.architecture === other.architecture && this.variant === other.variant;
  }

  toString(): string {
    return `${this.os}/${this.architecture}${this.variant === undefined ? "" : `/${this.variant}`}`;
  }
}

function refuse(text: unknown, rule: string): never {
  const meant = typeof text === "string" ? probablyMeant(text.trim().toLowerCase()) : undefined;
  throw new InvalidValueError({ subject: "platform", rule, got: text, remedy: meant ? `use "${meant}"` : SHAPE });
}

/** Mends a missing operating system and the names that other programs use. */
function probablyMeant(text: string): string | undefined {
  const elements = text.split("/");
  const [os = "", ...rest] = OPERATING_SYSTEMS.includes(elements[0] ?? "") ? elements : ["linux", ...elements];
  const architecture = rest.map((element) => OTHER_NAMES[element] ?? element).join("/");
  const [name = "", variant, ...more] = architecture.split("/");
  if (more.length > 0 || ![name, variant ?? "-"].every((element) => ELEMENT.test(element))) return undefined;
  const platform = Platform.custom(os, name, variant);
  return ARCHITECTURES.includes(platform.architecture) ? platform.toString() : undefined;
}

/** A processor's family and its generation, e.g. `arm` and `v7`. */
interface Processor {
  readonly architecture: string;
  readonly variant?: string;
}

function normaliseOs(os: string): string {
  const name = os.toLowerCase();
  return name === "macos" ? "darwin" : name;
}

/** One spelling for each architecture and its variant (containerd/platforms, `database.go`). */
function normaliseArchitecture(architecture: string, variant?: string): [string, string?] {
  const name = architecture.toLowerCase();
  const version = variant?.toLowerCase();
  switch (name) {
    case "i386":
      return ["386"];
    case "x86_64":
    case "x86-64":
    case "amd64":
      return version === "v1" ? ["amd64"] : ["amd64", version];
    case "aarch64":
    case "arm64":
      return normaliseArm64(version);
    case "armhf":
      return ["arm", "v7"];
    case "armel":
      return ["arm", "v6"];
    case "arm":
      if (version === undefined) return ["arm", "v7"];
      return ["arm", /^[5-8]$/.test(version) ? `v${version}` : version];
    default:
      return [name, version];
  }
}

function normaliseArm64(version: string | undefined): [string, string?] {
  switch (version) {
    case "8":
    case "v8":
    case "v8.0":
      return ["arm64"];
    case "9":
    case "9.0":
    case "v9.0":
      return ["arm64", "v9"];
    default:
      return ["arm64", version];
  }
}

/** Whether `machine` runs programs made for `program`, another of its family or an older family (`compare.go`); both normalised. */
function understands(machine: Processor, program: Processor): boolean {
  switch (machine.architecture) {
    case "amd64":
      if (program.architecture === "386") return program.variant === undefined;
      return program.architecture === "amd64" && level(program, 1) <= level(machine, 1);
    case "arm":
      return program.architecture === "arm" && understandsArm(level(machine, 7), program);
    case "arm64": {
      const generation = arm64Generation(machine);
      if (!generation) return false;
      if (program.architecture === "arm") return understandsArm(8, program);
      const other = program.architecture === "arm64" ? arm64Generation(program) : undefined;
      if (!other) return false;
      if (other.major === generation.major) return other.minor <= generation.minor;
      return generation.major === 9 && other.minor <= Math.min(generation.minor + 5, 9);
    }
    default:
      return false;
  }
}

function understandsArm(machineLevel: number, program: Processor): boolean {
  const programLevel = level(program, 7);
  return programLevel >= 5 && programLevel <= machineLevel;
}

/** The number of a variant such as `v3`; NaN, which compares with nothing, for a variant that has none. */
function level(processor: Processor, usual: number): number {
  return processor.variant === undefined ? usual : Number(/^v(\d+)$/.exec(processor.variant)?.[1]);
}

/** ARMv9.n has what ARMv8.(n+5) has; undefined for generations that nobody has made. */
function arm64Generation(processor: Processor): { major: number; minor: number } | undefined {
  const match = /^v(?:8(?:\.[0-9])?|9(?:\.[0-7])?)$/.exec(processor.variant ?? "v8");
  if (!match) return undefined;
  const [major, minor = 0] = match[0].slice(1).split(".").map(Number);
  return { major: major ?? 8, minor };
}
