import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import { debianProgram } from "../../src/rehearsal/machine/foreign-processor.ts";

/** Debian 12 has none. */
const BUILDX = {
  suite: "trixie",
  architecture: "native",
  name: "docker-buildx",
  path: "usr/libexec/docker/cli-plugins/docker-buildx",
};

/** A folder for `DOCKER_CONFIG`: Docker's command line with buildx, and with the logins that a test gives it. */
export class DockerConfiguration {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-docker-"));

  static async withBuildx(): Promise<DockerConfiguration> {
    const configuration = new DockerConfiguration();
    const plugin = await debianProgram(BUILDX, cacheFolder(), () => {});
    mkdirSync(join(configuration.folder, "cli-plugins"));
    symlinkSync(plugin, join(configuration.folder, "cli-plugins/docker-buildx"));
    return configuration;
  }

  /** As `docker login` leaves it: name and password by the registry's address. */
  logIn(logins: Readonly<Record<string, string>>): void {
    const auths = Object.entries(logins).map(([host, login]) => [
      host,
      { auth: Buffer.from(login).toString("base64") },
    ]);
    writeFileSync(join(this.folder, "config.json"), JSON.stringify({ auths: Object.fromEntries(auths) }));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
