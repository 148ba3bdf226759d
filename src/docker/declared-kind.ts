import { Construct, type IConstruct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import { Platform } from "../values/platform.ts";
import { PortMapping } from "../values/port-mapping.ts";

/** A kind of thing that a construct is handed: how it is known, and how a person gets one. */
interface DeclaredKind {
  readonly subject: string;
  readonly rule: string;
  readonly is: (got: unknown) => boolean;
  readonly remedy: string;
}

/** By what it says and not by its class: who implements an interface is not our business. */
const says =
  (...texts: readonly string[]) =>
  (got: unknown) =>
    Construct.isConstruct(got) &&
    texts.every((name) => typeof (got as object as Record<string, unknown>)[name] === "string");

export const IMAGE: DeclaredKind = {
  subject: "image",
  rule: "must be an image",
  is: (got) => says("reference")(got) && REPOSITORY.is((got as { repository?: unknown }).repository),
  remedy: 'build one by new BuiltImage(this, "app", { … }), or take one by new PulledImage(this, "app", { … })',
};

export const REPOSITORY: DeclaredKind = {
  subject: "repository",
  rule: "must be a repository of a registry",
  is: (got) => {
    const { uri, path, registry, pullAccess } = (got ?? {}) as Record<string, unknown>;
    const named = typeof uri === "string" && typeof path === "string";
    return named && says("address", "endpoint")(registry) && typeof pullAccess === "object";
  },
  remedy: 'name one by registry.repository("app")',
};

export const VOLUME: DeclaredKind = {
  subject: "volume",
  rule: "must be a Volume",
  is: says("volumeName"),
  remedy:
    'make one by new Volume(this, "data"), or take one by Volume.fromName; a folder of the engine\'s machine is none',
};

export const NETWORK: DeclaredKind = {
  subject: "network",
  rule: "must be a Network",
  is: says("networkName"),
  remedy: 'make one by new Network(this, "network"), or take one by Network.fromName',
};

export const LOGIN: DeclaredKind = {
  subject: "login",
  rule: "must be a RegistryLogin",
  is: says("username", "password"),
  remedy:
    'write new RegistryLogin(this, "registry-login"): its name and password come from variables of the environment',
};

export const PLATFORM: DeclaredKind = {
  subject: "platform",
  rule: "must be a Platform",
  is: (got) => got instanceof Platform,
  remedy: 'write Platform.LINUX_ARM64, or Platform.parse("linux/arm64")',
};

export const PORT_MAPPING: DeclaredKind = {
  subject: "port mapping",
  rule: "must be a PortMapping",
  is: (got) => got instanceof PortMapping,
  remedy: 'write PortMapping.parse("127.0.0.1:8888:80")',
};

/**
 * Refuses what is not of `kind`. Why asked, when the type says so: most programs run without a type check, and a path
 * in place of a volume would become a volume without a name.
 *
 * @throws {ConstructError}
 */
export function requireKind(scope: IConstruct, property: string, got: unknown, kind: DeclaredKind): void {
  if (kind.is(got)) return;
  const { subject, rule, remedy } = kind;
  throw new ConstructError(scope, property, { subject, rule, got, remedy });
}

/** {@link requireKind} for each of a list; refuses what is no list. @throws {ConstructError} */
export function requireKinds(scope: IConstruct, property: string, got: unknown, kind: DeclaredKind): void {
  if (!Array.isArray(got)) {
    throw new ConstructError(scope, property, {
      subject: property,
      rule: `must be a list of which each ${kind.rule}`,
      got,
      remedy: kind.remedy,
    });
  }
  for (const each of got) requireKind(scope, property, each, kind);
}
