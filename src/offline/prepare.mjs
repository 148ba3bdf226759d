// @ts-check
import { existsSync, mkdirSync } from "node:fs";
import { answers } from "../cli/early-request.mjs";
import { inspectEngine } from "../cli/engine.mjs";
import { buildDockerProvider } from "./docker-provider.mjs";
import { standInPins } from "./images/stand-in-pins.mjs";
import {
  combineMirror,
  configurationFile,
  configurationText,
  mirrorFolders,
  namesNetworkMirror,
  PLATFORM,
  versionsIn,
} from "./provider-mirror.mjs";

/**
 * Stands in for the public registries where they cannot be reached: base images made from Debian packages, providers
 * from this machine or built from source. Whatever it decides reaches synth and Terraform as variables only.
 * SLIPWAY_OFFLINE=1 or =0 decides instead of the probe.
 */

const IMAGE_REGISTRY = "https://registry-1.docker.io/v2/";
const PROVIDER_REGISTRY = "https://registry.terraform.io/.well-known/terraform.json";
/** Where the stand-ins are served; the engine must pull through it. */
export const MIRROR = "http://127.0.0.1:5055";

/**
 * Which public registries are out of reach. A machine that has its own way to them keeps it: a mirror that the engine
 * pulls through already, a network mirror in Terraform's configuration.
 *
 * @param {{ env: NodeJS.ProcessEnv, probe: (url: string) => Promise<boolean>, engineMirrors: () => Promise<string[]>, terraformConfiguration: string }} machine
 */
export async function outOfReach({ env, probe, engineMirrors, terraformConfiguration }) {
  if (env.SLIPWAY_OFFLINE === "1") return { images: true, providers: true };
  if (env.SLIPWAY_OFFLINE === "0") return { images: false, providers: false };
  const reachImages = async () => {
    if (await probe(IMAGE_REGISTRY)) return true;
    const others = (await engineMirrors()).filter((mirror) => mirror !== MIRROR);
    return (await Promise.all(others.map((mirror) => probe(`${mirror}/v2/`)))).includes(true);
  };
  const reachProviders = async () => namesNetworkMirror(terraformConfiguration) || probe(PROVIDER_REGISTRY);
  const [images, providers] = await Promise.all([reachImages(), reachProviders()]);
  return { images: !images, providers: !providers };
}

function lookAround() {
  return outOfReach({
    env: process.env,
    probe: answers,
    engineMirrors: async () => (await inspectEngine()).mirrors,
    terraformConfiguration: configurationText(),
  });
}

/** @type {Promise<{ images: boolean, providers: boolean }> | undefined} */
let decision;

/**
 * The variables of what was prepared before, for verbs that need neither an engine nor Terraform: it looks around as `plan`
 * does, and makes, starts and installs nothing. Whoever names a lockfile has decided.
 *
 * @param {{ terminal: import("../cli/terminal.mjs").Terminal, cacheDir: string }} kit
 * @param {() => Promise<{ images: boolean, providers: boolean }>} [look]
 * @returns {Promise<Record<string, string>>}
 */
export async function recall({ terminal, cacheDir }, look = lookAround) {
  if (process.env.SLIPWAY_LOCKFILE) return {};
  const { images, providers } = await look();
  const [lockfile, configuration] = [standInPins(cacheDir), configurationFile(cacheDir)];
  if (images)
    terminal.note(
      existsSync(lockfile)
        ? `OFFLINE: base images are stand-ins, pinned in ${lockfile}; npx slipway up adds those of new ones`
        : "OFFLINE: no stand-in of a base image has been made here: npx slipway up makes them, and so does npx slipway env",
    );
  return {
    ...(images && existsSync(lockfile) && { SLIPWAY_LOCKFILE: lockfile }),
    ...(providers && existsSync(configuration) && { TF_CLI_CONFIG_FILE: configuration }),
  };
}

/** @param {{ terminal: import("../cli/terminal.mjs").Terminal }} kit */
export async function plan({ terminal }) {
  decision = terminal.step("look whether the public registries answer", lookAround);
  const { images, providers } = await decision;
  if (images)
    terminal.note(
      `OFFLINE: ${new URL(IMAGE_REGISTRY).host} does not answer: base images are stand-ins made from Debian packages, served at ${MIRROR}`,
    );
  if (providers)
    terminal.note(
      `OFFLINE: ${new URL(PROVIDER_REGISTRY).host} does not answer: Terraform takes its providers from this machine`,
    );
  return images ? { mirror: MIRROR } : {};
}

/**
 * @param {{ terminal: import("../cli/terminal.mjs").Terminal, run: typeof import("../cli/command.mjs").run, log: (text: string) => void, cacheDir: string, root: string }} kit
 * @returns {Promise<Record<string, string>>}
 */
export async function prepare(kit) {
  const { images, providers } = await (decision ?? lookAround());
  /** @type {Record<string, string>} */
  const environment = {};
  mkdirSync(kit.cacheDir, { recursive: true });
  if (!images && !providers) return environment;
  await kit.terminal.step("offline: stand in for the registries", async () => {
    const [configuration, lockfile] = await Promise.all([
      providers ? standInProviders(kit) : undefined,
      images ? standInLockfile(kit) : undefined,
    ]);
    // Terraform's question for a newer one of itself would wait for an answer, and cdktf complain about it.
    if (configuration) Object.assign(environment, { TF_CLI_CONFIG_FILE: configuration, CHECKPOINT_DISABLE: "1" });
    if (lockfile) environment.SLIPWAY_LOCKFILE = lockfile;
  });
  return environment;
}

/** @param {{ run: typeof import("../cli/command.mjs").run, log: (text: string) => void, cacheDir: string }} kit */
async function standInProviders({ cacheDir, run, log }) {
  const folders = mirrorFolders(cacheDir);
  /** @param {string} provider */
  const find = (provider) =>
    folders.flatMap((folder) => versionsIn(folder, provider).map((found) => ({ provider, ...found })));
  const found = ["hashicorp/aws", "kreuzwerker/docker"].flatMap(find);
  if (!found.some(({ provider }) => provider === "kreuzwerker/docker")) {
    found.push({
      provider: "kreuzwerker/docker",
      ...(await buildDockerProvider({ cacheDir, run, log, platform: PLATFORM })),
    });
  }
  for (const { provider, version, folder } of found) log(`${provider} ${version} from ${folder}`);
  if (!found.some(({ provider }) => provider === "hashicorp/aws")) {
    log(
      "hashicorp/aws is nowhere on this machine, so stacks for AWS cannot be planned here: name a mirror by SLIPWAY_PROVIDER_MIRROR",
    );
  }
  return combineMirror(cacheDir, found);
}

/** @param {{ terminal: import("../cli/terminal.mjs").Terminal, log: (text: string) => void, cacheDir: string, root: string }} kit */
async function standInLockfile({ terminal, log, cacheDir, root }) {
  const { standInImages } = await import("./images.mjs");
  const { mirror, lockfile } = await standInImages({ root, cacheDir, log, verbose: terminal.verbose });
  if (mirror !== MIRROR) throw new Error(`stand-in images must be served at ${MIRROR}, got ${mirror}`);
  return lockfile;
}
