import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConsumerWorkspace } from "../../scripts/consumer/consumer-workspace.mjs";
import { NpmRegistry } from "../../scripts/consumer/npm-registry.mjs";
import { run } from "../../src/cli/command.mjs";

const CACHE = "npm-cache";

/** Both packages as npm would deliver them, in a folder outside the clone, for commands as somebody copies them into a terminal. */
export class PublishedPackage {
  static async start(): Promise<PublishedPackage> {
    const folder = mkdtempSync(join(tmpdir(), "slipway-published-"));
    const npm = async (key: string) => (await run("npm", ["config", "get", key])).stdout.trim();
    const registry = await NpmRegistry.start(await npm("registry"));
    // What was downloaded stays of use; what npx keeps is by name and version, and another run's has the same ones.
    const downloads = join(await npm("cache"), "_cacache");
    for (const each of [downloads, join(folder, CACHE)]) mkdirSync(each, { recursive: true });
    symlinkSync(downloads, join(folder, CACHE, "_cacache"));
    for (const tarball of Object.values(await ConsumerWorkspace.pack(folder))) await registry.publish(tarball);
    return new PublishedPackage(folder, registry);
  }

  /** What the commands see: npm asks the registry that has the packages. */
  readonly environment: NodeJS.ProcessEnv;

  private constructor(
    readonly folder: string,
    private readonly registry: NpmRegistry,
  ) {
    const { SLIPWAY_LOCKFILE: _, TF_CLI_CONFIG_FILE: __, ...others } = process.env;
    this.environment = {
      ...others,
      npm_config_registry: registry.url,
      npm_config_replace_registry_host: "never",
      npm_config_prefer_offline: "true",
      npm_config_cache: join(folder, CACHE),
      NO_COLOR: "1",
    };
  }

  /** The commands in that folder; the first that fails ends them. @returns what they said */
  async run(text: string, cwd: string, more: NodeJS.ProcessEnv = {}): Promise<string> {
    const { code, stdout, stderr } = await run("sh", ["-ec", text], { cwd, env: { ...this.environment, ...more } });
    if (code !== 0) throw new Error(`ended with ${code}\n${text}\n${stdout}\n${stderr}`);
    return stdout;
  }

  stop(): void {
    this.registry.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
