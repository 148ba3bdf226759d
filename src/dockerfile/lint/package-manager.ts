import type { ShellCommand } from "./shell-command.ts";

/** How a package manager installs, and what doing it well looks like. */
export interface PackageManager {
  readonly program: RegExp;
  /** The subcommands that install. */
  readonly install: readonly string[];
  /** Flags that are followed by a value of their own. */
  readonly valueFlags?: readonly string[];
  /** Packages that need no version: files, addresses. */
  readonly exempt?: RegExp;
  /** How a package with a version looks. */
  readonly pinned: RegExp;
  /** Flags by which the list of packages or their versions stands elsewhere. */
  readonly listFlags?: RegExp;
}

const FILE_OR_ADDRESS = /^\.|^\/|:\/\/|\.(deb|rpm|apk|whl|tgz|gz|zip|gem)$/;

export const PACKAGE_MANAGERS = {
  apt: {
    program: /^apt-get$/,
    install: ["install"],
    valueFlags: ["-o", "--option", "-t", "--target-release", "-c", "--config-file", "-a", "--host-architecture"],
    exempt: FILE_OR_ADDRESS,
    pinned: /=/,
  },
  apk: {
    program: /^apk$/,
    install: ["add"],
    valueFlags: [
      "-t",
      "--virtual",
      "-X",
      "--repository",
      "-p",
      "--root",
      "--arch",
      "--keys-dir",
      "--repositories-file",
    ],
    exempt: FILE_OR_ADDRESS,
    pinned: /[=<>~]/,
  },
  yum: { program: /^yum$/, install: ["install"], exempt: /^@|^\.|^\/|:\/\/|\.rpm$/, pinned: /-\d/ },
  dnf: {
    program: /^(micro)?dnf$/,
    install: ["install"],
    valueFlags: ["--setopt", "--releasever", "--installroot"],
    exempt: /^@|^\.|^\/|:\/\/|\.rpm$/,
    pinned: /-\d/,
  },
  zypper: { program: /^zypper$/, install: ["install", "in"], exempt: FILE_OR_ADDRESS, pinned: /[=<>]/ },
  pip: {
    program: /^pip[\d.]*$/,
    install: ["install"],
    valueFlags: [
      "-i",
      "--index-url",
      "--extra-index-url",
      "--trusted-host",
      "-f",
      "--find-links",
      "-t",
      "--target",
    ].concat([
      "--prefix",
      "--root",
      "--platform",
      "--python-version",
      "--proxy",
      "--timeout",
      "--progress-bar",
      "--cache-dir",
    ]),
    exempt: /^\.|^\/|:\/\/|\.(whl|zip|gz)$/,
    pinned: /[=~<>!]=|[<>]| @ |@/,
    listFlags: /^(-r|-c|-e|--requirement|--constraint|--editable)/,
  },
  npm: {
    program: /^npm$/,
    install: ["install", "i", "add"],
    valueFlags: ["--prefix", "--registry", "--cache", "-C", "--loglevel"],
    exempt: /^\.|^\/|:\/\/|^git|\.tgz$/,
    pinned: /.@/,
  },
  gem: {
    program: /^gem$/,
    install: ["install", "i"],
    valueFlags: ["-n", "--bindir", "-i", "--install-dir", "-s", "--source"],
    exempt: FILE_OR_ADDRESS,
    pinned: /:/,
    listFlags: /^(-v|--version|-g|--file)/,
  },
  go: { program: /^go$/, install: ["install"], exempt: /^\./, pinned: /@(?!latest$)/ },
} satisfies Record<string, PackageManager>;

/** A call that installs. */
export interface Install {
  readonly flags: readonly string[];
  readonly packages: readonly string[];
}

/** What `command` installs, if it is an installing call of `manager`; `python -m pip` counts as `pip`. */
export function readInstall(command: ShellCommand, manager: PackageManager): Install | undefined {
  const [name, args] =
    /^python[\d.]*$/.test(command.name) && command.args[0] === "-m"
      ? [command.args[1] ?? "", command.args.slice(2)]
      : [command.name, command.args];
  if (!manager.program.test(name)) return undefined;
  const verb = args.findIndex((arg) => manager.install.includes(arg));
  if (verb < 0 || args.slice(0, verb).some((arg) => /^[a-z]/.test(arg) && !manager.valueFlags)) return undefined;
  const flags: string[] = [];
  const packages: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (/^\d*[<>]/.test(arg)) break;
    if (!arg.startsWith("-")) {
      if (at > verb) packages.push(arg);
      continue;
    }
    const takesValue = manager.valueFlags?.includes(arg) ?? false;
    flags.push(takesValue ? `${arg} ${args[++at] ?? ""}` : arg);
  }
  return { flags, packages };
}

/** The packages whose version is left open; those with a variable are not judged. */
export function unpinned({ flags, packages }: Install, manager: PackageManager): string[] {
  if (manager.listFlags && flags.some((flag) => manager.listFlags?.test(flag))) return [];
  return packages.filter((name) => !name.includes("$") && !manager.exempt?.test(name) && !manager.pinned.test(name));
}
