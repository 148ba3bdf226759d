import { InvalidValueError } from "../values/invalid-value-error.ts";

// area ["-" qualifier] "-" direction "-" number, e.g. eu-west-1, us-gov-east-1, ap-southeast-5
const NAME = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/** Partitions other than `aws`, by how their regions begin. @see https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
const PARTITIONS: readonly (readonly [RegExp, string, string])[] = [
  [/^cn-/, "aws-cn", "amazonaws.com.cn"],
  [/^us-gov-/, "aws-us-gov", "amazonaws.com"],
  [/^eusc-/, "aws-eusc", "amazonaws.eu"],
];

/** A region of AWS, and what its name decides: the partition of its ARNs and the domain of its host names. */
export class AwsRegion {
  /** @throws InvalidValueError when `text` is no name of a region */
  static parse(text: string): AwsRegion {
    if (typeof text === "string" && NAME.test(text)) return new AwsRegion(text);
    const zone = typeof text === "string" && NAME.test(text.replace(/[a-z]$/, ""));
    throw new InvalidValueError({
      subject: "region",
      rule: "must be the name of a region",
      got: text,
      remedy: zone ? `use "${text.slice(0, -1)}", ${text} is one of its zones` : 'write it like "eu-west-1"',
    });
  }

  readonly partition: string;
  readonly domain: string;

  private constructor(readonly name: string) {
    const [, partition, domain] = PARTITIONS.find(([begins]) => begins.test(name)) ?? [];
    this.partition = partition ?? "aws";
    this.domain = domain ?? "amazonaws.com";
  }

  toString(): string {
    return this.name;
  }
}
