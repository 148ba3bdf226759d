import type { ShellCommand } from "./shell-command.ts";

/** What a call does with packages. */
export type InstallKind = "package" | "group" | "module" | "upgrade" | "other";

/** How a package manager is called, and what doing it well looks like. */
export interface PackageManager {
  readonly program: RegExp;
  /** The subcommands that matter, by the words that start a call; each says what it does. */
  readonly verbs: Readonly<Record<string, InstallKind>>;
  /** Flags that are followed by a value of their own. */
  readonly valueFlags: readonly string[];
  /** Packages that need no version: files, folders, addresses. */
  readonly exempt: RegExp;
  /** How a package with a version looks. */
  readonly pinned: RegExp;
  /** Flags by which the list of packages or their versions stands elsewhere. */
  readonly listFlags?: RegExp;
  /** Words in the place of packages by which their versions stand elsewhere. */
  readonly listWords?: readonly string[];
  /** Whether what follows `--` belongs to somebody else. @default false */
  readonly endsAtDashes?: boolean;
  /** Whether only the first word behind the subcommand is a package, by subcommand. */
  readonly single?: readonly string[];
}

const FILE_OR_ADDRESS = /^[./~]|:\/\/|\.(deb|rpm|apk|whl|tgz|gz|zip|gem)$/;

/** `name-1.2.3`, `name-1.2.3-4.el9`: the last part or the one before it is a version. */
const RPM_VERSION = /-\d[\w.~^+*]*(-\d[\w.~^+*]*)?$/;
const RPM = /^[./~@]|:\/\/|\.rpm$/;
const RPM_VERBS = {
  install: "package",
  in: "package",
  localinstall: "package",
  groupinstall: "group",
  "group install": "group",
  "groups install": "group",
  "module install": "module",
  "module enable": "other",
  reinstall: "upgrade",
  rei: "upgrade",
  update: "upgrade",
  upgrade: "upgrade",
  up: "upgrade",
  "upgrade-minimal": "upgrade",
  "up-min": "upgrade",
  "distro-sync": "upgrade",
} as const;
const RPM_FLAGS = words(
  "-c --config --setopt --releasever --installroot --enablerepo --disablerepo --repo --repoid --exclude -x --forcearch -d -e --debuglevel --comment --advisory --disableexcludes",
);

/** How pip and pipx tell a package from a file or an address, and a version from none. */
const PYTHON_PACKAGE = {
  exempt: /^[./~]|^(https?|file):|\.(whl|zip|tar|gz|bz2|xz|tgz)$|^(?!\w[\w+.-]*:)[^@]*\//,
  pinned: /[=~<>!]=|[<>]|^[^/]*@|:\/\/[^/]+\/.*@[^/]+/,
};

export const PACKAGE_MANAGERS = {
  apt: {
    program: /^apt-get$/,
    verbs: { install: "package", upgrade: "upgrade", "dist-upgrade": "upgrade", "full-upgrade": "upgrade" },
    valueFlags: words("-o --option -t --target-release --default-release -c --config-file -a --host-architecture"),
    exempt: FILE_OR_ADDRESS,
    pinned: /[=/]/,
  },
  apk: {
    program: /^apk$/,
    verbs: { add: "package", upgrade: "upgrade" },
    valueFlags: words(
      "-t --virtual -X --repository -p --root --arch --keys-dir --repositories-file --cache-dir --cache-max-age --progress-fd --wait --timeout",
    ),
    exempt: FILE_OR_ADDRESS,
    pinned: /[=<>~]/,
  },
  yum: { program: /^yum$/, verbs: RPM_VERBS, valueFlags: RPM_FLAGS, exempt: RPM, pinned: RPM_VERSION },
  dnf: { program: /^(micro)?dnf5?$/, verbs: RPM_VERBS, valueFlags: RPM_FLAGS, exempt: RPM, pinned: RPM_VERSION },
  zypper: {
    program: /^zypper$/,
    verbs: {
      install: "package",
      in: "package",
      update: "upgrade",
      up: "upgrade",
      "dist-upgrade": "upgrade",
      dup: "upgrade",
      patch: "upgrade",
      remove: "other",
      rm: "other",
      "source-install": "other",
      si: "other",
    },
    valueFlags: words("-r --repo --from -t --type -p --plus-repo --plus-content -R --root --installroot -c --config"),
    exempt: FILE_OR_ADDRESS,
    pinned: /[=<>~]/,
  },
  pip: {
    program: /^pip[\d.]*$/,
    verbs: { install: "package" },
    valueFlags: words(
      "-r --requirement -c --constraint -e --editable -i --index-url --extra-index-url --trusted-host -f --find-links -t --target --prefix --root --root-user-action --src -b --build --platform --python-version --implementation --abi --only-binary --no-binary --upgrade-strategy --proxy --timeout --retries --exists-action --cert --client-cert --cache-dir --log --progress-bar -C --config-settings --global-option --install-option --build-option --hash --keyring-provider --python --use-feature --use-deprecated --report --group",
    ),
    ...PYTHON_PACKAGE,
    listFlags: /^(-r|-c|-e|--requirement|--constraint|--editable)/,
  },
  pipx: {
    program: /^pipx$/,
    verbs: { install: "package" },
    valueFlags: words("--python --index-url -i --pip-args --suffix --preinstall --backend"),
    ...PYTHON_PACKAGE,
  },
  npm: {
    program: /^npm$/,
    verbs: { install: "package", i: "package", add: "package" },
    valueFlags: words(
      "--prefix --registry --cache -C --loglevel --userconfig --globalconfig --omit --include --only -w --workspace --tag --install-strategy --fetch-retries --fetch-timeout --fetch-retry-mintimeout --fetch-retry-maxtimeout --maxsockets --network-timeout --node-options --script-shell --cpu --os --libc --before",
    ),
    exempt: /^(\.{0,2}|~)\/|^\.{1,2}$|^(https?|file):|\.(tgz|tar|tar\.gz)$/,
    pinned: /^(?!.*(?:^git[+@:]|:\/\/|\.git$)).+@|#./,
  },
  gem: {
    program: /^gem$/,
    verbs: { install: "package", i: "package" },
    valueFlags: words(
      "-v --version -n --bindir -i --install-dir -s --source -g --file -P --trust-policy -p --http-proxy -B --bulk-threshold --platform --without --target-rbconfig",
    ),
    exempt: FILE_OR_ADDRESS,
    pinned: /:/,
    listFlags: /^(-v|--version|-g|--file)/,
    endsAtDashes: true,
  },
  go: {
    program: /^go$/,
    verbs: { install: "package", get: "package", run: "package" },
    valueFlags: words(
      "-ldflags -tags -o -mod -modfile -gcflags -asmflags -gccgoflags -p -pkgdir -toolexec -exec -overlay -buildmode -compiler -installsuffix -pgo -C -coverpkg -covermode",
    ),
    // The standard library has the version of the compiler, and its paths start with no host.
    exempt: /^[./~]|\.go$|^[^./]+(\/|$)/,
    pinned: /@(?!(latest|none)$)/,
    single: ["run"],
    listWords: ["tool"],
  },
} satisfies Record<string, PackageManager>;

function words(text: string): readonly string[] {
  return text.split(" ");
}

/** Flags by which a call only says what it would do. */
const ONLY_ASKS = /^(-s|--simulate|--dry-run|--just-print|--no-act|--print-uris)$/;

/** A call that installs. */
export interface Install {
  readonly kind: InstallKind;
  readonly flags: readonly string[];
  readonly packages: readonly string[];
}

/** What `command` does to packages, if it is such a call of `manager`; `python -m pip` counts as `pip`. */
export function readInstall(command: ShellCommand, manager: PackageManager): Install | undefined {
  const [name, args] =
    /^python[\d.]*$/.test(command.name) && command.args[0] === "-m"
      ? [command.args[1] ?? "", command.args.slice(2)]
      : [command.name, command.args];
  if (!manager.program.test(name)) return undefined;
  const flags: string[] = [];
  const others: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (/^\d*[<>]/.test(arg)) break;
    if (arg === "--" && manager.endsAtDashes) break;
    if (!arg.startsWith("-")) others.push(arg);
    else if (manager.valueFlags.includes(arg)) flags.push(`${arg} ${args[++at] ?? ""}`);
    else if (arg !== "--") flags.push(arg);
  }
  if (flags.some((flag) => ONLY_ASKS.test(flag))) return undefined;
  for (const length of [2, 1]) {
    const verb = others.slice(0, length).join(" ");
    const kind = Object.hasOwn(manager.verbs, verb) ? manager.verbs[verb] : undefined;
    if (kind === undefined || (length === 2 && others.length < 2)) continue;
    const packages = others.slice(length, manager.single?.includes(verb) ? length + 1 : undefined);
    return { kind, flags, packages };
  }
  return undefined;
}

/** The packages whose version is left open; those with a variable are not judged. */
export function unpinned({ kind, flags, packages }: Install, manager: PackageManager): string[] {
  if (manager.listFlags && flags.some((flag) => manager.listFlags?.test(flag))) return [];
  if (packages.some((name) => manager.listWords?.includes(name))) return [];
  if (kind === "module") return packages.filter((name) => !/[$:]/.test(name));
  if (kind !== "package") return [];
  return packages.filter((name) => !name.includes("$") && !manager.exempt.test(name) && !manager.pinned.test(name));
}
