/** What one construct says of itself, as plain data; what only the apply knows is Terraform's reference to it. */
export interface Description {
  /** The construct's path. */
  readonly path: string;
  /** What it is, e.g. `image` or `host`. */
  readonly kind: string;
  readonly [fact: string]: unknown;
}

/** What a synth had to say of a construct. */
export interface Finding {
  readonly path: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
}

/** What a stack is made of, by the words of its own constructs, and what the synth had to say of them. */
export interface StackDescription {
  /** Of this form; another one is read by another release of Slipway. */
  readonly format: 1;
  readonly stack: string;
  /** Sorted by path. */
  readonly constructs: readonly Description[];
  readonly findings: readonly Finding[];
}

/** The file beside `cdk.tf.json` that has the description of the stack. */
export const DESCRIPTION_FILE = "slipway.json";
/** The one of the last synth that was another. */
export const PREVIOUS_DESCRIPTION_FILE = "slipway.previous.json";
