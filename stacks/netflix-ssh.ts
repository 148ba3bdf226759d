/**
 * The course's exercise on a server of one's own, wherever it stands, with images on Docker Hub: the host is the one line in
 * which it differs from netflix-hub, and nothing of it needs AWS.
 *
 * Shows a Debian or Ubuntu server that is told by the deployer's own ssh. Needs ssh, a server that lets you in and its host
 * key, and docker login registry-1.docker.io for the namespace. What is pushed stays there.
 * Run: SLIPWAY_SERVER=203.0.113.7 SLIPWAY_SERVER_KEY="$(ssh-keyscan -t ed25519 203.0.113.7 | cut -d ' ' -f 2-)" \
 *      SLIPWAY_HUB_NAMESPACE=you npm run up -- netflix-ssh
 *      after the key was compared with /etc/ssh/ssh_host_ed25519_key.pub on the server's console
 * Also: SLIPWAY_SERVER_USER=deploy for a user with sudo, SLIPWAY_SERVER_PLATFORM=linux/arm64
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { DockerHub, Platform, SshHost, useLocalBackend } from "../src/index.ts";
import { runNetflix } from "./netflix-application.ts";

/** Of no server: it stands for the one that you declare. */
const EXAMPLE_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

export class NetflixSshStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const registry = new DockerHub(this, "registry", {
      namespace: process.env.SLIPWAY_HUB_NAMESPACE ?? "exitzeroacademy",
    });
    const host = new SshHost(this, "host", {
      address: process.env.SLIPWAY_SERVER ?? "server.example.com",
      hostKey: process.env.SLIPWAY_SERVER_KEY ?? EXAMPLE_KEY,
      user: process.env.SLIPWAY_SERVER_USER,
      platform: Platform.parse(process.env.SLIPWAY_SERVER_PLATFORM ?? "linux/amd64"),
    });

    const frontend = runNetflix(this, host, registry);
    const site = host.serve("netflix.devops-days-upes.com", { "/": frontend });

    new TerraformOutput(this, "url", { value: host.urlOf(site) });
    new TerraformOutput(this, "address", { value: host.address });
  }
}
