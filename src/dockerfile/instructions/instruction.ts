import type { Assignment } from "../syntax/instruction-words.ts";

/** Text as written: its quotes, escapes and variables still in it. */
export type Word = string;

/** A command that runs as it is, or through the shell. */
export type Command =
  | { readonly form: "exec"; readonly argv: readonly string[] }
  | { readonly form: "shell"; readonly text: string; readonly heredocs: readonly ScriptHeredoc[] };

/** A heredoc that a shell command reads; its opening word stands in the command's text. */
export interface ScriptHeredoc {
  readonly name: string;
  readonly content: string;
  /** Whether the builder takes the tabs off the start of each line. */
  readonly chomp: boolean;
}

/** A file whose content stands in the Dockerfile. */
export interface InlineFile {
  readonly name: string;
  /** Empty, or whole lines. */
  readonly content: string;
  /** Whether the builder replaces variables in it. */
  readonly expand: boolean;
}

export interface From {
  readonly keyword: "FROM";
  readonly image: Word;
  /** In lower case, as the builder keeps it. */
  readonly as?: string;
  readonly platform?: Word;
}

export interface Arg {
  readonly keyword: "ARG";
  readonly args: readonly { readonly name: Word; readonly value?: Word }[];
}

export interface Env {
  readonly keyword: "ENV";
  readonly variables: readonly Assignment[];
}

export interface Label {
  readonly keyword: "LABEL";
  readonly labels: readonly Assignment[];
}

export interface Run {
  readonly keyword: "RUN";
  readonly command: Command;
  /** As written, e.g. `type=cache,target=/root/.cache`. */
  readonly mounts: readonly Word[];
  readonly devices: readonly Word[];
  readonly network?: "default" | "none" | "host";
  readonly security?: "sandbox" | "insecure";
}

/** What COPY and ADD share. */
export interface Transfer {
  readonly sources: readonly Word[];
  readonly files: readonly InlineFile[];
  readonly destination: Word;
  readonly chown?: Word;
  readonly chmod?: Word;
  readonly link: boolean;
  readonly exclude: readonly Word[];
}

export interface Copy extends Transfer {
  readonly keyword: "COPY";
  /** A stage's name or number, or an image. */
  readonly from?: Word;
  readonly parents: boolean;
}

export interface Add extends Transfer {
  readonly keyword: "ADD";
  readonly checksum?: Word;
  readonly keepGitDir?: boolean;
  readonly unpack?: boolean;
}

export interface Workdir {
  readonly keyword: "WORKDIR";
  readonly path: Word;
}

export interface User {
  readonly keyword: "USER";
  readonly user: Word;
}

export interface Expose {
  readonly keyword: "EXPOSE";
  readonly ports: readonly Word[];
}

export interface Volume {
  readonly keyword: "VOLUME";
  readonly paths: readonly Word[];
}

export interface Cmd {
  readonly keyword: "CMD";
  readonly command: Command;
}

export interface Entrypoint {
  readonly keyword: "ENTRYPOINT";
  readonly command: Command;
}

export interface Healthcheck {
  readonly keyword: "HEALTHCHECK";
  /** Nothing switches off the base image's check (`NONE`). */
  readonly command?: Command;
  /** Seconds, like the other times. */
  readonly interval?: number;
  readonly timeout?: number;
  readonly startPeriod?: number;
  readonly startInterval?: number;
  readonly retries?: number;
}

export interface Shell {
  readonly keyword: "SHELL";
  readonly argv: readonly string[];
}

export interface StopSignal {
  readonly keyword: "STOPSIGNAL";
  readonly signal: Word;
}

export interface Onbuild {
  readonly keyword: "ONBUILD";
  /** Nothing where the builder will refuse it once the image is built upon; it does not look before that. */
  readonly trigger?: Exclude<Instruction, From | Onbuild | Maintainer>;
}

/** Deprecated, hence read and never written. */
export interface Maintainer {
  readonly keyword: "MAINTAINER";
  readonly name: string;
}

/** What one instruction says. Told apart by `keyword`. */
export type Instruction =
  | From
  | Arg
  | Env
  | Label
  | Run
  | Copy
  | Add
  | Workdir
  | User
  | Expose
  | Volume
  | Cmd
  | Entrypoint
  | Healthcheck
  | Shell
  | StopSignal
  | Onbuild
  | Maintainer;

export type Keyword = Instruction["keyword"];
