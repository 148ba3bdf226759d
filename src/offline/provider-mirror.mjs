// @ts-check
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The hosts that a short source such as `kreuzwerker/docker` stands for, with Terraform and with OpenTofu. */
const HOSTS = ["registry.terraform.io", "registry.opentofu.org"];

/** What the combined mirror and its configuration are called in the cache. */
const MIRROR = "provider-mirror";
const CONFIGURATION = "providers.tfrc";

/** Terraform's name for the machine, e.g. `linux_amd64`. */
export const PLATFORM = `${process.platform === "win32" ? "windows" : process.platform}_${goArchitecture(process.arch)}`;

/** @param {string} name as Node says it */
function goArchitecture(name) {
  return name === "x64" ? "amd64" : name === "ia32" ? "386" : name;
}

/**
 * The folders where an unpacked filesystem mirror may lie, most explicit first: the variable, what Terraform's own
 * configuration names, Terraform's plug-in folders, and the places where people put such things.
 *
 * @param {string} cacheDir whose combined mirror does not count: it links to the others
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [home]
 * @returns {string[]}
 */
export function mirrorFolders(cacheDir, env = process.env, home = homedir()) {
  const data = env.XDG_DATA_HOME || join(home, ".local", "share");
  const named = pathsIn(configurationText(env, home));
  const usual = [
    env.TF_PLUGIN_CACHE_DIR,
    join(home, ".terraform.d", "plugins"),
    join(home, ".terraform.d", "plugin-cache"),
    join(data, "terraform", "plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    ...["/opt", "/srv", "/usr/local/share", "/var/lib", data].flatMap((folder) =>
      subfolders(folder).map((name) => join(folder, name)),
    ),
  ];
  const folders = [env.SLIPWAY_PROVIDER_MIRROR, ...named, ...usual].filter(
    (folder) => folder !== undefined && folder !== "",
  );
  const others = [...new Set(/** @type {string[]} */ (folders))].filter(
    (folder) => resolve(folder) !== resolve(cacheDir, MIRROR),
  );
  return others.filter((folder) => HOSTS.some((host) => existsSync(join(folder, host))));
}

/**
 * What Terraform's and OpenTofu's command lines are configured with, all in one.
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [home]
 */
export function configurationText(env = process.env, home = homedir()) {
  const files = env.TF_CLI_CONFIG_FILE ? [env.TF_CLI_CONFIG_FILE] : [join(home, ".terraformrc"), join(home, ".tofurc")];
  return files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
}

/**
 * Whether a configuration lets providers come from a mirror in the network, which then is the machine's own way.
 * @param {string} text
 */
export function namesNetworkMirror(text) {
  return /^\s*network_mirror\s*\{/m.test(text);
}

/**
 * The paths that a CLI configuration gives to filesystem mirrors and to the plug-in cache.
 * @param {string} text
 * @returns {string[]}
 */
export function pathsIn(text) {
  return [...text.matchAll(/^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"/gm)].map(
    (match) => /** @type {string} */ (match[1]),
  );
}

/**
 * The unpacked versions of one provider in a mirror, for this machine.
 * @param {string} mirror
 * @param {string} provider e.g. `hashicorp/aws`
 * @returns {{ version: string, folder: string }[]}
 */
export function versionsIn(mirror, provider) {
  return HOSTS.flatMap((host) => {
    const folder = join(mirror, host, ...provider.split("/"));
    return subfolders(folder)
      .map((version) => ({ version, folder: join(folder, version, PLATFORM) }))
      .filter((found) => existsSync(found.folder));
  });
}

/**
 * The configuration that makes Terraform take providers from the combined mirror.
 * @param {string} cacheDir
 */
export function configurationFile(cacheDir) {
  return join(cacheDir, CONFIGURATION);
}

/**
 * One mirror of links to what was found and built, under both hosts, and the configuration that makes Terraform take
 * providers from it and from nowhere else.
 *
 * @param {string} folder
 * @param {{ provider: string, version: string, folder: string }[]} providers
 * @returns {string} the configuration's path, for TF_CLI_CONFIG_FILE
 */
export function combineMirror(folder, providers) {
  const mirror = join(folder, MIRROR);
  for (const host of HOSTS) {
    for (const provider of new Set(providers.map((each) => each.provider))) {
      const place = join(mirror, host, ...provider.split("/"));
      const current = providers.filter((each) => each.provider === provider);
      for (const name of subfolders(place)) {
        if (!current.some(({ version }) => version === name)) rmSync(join(place, name), { recursive: true });
      }
      for (const { version, folder: target } of current) link(join(place, version, PLATFORM), target);
    }
  }
  const file = configurationFile(folder);
  const text = `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`;
  if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text);
  return file;
}

/**
 * @param {string} path
 * @param {string} target
 */
function link(path, target) {
  mkdirSync(dirname(path), { recursive: true });
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there?.isSymbolicLink() && readlinkSync(path) === target) return;
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
}

/** @param {string} folder */
function subfolders(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
