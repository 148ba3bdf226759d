import { isCached, type Layer, type LayerInstall, layersOf, type ManagerName, overlaps } from "./layer.ts";
import { PACKAGE_MANAGERS, unpinned } from "./package-manager.ts";
import type { Rule } from "./rule.ts";
import type { ShellCommand } from "./shell-command.ts";

const RPM_FOLDERS: readonly string[] = ["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"];

export const PACKAGE_RULES: readonly Rule[] = [
  // A distribution keeps few versions, so that a pin there breaks the build on the day of the next one.
  { ...unpinnedRule("DL3008", ["apt"], "curl=7.88.1-10"), severity: "info" },
  { ...unpinnedRule("DL3018", ["apk"], "curl=8.5.0-r0"), severity: "info" },
  { ...unpinnedRule("DL3033", ["yum"], "curl-7.76.1"), severity: "info" },
  { ...unpinnedRule("DL3041", ["dnf"], "curl-7.76.1"), severity: "info" },
  { ...unpinnedRule("DL3037", ["zypper"], "curl=8.0.1"), severity: "info" },
  unpinnedRule("DL3013", ["pip", "pipx"], "flask==3.0.0"),
  unpinnedRule("DL3016", ["npm"], "yarn@1.22.22"),
  unpinnedRule("DL3028", ["gem"], "rails:7.1.3"),
  unpinnedRule("DL3062", ["go"], "example.com/tool@v1.2.3"),
  unconfirmedRule(
    "DL3014",
    "apt",
    (flags) => flags.some((flag) => /^(-[a-z]*y[a-z]*|--(yes|assume-yes))$/.test(flag)) || isQuiet(flags),
  ),
  unconfirmedRule("DL3030", "yum", assumesYes),
  unconfirmedRule("DL3038", "dnf", assumesYes),
  unconfirmedRule("DL3034", "zypper", (flags) =>
    flags.some((flag) => /^(-[a-zA-Z]*[yn][a-zA-Z]*|--(no-confirm|non-interactive))$/.test(flag)),
  ),
  {
    id: "DL3015",
    severity: "info",
    why: "packages that are only recommended make the image larger and bring more to patch",
    fix: "add --no-install-recommends and name what is needed",
    check: ofPackages(
      "apt",
      ({ flags }) => !flags.some((flag) => /^--no-install-recommends$|Install-Recommends/.test(flag)),
    ),
  },
  {
    id: "SW1020",
    severity: "warning",
    why: "the package lists come from another layer, which the cache may keep until they name versions that are gone",
    fix: "run apt-get update and apt-get install in one RUN",
    check: ofLayers(
      (layer) =>
        packagesOf(layer, "apt").some(({ packages }) => packages.some((name) => !/^[./]/.test(name))) &&
        !layer.commands.some(isAptUpdate) &&
        !isCached(layer, "/var/lib/apt/lists"),
    ),
  },
  {
    id: "DL3009",
    severity: "info",
    why: "the package lists stay in the layer, and a later RUN cannot take them out",
    fix: "end the RUN with rm -rf /var/lib/apt/lists/*",
    check: ofLayers((layer) => {
      const last = layer.commands.findLastIndex(isAptUpdate);
      return last >= 0 && leavesFiles(layer, last, ["/var/lib/apt/lists"], isAptClean);
    }),
  },
  uncleanRule("DL3032", "yum", RPM_FOLDERS, isRpmClean, "end the RUN with yum clean all"),
  uncleanRule("DL3040", "dnf", RPM_FOLDERS, isRpmClean, "end the RUN with dnf clean all"),
  uncleanRule("DL3036", "zypper", ["/var/cache/zypp"], isZypperClean, "end the RUN with zypper clean"),
  {
    id: "DL3019",
    severity: "info",
    why: "the package index stays in the layer",
    fix: "use apk add --no-cache",
    check: ofPackages("apk", ({ flags }, layer) => {
      const cached = ["/var/cache/apk", "/etc/apk/cache"].some((folder) => isCached(layer, folder));
      return !flags.includes("--no-cache") && !cached;
    }),
  },
  {
    id: "DL3042",
    severity: "warning",
    why: "pip keeps what it downloaded, and the layer keeps pip's cache",
    fix: "use pip install --no-cache-dir, or mount a cache at /root/.cache/pip",
    check: ofPackages("pip", (install, layer) => layer.shipped && keepsPipCache(install, layer)),
  },
  {
    id: "DL3027",
    severity: "warning",
    why: "apt is for people at a terminal; its options and output change between releases",
    fix: "use apt-get or apt-cache",
    check: ofLayers(({ commands }) => commands.some(({ name }) => name === "apt")),
  },
  {
    id: "SW1021",
    severity: "warning",
    why: "npm install may change the lock file, and installs something else than it says",
    fix: "use npm ci",
    check: ofPackages(
      "npm",
      ({ flags, packages }) => packages.length === 0 && !flags.some((flag) => /^(-g|--global)$/.test(flag)),
    ),
  },
];

function unpinnedRule(id: string, managers: readonly ManagerName[], example: string): Rule {
  const severity = "warning";
  const why = "the newest version of the day is installed: the same file builds something else tomorrow";
  const fix = `name the version, e.g. ${example}`;
  const check = ofLayers(({ installs }) =>
    installs.some((it) => managers.includes(it.manager) && unpinned(it, PACKAGE_MANAGERS[it.manager]).length > 0),
  );
  return { id, severity, why, fix, check };
}

/** Upgrades ask as well, but hardly anybody calls one without saying yes. */
function unconfirmedRule(id: string, manager: ManagerName, confirms: (flags: readonly string[]) => boolean): Rule {
  const why = "the package manager asks and nobody answers, so the build fails";
  const check = ofLayers(({ installs }) =>
    installs.some((it) => it.manager === manager && it.kind !== "upgrade" && !confirms(it.flags)),
  );
  return { id, severity: "warning", why, fix: "add -y", check };
}

function assumesYes(flags: readonly string[]): boolean {
  return flags.some((flag) => /^(-[a-z]*y[a-z]*|--assumeyes)$/.test(flag));
}

/** Whether apt-get is as quiet as `-qq`, which implies yes. */
function isQuiet(flags: readonly string[]): boolean {
  const marks = flags.map((flag) => {
    const [, level] = /^(?:-q|--quiet)=(\d+)$/.exec(flag) ?? [];
    if (level !== undefined) return Number(level);
    return flag === "--quiet" ? 1 : /^-[a-z]+$/.test(flag) ? flag.split("q").length - 1 : 0;
  });
  return marks.reduce((sum, mark) => sum + mark, 0) >= 2;
}

function isAptUpdate({ name, args }: ShellCommand): boolean {
  return /^(apt|apt-get|aptitude)$/.test(name) && args.includes("update");
}

function isAptClean({ name, args }: ShellCommand): boolean {
  return /^(apt|apt-get)$/.test(name) && args.includes("dist-clean");
}

function isRpmClean({ name, args }: ShellCommand): boolean {
  return /^(yum|(micro)?dnf5?)$/.test(name) && args.includes("clean");
}

function isZypperClean({ name, args }: ShellCommand): boolean {
  return name === "zypper" && args.some((arg) => /^(cc|clean)$/.test(arg));
}

/** What was downloaded must go in the RUN that fetched it, in the stages that the image is made of. */
function uncleanRule(
  id: string,
  manager: ManagerName,
  folders: readonly string[],
  cleans: (command: ShellCommand) => boolean,
  fix: string,
): Rule {
  const why = "what the package manager downloaded stays in the layer, and a later RUN cannot take it out";
  const check = ofLayers((layer) => {
    const last = layer.installs.findLast((it) => it.manager === manager && it.kind !== "other");
    return last !== undefined && leavesFiles(layer, last.at, folders, cleans);
  });
  return { id, severity: "warning", why, fix, check };
}

/** Whether nothing behind the command at `at` removes `folders`, and no cache keeps them out of the layer. */
function leavesFiles(
  layer: Layer,
  at: number,
  folders: readonly string[],
  cleans: (command: ShellCommand) => boolean,
): boolean {
  const removes = ({ name, args }: ShellCommand) =>
    (name === "rm" || (name === "find" && args.includes("-delete"))) &&
    args.some((arg) => arg.startsWith("/") && folders.some((folder) => overlaps(arg, folder)));
  const clean = layer.commands.slice(at + 1).some((command) => cleans(command) || removes(command));
  return layer.shipped && !clean && !folders.some((folder) => isCached(layer, folder));
}

const SWITCH = "PIP_NO_CACHE_DIR";

function keepsPipCache({ flags, at }: LayerInstall, layer: Layer): boolean {
  if (flags.includes("--no-cache-dir") || layer.cached.some((path) => path.includes(".cache"))) return false;
  const exported = layer.commands
    .slice(0, at)
    .flatMap(({ name, args }) => (name === "export" ? args : []))
    .findLast((arg) => arg.startsWith(`${SWITCH}=`));
  const value =
    layer.commands[at]?.env.get(SWITCH) ?? exported?.slice(SWITCH.length + 1) ?? layer.env.get(SWITCH) ?? "";
  return !/^["']?(1|on|yes|true)["']?$/i.test(value);
}

function packagesOf({ installs }: Layer, manager: ManagerName): readonly LayerInstall[] {
  return installs.filter((it) => it.manager === manager && it.kind === "package");
}

function ofPackages(manager: ManagerName, breaks: (install: LayerInstall, layer: Layer) => boolean): Rule["check"] {
  return ofLayers((layer) => packagesOf(layer, manager).some((install) => breaks(install, layer)));
}

function ofLayers(breaks: (layer: Layer) => boolean): Rule["check"] {
  return ({ stages }) => layersOf(stages).filter(breaks);
}
