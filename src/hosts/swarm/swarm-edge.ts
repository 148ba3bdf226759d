import { readFileSync } from "node:fs";
import { join } from "node:path";
import type {
  ServiceTaskSpecContainerSpecMounts,
  ServiceTaskSpecContainerSpecSecrets,
} from "@cdktf/provider-docker/lib/service";
import { Construct } from "constructs";
import { labelBlocks } from "../../docker/docker-engine.ts";
import { pullableOnce } from "../../docker/image.ts";
import { PulledImage } from "../../docker/pulled-image.ts";
import { mainConfiguration } from "../../nginx/main-configuration.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { lateValue } from "../../terraform/late.ts";
import type { PortMapping } from "../../values/port-mapping.ts";
import { goDuration } from "./go-duration.ts";
import { imageOnSwarm } from "./image-on-swarm.ts";
import { SwarmConfig } from "./swarm-config.ts";
import type { SwarmPlace } from "./swarm-place.ts";
import { SwarmService, type SwarmServiceProps } from "./swarm-service.ts";
import { BROUGHT_TEXTS, LIVE_TEXTS, type SwarmTexts } from "./swarm-texts.ts";

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
  /** What must have happened before its texts change: what they lead to serves. */
  readonly textsDependOn: readonly TerraformDependency[];
}

const SHARED = "/etc/nginx/slipway";
const EDGE_FILE = "/slipway-edge.sh";
const TEXTS_FILE = "/slipway-texts.sh";
/** For what visitors have open. */
const GRACE_SECONDS = 30;
/** Within which Nginx has to answer with its texts: an image may have to be pulled first. */
const START_SECONDS = 300;
const MIB = 1024 * 1024;
const MEMORY_BYTES = 128 * MIB;
/** Of the task that brings the texts: a shell, and what it has put into the memory that it shares. */
const TEXTS_MEMORY_BYTES = 32 * MIB;

/**
 * Nginx on each node, at ports of the node itself: visitors are known by their own addresses, and need no IPVS. It finds
 * services by name, so that none of their versions is in its texts, and a release of theirs leaves it alone.
 *
 * What changes of its texts, a route or a certificate, is brought to it by a second task on each node and taken in place.
 * Why not configs of its own: they never change under a task, and a port of the node cannot have two tasks, so that each
 * change would be a node without Nginx. Why by memory that both share: a certificate's key stays off the disk.
 */
export class SwarmEdge extends Construct {
  readonly service: SwarmService;
  /** What brings the texts to Nginx, which is rolled where they change. */
  readonly textsService: SwarmService;
  readonly configs: readonly SwarmConfig[];

  constructor(scope: Construct, id: string, props: SwarmEdgeProps) {
    super(scope, id);
    const { name, place, ports } = props;
    const nginx = new PulledImage(this, "Image", { image: props.image });
    const shared = sharedMemory(name, place.label);
    const common = {
      mode: { global: true },
      order: "stop-first",
      placement: props.placement,
      network: place.network,
    } as const;
    const script = this.script("Script", "edge.sh", EDGE_FILE, place);
    this.service = new SwarmService(this, "Service", {
      ...common,
      name,
      container: {
        image: imageOnSwarm(nginx),
        command: ["sh", EDGE_FILE],
        mounts: [shared],
        configs: [script.reference],
      },
      labels: {},
      graceSeconds: GRACE_SECONDS,
      resources: limited(MEMORY_BYTES),
      ports: ports.map(({ host, container, protocol }) => ({
        targetPort: container,
        publishedPort: host,
        protocol,
        publishMode: "host",
      })),
      dependsOn: [...place.dependsOn, ...pullableOnce(nginx)],
    });
    const texts = this.texts(props);
    const textsScript = this.script("TextsScript", "texts.sh", TEXTS_FILE, place);
    const brought = new Construct(this, "Texts");
    this.textsService = new SwarmService(brought, "Service", {
      ...common,
      name: `${name}-texts`,
      container: {
        image: imageOnSwarm(nginx),
        command: ["sh", TEXTS_FILE, BROUGHT_TEXTS],
        // it is healthy once Nginx has answered with the texts
        healthcheck: {
          test: ["CMD", "sh", TEXTS_FILE, "healthy"],
          interval: goDuration(1),
          timeout: goDuration(5),
          retries: 3,
          startPeriod: goDuration(START_SECONDS),
        },
        mounts: [shared],
        configs: [textsScript, ...texts].map(({ reference }) => reference),
        // what is made late is Terraform's own words already
        secrets: lateValue(() =>
          props.secrets().map(({ secretId, secretName, fileName }) => ({
            secret_id: secretId,
            secret_name: secretName,
            file_name: fileName,
          })),
        ) as unknown as ServiceTaskSpecContainerSpecSecrets[],
      },
      labels: {},
      // it ends at once; a destroy waits as long as this until the containers of tasks that failed are gone, too
      graceSeconds: GRACE_SECONDS,
      resources: limited(TEXTS_MEMORY_BYTES),
      dependsOn: [...place.dependsOn, ...pullableOnce(nginx), ...props.textsDependOn],
    });
    this.configs = [script, textsScript, ...texts];
  }

  /** Another one with a version of Slipway would be a node without Nginx. */
  private script(id: string, source: string, file: string, { look }: SwarmPlace): SwarmConfig {
    const text = () => readFileSync(join(__dirname, source), "utf8");
    return new SwarmConfig(this, id, { file, text, once: true, dependsOn: [look] });
  }

  private texts({ texts, place }: SwarmEdgeProps): SwarmConfig[] {
    const main = mainConfiguration({ flavour: "container", include: `${LIVE_TEXTS}/*.conf` });
    const config = (id: string, file: string, text: () => string) =>
      new SwarmConfig(this, id, { file: `${BROUGHT_TEXTS}/${file}`, text, dependsOn: [place.look] });
    return [
      config("Main", "main", () => main),
      config("Sites", "sites.conf", () => texts().sites),
      config("Upstreams", "upstreams.conf", () => texts().upstreams),
    ];
  }
}

/** A node makes it when a task first needs it; what is in it goes when neither task runs. */
function sharedMemory(name: string, label: Readonly<Record<string, string>>): ServiceTaskSpecContainerSpecMounts {
  return {
    type: "volume",
    source: name,
    target: SHARED,
    readOnly: false,
    volumeOptions: {
      noCopy: true,
      driverName: "local",
      driverOptions: { type: "tmpfs", device: "tmpfs", o: "size=16m,mode=0700" },
      labels: labelBlocks(label),
    },
  };
}

function limited(memoryBytes: number): SwarmServiceProps["resources"] {
  return { limits: { memoryBytes, nanoCpus: 0 }, reservation: { memoryBytes: 0, nanoCpus: 0 } };
}
