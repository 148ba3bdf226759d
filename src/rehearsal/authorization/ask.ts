/** One question that AWS asks the policies of a caller before it does what a call wants. */
export interface Ask {
  /** e.g. `ec2:RunInstances`. */
  readonly action: string;
  /** An ARN; `*` where the action knows no resource. */
  readonly resource: string;
  /** The condition keys that AWS sets then, e.g. `aws:ResourceTag/team`. */
  readonly context: Readonly<Record<string, string>>;
}

/** Who asks, and for what: a caller's key is `deployer` or the id of an instance. */
export interface CallerAsk {
  readonly caller: string;
  readonly ask: Ask;
}

/** Where an account is, for the ARNs in its questions. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The ARN of something in `place`. */
export function arnIn({ account, region }: Place, service: string, resource: string): string {
  return `arn:aws:${service}:${service === "iam" ? "" : region}:${account}:${resource}`;
}
