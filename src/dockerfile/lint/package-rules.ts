import type { Run } from "../instructions/instruction.ts";
import { readMount } from "../instructions/read-run.ts";
import type { Stage } from "../stage.ts";
import { type Install, PACKAGE_MANAGERS, readInstall, unpinned } from "./package-manager.ts";
import type { Rule } from "./rule.ts";
import { type ShellCommand, shellCommands } from "./shell-command.ts";

type ManagerName = keyof typeof PACKAGE_MANAGERS;

/** One RUN. */
interface Layer {
  readonly line: number;
  readonly commands: readonly ShellCommand[];
  readonly installs: readonly (Install & { readonly manager: ManagerName })[];
  /** The folders that are caches of the builder and enter no layer. */
  readonly cached: readonly string[];
  readonly stage: Stage;
  /** Whether the image is made of it. */
  readonly shipped: boolean;
}

export const PACKAGE_RULES: readonly Rule[] = [
  unpinnedRule("DL3008", "apt", "curl=7.88.1-10"),
  unpinnedRule("DL3018", "apk", "curl=8.5.0-r0"),
  unpinnedRule("DL3033", "yum", "curl-7.76.1"),
  unpinnedRule("DL3041", "dnf", "curl-7.76.1"),
  unpinnedRule("DL3037", "zypper", "curl=8.0.1"),
  unpinnedRule("DL3013", "pip", "flask==3.0.0"),
  unpinnedRule("DL3016", "npm", "yarn@1.22.22"),
  unpinnedRule("DL3028", "gem", "rails:7.1.3"),
  unpinnedRule("DL3062", "go", "example.com/tool@v1.2.3"),
  unconfirmedRule("DL3014", "apt", /^-[a-z]*(y|qq)|^--(yes|assume-yes|quiet=2)$|^-q=2$/),
  unconfirmedRule("DL3030", "yum", /^-[a-z]*y|^--assumeyes$/),
  unconfirmedRule("DL3038", "dnf", /^-[a-z]*y|^--assumeyes$/),
  unconfirmedRule("DL3034", "zypper", /^-[a-z]*[yn]|^--(no-confirm|non-interactive)$/),
  {
    id: "DL3015",
    severity: "info",
    why: "packages that are only recommended make the image larger and bring more to patch",
    fix: "add --no-install-recommends and name what is needed",
    check: ofInstalls(
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
        layer.installs.some(
          ({ manager, packages }) => manager === "apt" && packages.some((name) => !/^[./]/.test(name)),
        ) &&
        !layer.commands.some(({ name, args }) => /^apt(-get)?$/.test(name) && args.includes("update")) &&
        !caches(layer, "/var/lib/apt"),
    ),
  },
  uncleanRule("DL3009", "apt", "/var/lib/apt", "end the RUN with rm -rf /var/lib/apt/lists/*"),
  uncleanRule("DL3032", "yum", "/var/cache/yum", "end the RUN with yum clean all"),
  uncleanRule("DL3040", "dnf", "/var/cache/dnf", "end the RUN with dnf clean all"),
  uncleanRule("DL3036", "zypper", "/var/cache/zypp", "end the RUN with zypper clean"),
  {
    id: "DL3019",
    severity: "info",
    why: "the package index stays in the layer",
    fix: "use apk add --no-cache",
    check: ofInstalls("apk", ({ flags }, layer) => !flags.includes("--no-cache") && !caches(layer, "/var/cache/apk")),
  },
  {
    id: "DL3042",
    severity: "warning",
    why: "pip keeps what it downloaded, and the layer keeps pip's cache",
    fix: "use pip install --no-cache-dir, or mount a cache at /root/.cache/pip",
    check: ofInstalls("pip", ({ flags }, layer) => keepsPipCache(flags, layer)),
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
    check: ofInstalls(
      "npm",
      ({ flags, packages }) => packages.length === 0 && !flags.some((flag) => /^(-g|--global)$/.test(flag)),
    ),
  },
];

function unpinnedRule(id: string, manager: ManagerName, example: string): Rule {
  const severity = "warning";
  const why = "the newest version of the day is installed: the same file builds something else tomorrow";
  const fix = `name the version, e.g. ${example}`;
  return {
    id,
    severity,
    why,
    fix,
    check: ofInstalls(manager, (it) => unpinned(it, PACKAGE_MANAGERS[manager]).length > 0),
  };
}

function unconfirmedRule(id: string, manager: ManagerName, yes: RegExp): Rule {
  const why = "the installer asks and nobody answers, so the build fails";
  const breaks = ({ flags }: Install) => !flags.some((flag) => yes.test(flag));
  return { id, severity: "warning", why, fix: "add -y", check: ofInstalls(manager, breaks) };
}

/** What was downloaded must go in the RUN that fetched it, in the stages that the image is made of. */
function uncleanRule(id: string, manager: ManagerName, folder: string, fix: string): Rule {
  const why = "what the package manager downloaded stays in the layer, and a later RUN cannot take it out";
  const { program } = PACKAGE_MANAGERS[manager];
  const cleans = ({ name, args }: ShellCommand) =>
    (name === "rm" && args.some((arg) => arg.startsWith(folder))) ||
    (program.test(name) && args.some((arg) => /^(dist-)?clean(all)?$/.test(arg)) && manager !== "apt") ||
    (program.test(name) && args.includes("dist-clean"));
  const check = ofInstalls(manager, (_, layer) => {
    return layer.shipped && !layer.commands.some(cleans) && !caches(layer, folder);
  });
  return { id, severity: manager === "apt" ? "info" : "warning", why, fix, check };
}

function keepsPipCache(flags: readonly string[], layer: Layer): boolean {
  const switchedOff = layer.stage.instructions.some(
    (it) => it.keyword === "ENV" && it.variables.some(({ name, value }) => name === "PIP_NO_CACHE_DIR" && isOn(value)),
  );
  return !flags.includes("--no-cache-dir") && !switchedOff && !layer.cached.some((path) => path.includes(".cache"));
}

function isOn(value: string): boolean {
  return /^["']?(1|on|yes|true|off)["']?$/i.test(value);
}

function caches({ cached }: Layer, folder: string): boolean {
  return cached.some((path) => path.startsWith(folder));
}

function ofInstalls(manager: ManagerName, breaks: (install: Install, layer: Layer) => boolean): Rule["check"] {
  return ofLayers((layer) => layer.installs.some((install) => install.manager === manager && breaks(install, layer)));
}

function ofLayers(breaks: (layer: Layer) => boolean): Rule["check"] {
  return ({ stages }) => layersOf(stages).filter(breaks);
}

/** Many rules ask about the layers of one file. */
const LAYERS = new WeakMap<readonly Stage[], readonly Layer[]>();

function layersOf(stages: readonly Stage[]): readonly Layer[] {
  const known = LAYERS.get(stages) ?? readLayers(stages);
  LAYERS.set(stages, known);
  return known;
}

function readLayers(stages: readonly Stage[]): Layer[] {
  const shipped = shippedStages(stages);
  return stages.flatMap((stage) =>
    stage.instructions.flatMap((it) => {
      if (it.keyword !== "RUN") return [];
      const commands = shellCommands(it.command);
      const installs = commands.flatMap(installsOf);
      const place = { line: it.range.start, stage, shipped: shipped.has(stage) };
      return [{ ...place, commands, installs, cached: cacheFolders(it) }];
    }),
  );
}

function installsOf(command: ShellCommand): Layer["installs"] {
  return Object.entries(PACKAGE_MANAGERS).flatMap(([name, manager]) => {
    const install = readInstall(command, manager);
    return install ? [{ ...install, manager: name as ManagerName }] : [];
  });
}

/** The last stage and those that it builds upon. */
function shippedStages(stages: readonly Stage[]): ReadonlySet<Stage> {
  const shipped = new Set<Stage>();
  for (let stage = stages.at(-1); stage; stage = stage.parent) shipped.add(stage);
  return shipped;
}

function cacheFolders({ mounts }: Run): string[] {
  const read = mounts.map(readMount).filter(({ type }) => type === "cache" || type === "tmpfs");
  return read.flatMap(({ target }) => target ?? []);
}
