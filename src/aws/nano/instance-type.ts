import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { Platform } from "../../values/platform.ts";

// family "." size, e.g. t4g.nano, m7i-flex.large, u-6tb1.metal
const NAME = /^([a-z][a-z0-9-]*)\.([a-z0-9-]+)$/;

/** AWS marks its own arm64 processors by a `g` after the generation; a1 came before that, and Nvidia's are `gb`. */
const ARM = /^(?:a1|[a-z]+\d+g[a-z]*(?:-[a-z]+)?|[a-z0-9]+-gb\d+)$/;

/** Families that earn CPU credits. */
const BURSTABLE = /^t\d/;

/** Families from before Nitro, where EBS optimisation is an extra or unknown. */
const BEFORE_NITRO = /^(?:t[12]|m[123]|c[13]|r3|i2|g2|hs1|hi1|cr1|cc2)$/;

/** The burstable family of each processor that has them all. */
const FAMILIES: readonly (readonly [Platform, string])[] = [
  [Platform.LINUX_ARM64, "t4g"],
  [Platform.LINUX_AMD64, "t3"],
];

/** A type of EC2 instance by name, and what the name decides. */
export class InstanceType {
  /** @throws InvalidValueError when `text` is no type of instance, or one that runs no Linux containers */
  static parse(text: string): InstanceType {
    const [, family = "", size = ""] = (typeof text === "string" && NAME.exec(text)) || [];
    const refuse = (rule: string, remedy: string): never => {
      throw new InvalidValueError({ subject: "instance type", rule, got: text, remedy });
    };
    if (family === "") refuse("must be a family and a size, joined by a dot", 'write it like "t4g.nano"');
    if (family.startsWith("mac")) refuse("must run Linux", "choose a type of another family");
    return new InstanceType(text, family, size);
  }

  private constructor(
    readonly name: string,
    readonly family: string,
    readonly size: string,
  ) {}

  get platform(): Platform {
    return ARM.test(this.family) ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
  }

  /** How one of this size for `platform` is declared; undefined where none is known. */
  forPlatform(platform: Platform): string | undefined {
    const family = FAMILIES.find(([runs]) => runs.equals(platform))?.[1];
    return this.isBurstable && family !== undefined ? `declare instanceType: "${family}.${this.size}"` : undefined;
  }

  /** Whether it earns credits, and may be told to go on without. */
  get isBurstable(): boolean {
    return BURSTABLE.test(this.family);
  }

  /** Whether it takes the word that it is EBS-optimised, as all since Nitro are. */
  get isEbsOptimized(): boolean {
    return !BEFORE_NITRO.test(this.family);
  }

  toString(): string {
    return this.name;
  }
}
