import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** What a registry is told. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

interface DockerConfiguration {
  readonly auths?: Record<string, { readonly auth?: string }>;
  readonly credHelpers?: Record<string, string>;
  readonly credsStore?: string;
}

/** Runs a credential helper: its name and the server, and its answer as text, or nothing. */
type Helper = (name: string, server: string) => string | undefined;

/** The logins that `docker login` left on this machine, in its configuration file or in a credential helper. */
export class DockerCredentials {
  static read(env: NodeJS.ProcessEnv = process.env): DockerCredentials {
    const file = join(env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
    return new DockerCredentials(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {});
  }

  constructor(
    private readonly configuration: DockerConfiguration,
    private readonly helper: Helper = askHelper,
  ) {}

  /** The login for a registry's domain, if there is one. */
  find(domain: string): Login | undefined {
    const servers =
      domain === "docker.io"
        ? ["https://index.docker.io/v1/", "registry-1.docker.io", "docker.io"]
        : [domain, `https://${domain}`];
    for (const server of servers) {
      const name = this.configuration.credHelpers?.[server] ?? this.configuration.credsStore;
      const answer = name && this.helper(name, server);
      if (answer) {
        const { Username: username, Secret: password } = JSON.parse(answer);
        if (username !== "<token>") return { username, password };
      }
      const stored = this.configuration.auths?.[server]?.auth;
      if (stored) {
        const [username = "", ...password] = Buffer.from(stored, "base64").toString("utf8").split(":");
        return { username, password: password.join(":") };
      }
    }
    return undefined;
  }
}

function askHelper(name: string, server: string): string | undefined {
  const { status, stdout } = spawnSync(`docker-credential-${name}`, ["get"], {
    input: server,
    encoding: "utf8",
    timeout: 15_000,
    env: process.env,
  });
  return status === 0 ? stdout : undefined;
}
