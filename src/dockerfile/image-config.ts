import { ImageReference, ImageReferenceError } from "../values/image-reference.ts";
import type { Command } from "./instructions/instruction.ts";
import type { Statement } from "./statement.ts";

/** Where an image's file system comes from: nothing, another stage, or an image. */
export type BaseImage =
  | { readonly kind: "scratch"; readonly written: string; readonly line: number }
  | { readonly kind: "stage"; readonly written: string; readonly line: number; readonly stage: number }
  | ExternalImage;

/** An image that a Dockerfile builds upon or copies from. */
export interface ExternalImage {
  readonly kind: "image";
  /** As the Dockerfile says it. */
  readonly written: string;
  readonly line: number;
  /** With its variables replaced; absent where a variable's value is not known or the name is empty. */
  readonly name?: string;
  /** The name as a reference; absent where it is none. */
  readonly reference?: ImageReference;
  /** The platform that is asked for, its variables replaced where they are known. */
  readonly platform?: string;
}

/** The image called `name`, which the Dockerfile says as `written`. */
export function externalImage(line: number, written: string, name = "", platform?: string): ExternalImage {
  const reference = name === "" ? undefined : readReference(name);
  return {
    kind: "image",
    written,
    line,
    ...(name === "" ? {} : { name }),
    ...(reference ? { reference } : {}),
    ...(platform ? { platform } : {}),
  };
}

/** `name` as a reference, if it is one. */
export function readReference(name: string): ImageReference | undefined {
  try {
    return ImageReference.parse(name);
  } catch (error) {
    if (error instanceof ImageReferenceError) return undefined;
    throw error;
  }
}

const HIGHEST_PORT = 65_535;
const PROTOCOLS = ["tcp", "udp", "sctp"] as const;

/** A port that an image says it listens on. */
export interface ExposedPort {
  readonly port: number;
  readonly protocol: (typeof PROTOCOLS)[number];
  /** Where the Dockerfile says so. */
  readonly line: number;
}

/** One argument of EXPOSE: a port or a range of them, and a protocol. */
export interface PortSpec {
  readonly first: number;
  readonly last: number;
  readonly protocol: ExposedPort["protocol"];
  /** Whether it names a host's address or port too, which the builder reads and drops. */
  readonly mapped: boolean;
  /** Whether the protocol is written as it should be. */
  readonly lowerCase: boolean;
}

/** The ports of `text`, one word of EXPOSE whose variables are replaced; nothing where the builder refuses it. */
export function readPortSpec(text: string): PortSpec | undefined {
  const parts = text.split(":");
  const [range = "", protocol = "", ...more] = (parts.pop() ?? "").split("/");
  const hostPort = parts.pop() ?? "";
  const address = parts.join(":");
  const written = protocol || "tcp";
  const name = PROTOCOLS.find((known) => known === written.toLowerCase());
  const own = readRange(range);
  if (name === undefined || more.length > 0 || own === undefined) return undefined;
  if (address !== "" && !isAddress(address)) return undefined;
  if (hostPort !== "") {
    const host = readRange(hostPort);
    if (!host || (own.last !== own.first && own.last - own.first !== host.last - host.first)) return undefined;
  }
  const mapped = address !== "" || hostPort !== "";
  return { ...own, protocol: name, mapped, lowerCase: written === name };
}

function isAddress(text: string): boolean {
  // Loaded where somebody names an address, which hardly anybody does.
  const { isIP } = require("node:net") as typeof import("node:net");
  const plain = text.replace(/^\[([^[\]]*)\]$/, "$1");
  return isIP(plain) !== 0 && !plain.includes("%");
}

function readRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const dash = text.indexOf("-");
  const first = readNumber(dash < 0 ? text : text.slice(0, dash));
  const last = dash < 0 ? first : readNumber(text.slice(dash + 1));
  return first === undefined || last === undefined || last < first ? undefined : { first, last };
}

function readNumber(text: string): number | undefined {
  if (!/^\+?[0-9]+$|^-0+$/.test(text)) return undefined;
  const number = Number(text);
  return number <= HIGHEST_PORT ? Math.abs(number) : undefined;
}

/** What an image runs when it is started, as far as its Dockerfile decides. */
export interface ImageCommand {
  /** Absent where the base image's counts. */
  readonly entrypoint?: readonly string[];
  /** Absent where the base image's counts. */
  readonly cmd?: readonly string[];
  /** The shell that shell forms run in. @default ["/bin/sh", "-c"] */
  readonly shell?: readonly string[];
}

const DEFAULT_SHELL = ["/bin/sh", "-c"];

/**
 * What is started after `statements`, which build upon `base`. Only the last CMD and ENTRYPOINT count, and an ENTRYPOINT
 * drops a CMD that came with the base.
 */
export function readImageCommand(statements: readonly Statement[], base: ImageCommand = {}): ImageCommand {
  let { entrypoint, cmd, shell } = base;
  let ownCmd = false;
  for (const statement of statements) {
    if (statement.keyword === "SHELL") shell = statement.argv;
    else if (statement.keyword === "CMD") {
      cmd = argvOf(statement.command, shell);
      ownCmd = true;
    } else if (statement.keyword === "ENTRYPOINT") {
      entrypoint = argvOf(statement.command, shell);
      if (!ownCmd) cmd = [];
    }
  }
  return { ...(entrypoint ? { entrypoint } : {}), ...(cmd ? { cmd } : {}), ...(shell ? { shell } : {}) };
}

function argvOf(command: Command, shell: readonly string[] = DEFAULT_SHELL): readonly string[] {
  return command.form === "exec" ? command.argv : [...shell, command.text];
}

/** The arguments that the container's first process starts with; nothing where the base image has a say in them. */
export function startArguments({ entrypoint, cmd }: ImageCommand): readonly string[] | undefined {
  return entrypoint && cmd ? [...entrypoint, ...cmd] : undefined;
}
