/** The resources of `services.ts`, or of `containers.ts` where there is no host, by CDKTF and its providers alone. */
import { Container } from "@cdktf/provider-docker/lib/container";
import { Image } from "@cdktf/provider-docker/lib/image";
import { Network } from "@cdktf/provider-docker/lib/network";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { Volume } from "@cdktf/provider-docker/lib/volume";
import { App, TerraformResource, TerraformStack, Token } from "cdktf";
import type { Construct } from "constructs";

class Step extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly triggers: Record<string, unknown>,
    environment: Record<string, string>,
    dependsOn?: TerraformResource[],
  ) {
    super(scope, id, {
      terraformResourceType: "terraform_data",
      dependsOn,
      lifecycle: { createBeforeDestroy: true },
      provisioners: [{ type: "local-exec", command: "sh release.sh", interpreter: ["/bin/sh", "-c"], environment }],
    });
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { triggers_replace: Token.asAny(this.triggers) };
  }
}

const DIGEST = `sha256:${"0".repeat(64)}`;
const labels = (path: string) => [
  { label: "dev.example.construct", value: path },
  { label: "dev.example.settings", value: "0123456789abcdef" },
  { label: "dev.example.stack", value: "bench" },
];

const app = new App({ outdir: process.env.SLIPWAY_BENCH_OUT });
const stack = new TerraformStack(app, "bench");
new DockerProvider(stack, "docker");

function service(index: number, network?: Network): Container {
  const image = new Image(stack, `service-${index}-image`, {
    name: `example.com/app-${index}@${DIGEST}`,
    keepLocally: true,
  });
  return new Container(stack, `service-${index}`, {
    ...around(`service-${index}`, image, network),
    name: network ? `service-${index}-\${substr(uuid(), 0, 8)}` : `service-${index}`,
    env: [`NAME=service-${index}`, "PORT=8080"],
    lifecycle: network && { createBeforeDestroy: true, ignoreChanges: ["name"] },
  });
}

function around(name: string, image: Image, network?: Network) {
  return {
    name,
    image: image.imageId,
    restart: "unless-stopped",
    memory: 256,
    memorySwap: 256,
    destroyGraceSeconds: 10,
    logDriver: "json-file",
    logOpts: { "max-file": "3", "max-size": "10m" },
    securityOpts: ["no-new-privileges:true"],
    networksAdvanced: network && [{ name: network.name }],
    labels: labels(name),
  };
}

function host(each: number, indices: readonly number[]): void {
  const network = new Network(stack, `network-${each}`, {
    name: `network-${each}`,
    driver: "bridge",
    labels: labels(`network-${each}`),
  });
  const files = new Volume(stack, `files-${each}`, { name: `files-${each}`, labels: labels(`files-${each}`) });
  const image = new Image(stack, `nginx-${each}-image`, { name: `nginx@${DIGEST}`, keepLocally: true });
  new Container(stack, `nginx-${each}`, {
    ...around(`nginx-${each}`, image, network),
    ports: [{ internal: 80, external: 8000 + each, ip: "127.0.0.1", protocol: "tcp" }],
    volumes: [{ containerPath: "/etc/nginx/slipway", volumeName: files.name }],
    upload: [{ file: "/etc/nginx/nginx.conf", content: "events {}\nhttp { include /etc/nginx/slipway/*.conf; }\n" }],
  });
  const containers = indices.map((index) => service(index, network));
  const server = indices.map((index) => `location /service-${index}/ { proxy_pass http://service_${index}; }`);
  const triggers = {
    containers: Object.fromEntries(containers.map(({ id }, at) => [`service-${indices[at]}`, id])),
    sites: server.join("\n"),
    health: indices.map((index) => `service-${index} 8080 http /status 2xx 5 60`).join("\n"),
  };
  const environment = {
    SERVICES: containers.map(({ name }, at) => `service-${indices[at]} ${name} 8080 http /status 2xx 5 60`).join("\n"),
    SITES: server.join("\n"),
  };
  const release = new Step(stack, `release-${each}`, triggers, environment);
  new Step(stack, `verify-${each}`, triggers, environment, [release]);
}

const services = Array.from({ length: Number(process.env.SLIPWAY_BENCH_SERVICES) }, (_, index) => index);
const hosts = Number(process.env.SLIPWAY_BENCH_HOSTS);
if (hosts === 0) for (const index of services) service(index);
for (let each = 0; each < hosts; each += 1) {
  const share = services.length / hosts;
  host(each, services.slice(each * share, (each + 1) * share));
}
app.synth();
