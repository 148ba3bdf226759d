/**
 * The course's exercise on a Docker Swarm, with images on Docker Hub: the host is the one line in which it differs from
 * netflix-hub. Each service is rolled task by task, Nginx is on every node.
 *
 * Shows a swarm whose manager is the stack's engine. Needs a swarm (docker swarm init makes one of one node), and docker
 * login registry-1.docker.io for the namespace, which the swarm's nodes then pull by. What is pushed stays there.
 * Run: SLIPWAY_HUB_NAMESPACE=you npm run up -- netflix-swarm
 * Also: SLIPWAY_REPLICAS=3 for as many tasks of each service, SLIPWAY_SWARM_PORT=8080 for visitors
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { DockerHub, Platform, SwarmHost, useLocalBackend } from "../src/index.ts";
import { runNetflix } from "./netflix-application.ts";

export class NetflixSwarmStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const registry = new DockerHub(this, "registry", {
      namespace: process.env.SLIPWAY_HUB_NAMESPACE ?? "exitzeroacademy",
    });
    const host = new SwarmHost(this, "host", {
      port: Number(process.env.SLIPWAY_SWARM_PORT ?? 80),
      replicas: Number(process.env.SLIPWAY_REPLICAS ?? 2),
      platform: Platform.LINUX_AMD64,
    });

    const frontend = runNetflix(this, host, registry);
    const site = host.serve("netflix.devops-days-upes.com", { "/": frontend });

    new TerraformOutput(this, "url", { value: host.urlOf(site) });
  }
}
