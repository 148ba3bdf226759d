import type { Note } from "./note.ts";
import type { Text } from "./variable-text.ts";

/** Where the image of a service comes from. */
export type ImageSource =
  | { readonly kind: "pulled"; readonly image: Text; readonly platform?: string }
  | BuiltSource
  | LayeredSource;

/** A directory that is built. */
export interface BuiltSource {
  readonly kind: "built";
  /** Relative to the project that is written. */
  readonly context: string;
  readonly dockerfile?: string;
  /** The Dockerfile's own text. */
  readonly inline?: string;
  readonly args: Readonly<Record<string, Text>>;
  readonly labels: Readonly<Record<string, Text>>;
  readonly target?: string;
  readonly network?: string;
  readonly noCache?: true;
  readonly version?: string;
  readonly platform?: string;
}

/** Somebody's image with files of the project's upon it. */
export interface LayeredSource {
  readonly kind: "layered";
  readonly image: Text;
  /** Relative to the project that is written. */
  readonly context: string;
  readonly copies: readonly { readonly from: string; readonly to: string }[];
}

export type MountSource =
  | { readonly kind: "volume"; readonly volume: string; readonly shared?: true; readonly readOnly?: true }
  | { readonly kind: "tmpfs"; readonly sizeMiB?: number }
  | { readonly kind: "host"; readonly source: string; readonly readOnly?: true }
  /** A small file of the project's, relative to it. */
  | { readonly kind: "file"; readonly file: string; readonly addresses?: readonly FileAddress[] };

/** A place of a file's text that names a neighbour, as the file has it. */
export interface FileAddress {
  readonly text: string;
  readonly service: string;
}

/** Where a secret is: a variable of the deployer's environment, or a file. */
export interface SecretReference {
  readonly variable?: string;
  readonly file?: string;
  /** Whether the service reads it as the file `/run/secrets/NAME` on every kind of host. */
  readonly asFile?: true;
  /** How it looks, without the password, where it names a neighbour. */
  readonly hint?: string;
}

export interface HealthSource {
  /** A path of its port; a compose file has none. */
  readonly path?: string;
  /** Absent where only a port is asked, or that it runs. */
  readonly command?: readonly Text[];
  readonly runningSeconds?: number;
  readonly times: Readonly<Partial<Record<"interval" | "timeout" | "retries" | "startPeriod", number>>>;
}

/** Words that a container starts with; `variables` are secrets that a shell makes variables of before. */
export interface Words {
  readonly words: readonly Text[];
  readonly variables: readonly string[];
}

/** A service of a compose file in Slipway's words. */
export interface TranslatedService {
  /** What the host calls it. */
  readonly name: string;
  /** What the file calls it. */
  readonly composeName: string;
  /** Whether it runs to its end, and before what. */
  readonly before?: readonly string[];
  /** The services that have to be healthy before it starts. */
  readonly dependsOn: readonly string[];
  readonly image: ImageSource;
  readonly port?: number;
  readonly health?: HealthSource;
  readonly command?: Words;
  readonly entrypoint?: Words;
  readonly env: Readonly<Record<string, Text>>;
  readonly secrets: Readonly<Record<string, SecretReference>>;
  readonly mounts: Readonly<Record<string, MountSource>>;
  /** The other options of `host.run`, by their names. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly profiles: readonly string[];
  readonly notes: readonly Note[];
}

/** A name that is served, and by whom. */
export interface TranslatedSite {
  readonly name: string;
  readonly service: string;
  /** Where it was published. */
  readonly published?: number;
}

/** A compose file in Slipway's words. */
export interface Translation {
  readonly stack: string;
  /** In an order in which each comes behind those whose addresses it is told. */
  readonly services: readonly TranslatedService[];
  /** Services that cannot be written at all. */
  readonly left: readonly { readonly name: string; readonly notes: readonly Note[] }[];
  /** The first is the one that answers for names that no site has. */
  readonly sites: readonly TranslatedSite[];
  /** The port of the local host, where the file published one that anybody may take. */
  readonly port?: number;
  readonly notes: readonly Note[];
}
