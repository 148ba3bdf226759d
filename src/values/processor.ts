/** A processor's family and its generation, e.g. `arm` and `v7`. */
interface Processor {
  readonly architecture: string;
  readonly variant?: string;
}

export function normaliseOs(os: string): string {
  const name = os.toLowerCase();
  return name === "macos" ? "darwin" : name;
}

/** One spelling for each architecture and its variant (containerd/platforms, `database.go`). */
export function normaliseArchitecture(architecture: string, variant?: string): [string, string?] {
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
export function understands(machine: Processor, program: Processor): boolean {
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
