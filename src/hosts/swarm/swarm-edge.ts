import type { ServiceTaskSpecContainerSpecSecrets } from "@cdktf/provider-docker/lib/service";
import { Construct } from "constructs";
import { pullableOnce } from "../../docker/image.ts";
import { PulledImage } from "../../docker/pulled-image.ts";
import { mainConfiguration } from "../../nginx/main-configuration.ts";
import { lateValue } from "../../terraform/late.ts";
import type { PortMapping } from "../../values/port-mapping.ts";
import { imageOnSwarm } from "./image-on-swarm.ts";
import { SwarmConfig } from "./swarm-config.ts";
import type { SwarmPlace } from "./swarm-place.ts";
import { SwarmService } from "./swarm-service.ts";
import type { SwarmTexts } from "./swarm-texts.ts";

/** What a {@link SwarmEdge} takes. */
export interface SwarmEdgeProps {
  readonly name: string;
  readonly image: string;
  readonly place: SwarmPlace;
  readonly ports: readonly PortMapping[];
  readonly placement: readonly string[];
  readonly texts: () => SwarmTexts;
  /** With certificates; asked when everything is declared. */
  readonly secrets: () => readonly ServiceTaskSpecContainerSpecSecrets[];
}

const FOLDER = "/etc/nginx/slipway";
/** For what visitors have open. */
const GRACE_SECONDS = 30;
const MEMORY_BYTES = 128 * 1024 * 1024;

/**
 * Nginx on each node, at ports of the node itself: visitors are known by their own addresses, and need no IPVS. It finds
 * services by name, so that none of their versions is in its texts, and a release of theirs leaves it alone. A text that
 * changes, of a route for one, is another config, and the nodes take it one after the other, each without Nginx meanwhile.
 */
export class SwarmEdge extends Construct {
  readonly service: SwarmService;
  readonly configs: readonly SwarmConfig[];

  constructor(scope: Construct, id: string, { name, image, place, ports, placement, texts, secrets }: SwarmEdgeProps) {
    super(scope, id);
    const nginx = new PulledImage(this, "Image", { image });
    const config = (of: string, file: string, text: () => string) =>
      new SwarmConfig(this, of, { file, text, dependsOn: [place.look] });
    const main = mainConfiguration({ flavour: "container", include: `${FOLDER}/*.conf` });
    this.configs = [
      config("Main", "/etc/nginx/nginx.conf", () => main),
      config("Sites", `${FOLDER}/sites.conf`, () => texts().sites),
      config("Upstreams", `${FOLDER}/upstreams.conf`, () => texts().upstreams),
    ];
    this.service = new SwarmService(this, "Service", {
      name,
      container: {
        image: imageOnSwarm(nginx),
        configs: this.configs.map(({ reference }) => reference),
        // what is made late is Terraform's own words already
        secrets: lateValue(() =>
          secrets().map(({ secretId, secretName, fileName }) => ({
            secret_id: secretId,
            secret_name: secretName,
            file_name: fileName,
          })),
        ) as unknown as ServiceTaskSpecContainerSpecSecrets[],
      },
      labels: {},
      graceSeconds: GRACE_SECONDS,
      resources: {
        limits: { memoryBytes: MEMORY_BYTES, nanoCpus: 0 },
        reservation: { memoryBytes: 0, nanoCpus: 0 },
      },
      mode: { global: true },
      order: "stop-first",
      placement,
      ports: ports.map(({ host, container, protocol }) => ({
        targetPort: container,
        publishedPort: host,
        protocol,
        publishMode: "host",
      })),
      network: place.network,
      dependsOn: [...place.dependsOn, ...pullableOnce(nginx)],
    });
  }
}
