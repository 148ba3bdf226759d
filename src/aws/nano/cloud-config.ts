import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { type YamlValue, yaml } from "./yaml.ts";

/** A file that cloud-init writes at the first boot, before any package is there. */
export interface CloudConfigFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
  /** Octal digits. @default "0644" */
  readonly permissions?: string;
}

/** The part of cloud-init's language that a host needs, in its own words. */
export interface CloudConfigOptions {
  /** Commands in exec form, run as root at every boot before anything else is done. @default - none */
  readonly bootCommands?: readonly (readonly string[])[];
  /** Made before packages are installed. @default - no swap */
  readonly swap?: { readonly filename: string; readonly size: string };
  /** What apt is told, for good. @default - nothing */
  readonly aptConf?: string;
  /** @default - none */
  readonly packages?: readonly string[];
  /** @default - none */
  readonly files?: readonly CloudConfigFile[];
  /** Paths that no file may have, for something else writes there. @default - none */
  readonly reserved?: readonly string[];
  /** Commands in exec form, run as root once everything else is done. @default - none */
  readonly commands?: readonly (readonly string[])[];
}

// Debian policy 5.6.1, and "=version" or "/release" behind it
const PACKAGE = /^[a-z0-9][a-z0-9.+-]+(?::[a-z0-9]+)?(?:[=/][A-Za-z0-9.+:~-]+)?$/;
const ABSOLUTE = /^(?:\/[A-Za-z0-9._@+-]+)+$/;
const DOTS = /\/\.{1,2}(?:\/|$)/;

/** User data is plain text in Terraform's state and can be read by every process of the instance. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, "an AWS access key"],
  [/\baws_secret_access_key\s*[=:]\s*\S/i, "an AWS secret key"],
  [/\bgh[pousr]_[A-Za-z0-9]{36}/, "a GitHub token"],
];

/**
 * The text that sets an instance up at its first boot. Why so few words: cloud-init ignores a key that it does not
 * know, so whoever writes one by hand learns of the mistake from a host that lacks something.
 *
 * @throws InvalidValueError for a package or path that is none, a path written twice, or what looks like a secret
 */
export function cloudConfig(options: CloudConfigOptions): string {
  const { bootCommands = [], swap, aptConf, packages = [], files = [], reserved = [], commands = [] } = options;
  const names = new Set(packages.map(packageName));
  const paths = new Set(reserved);
  for (const file of files) claim(file, paths);
  return `#cloud-config\n${yaml({
    ...(bootCommands.length === 0 ? {} : { bootcmd: bootCommands }),
    swap,
    ...(aptConf === undefined ? {} : { apt: { conf: aptConf } }),
    ...(names.size === 0 ? {} : { package_update: true, packages: [...names] }),
    ...(files.length === 0 ? {} : { write_files: files.map(fileEntry) }),
    ...(commands.length === 0 ? {} : { runcmd: commands }),
  })}`;
}

function fileEntry({ path, content, permissions = "0644" }: CloudConfigFile): YamlValue {
  if (!/^0[0-7]{3}$/.test(permissions)) {
    throw new InvalidValueError({ subject: "file permissions", rule: "must be four octal digits", got: permissions });
  }
  return { path, permissions, content };
}

/** @throws InvalidValueError when `name` is no package */
export function packageName(name: string): string {
  if (PACKAGE.test(name)) return name;
  const rule = "must be a package as apt-get knows it";
  throw new InvalidValueError({
    subject: "package",
    rule,
    got: name,
    remedy: 'write it like "htop" or "htop=3.3.0-4"',
  });
}

function claim(file: CloudConfigFile, paths: Set<string>): void {
  const { path, content } = file ?? {};
  if (typeof path !== "string" || typeof content !== "string") {
    const remedy = 'write { path: "/etc/motd", content: "…" }';
    const got = typeof path === "string" ? path : file;
    throw new InvalidValueError({ subject: "file", rule: "must have a path and its content as text", got, remedy });
  }
  if (!ABSOLUTE.test(path) || DOTS.test(path)) {
    throw new InvalidValueError({ subject: "file path", rule: "must be absolute, without spaces or dots", got: path });
  }
  if (paths.has(path)) {
    const remedy = "each path is written once; the host's own files are among them";
    throw new InvalidValueError({ subject: "file path", rule: "must be free", got: path, remedy });
  }
  paths.add(path);
  const secret = SECRETS.find(([pattern]) => pattern.test(content));
  if (secret) {
    const remedy = "keep it in Parameter Store or Secrets Manager and let the service take it as a secret";
    const rule = `must not hold ${secret[1]}, user data can be read by everybody`;
    throw new InvalidValueError({ subject: "file", rule, got: path, remedy });
  }
}
