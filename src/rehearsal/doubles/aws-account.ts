import type { RequestListener } from "node:http";
import type { Ask } from "../authorization/ask.ts";
import type { Cleanup } from "../cleanup.ts";
import { ApiFront, type LoggedCall } from "./api-front.ts";
import { CpuCredits } from "./cpu-credits.ts";
import { emulateDocumentStore } from "./document-store.ts";
import { EcrApi } from "./ecr-api.ts";
import { EcrLogins } from "./ecr-logins.ts";
import { EcrRegistry } from "./ecr-registry.ts";
import { ElasticAddresses } from "./elastic-addresses.ts";
import { emulateGroupRules } from "./group-rules.ts";
import { ImageLedger } from "./image-ledger.ts";
import { InstanceMetadata } from "./instance-metadata.ts";
import { checkInstancePermissions, registryPermission } from "./instance-permissions.ts";
import { Instances, type MachineRoom } from "./instances.ts";
import { listen } from "./listening.ts";
import { MotoClient } from "./moto-client.ts";
import { MotoServer } from "./moto-server.ts";
import { emulateParameterStore } from "./parameter-store.ts";
import { type Principal, Principals } from "./principals.ts";
import { type KnownImage, publishedImages } from "./published-images.ts";
import { RegistryServer } from "./registry-server.ts";
import { RolePolicies } from "./role-policies.ts";
import { RunCommand } from "./run-command.ts";
import { emulateSigningKeys } from "./signing-keys.ts";
import { type DiskRoom, Volumes } from "./volumes.ts";
import { XmlElement } from "./xml-element.ts";

export interface AwsAccountProps {
  readonly account: string;
  readonly region: string;
  /** The serials of Ubuntu's machine images that Canonical has published. */
  readonly serials: readonly string[];
  /** Further machine images, which are known by their ids. @default - none */
  readonly machineImages?: readonly KnownImage[];
  readonly cacheDir: string;
  readonly runDir: string;
  readonly room: MachineRoom;
  /** Where the disks of volumes are. @default - nowhere: they are in the API alone */
  readonly disks?: DiskRoom;
  /** Seconds from an instance's boot until its SSM agent registers. @default 5 */
  readonly registrationSeconds?: number;
  readonly cleanup: Cleanup;
  readonly log: (line: string) => void;
}

const DEFAULT_REGISTRATION_SECONDS = 5;

/** An AWS account on this machine: its API, its registry, its instances' metadata, its addresses. */
export class AwsAccount {
  private constructor(
    /** What `AWS_ENDPOINT_URL` is set to. */
    readonly endpoint: string,
    /** The folder of the AWS CLI that came with moto. */
    readonly programs: string,
    readonly deployer: Principal,
    readonly principals: Principals,
    readonly policies: RolePolicies,
    readonly moto: MotoClient,
    readonly front: ApiFront,
    readonly commands: RunCommand,
    readonly instances: Instances,
    readonly addresses: ElasticAddresses,
    readonly ledger: ImageLedger,
    readonly logins: EcrLogins,
    readonly registry: EcrRegistry,
    readonly metadata: InstanceMetadata,
  ) {}

  static async start(props: AwsAccountProps): Promise<AwsAccount> {
    const { account, region, runDir, cleanup, log } = props;
    const published = publishedImages(props.serials, props.machineImages);
    const server = await MotoServer.start({ ...props, machineImages: published.images });
    cleanup.add("moto", () => server.stop());
    const store = await RegistryServer.start(runDir);
    cleanup.add("the registry", () => store.stop());

    const moto = new MotoClient(server.port, region);
    const principals = new Principals();
    const policies = new RolePolicies(moto);
    const front = new ApiFront(moto, principals, account);
    checkInstancePermissions(front, policies, account);
    emulateParameterStore(front, moto, published.parameters);
    emulateDocumentStore(front, moto);
    emulateGroupRules(front, moto);
    emulateSigningKeys(front, runDir);
    new CpuCredits().serve(front);
    const registrationDelay = (): number => (props.registrationSeconds ?? DEFAULT_REGISTRATION_SECONDS) * 1000;
    const instances = new Instances({ moto, principals, policies, account, room: props.room, registrationDelay, log });
    instances.serve(front);
    if (props.disks) new Volumes(moto, instances, props.disks).serve(front);
    cleanup.add("the machines", () => instances.terminateAll());
    const commands = new RunCommand(moto, (id) => instances.registered(id));
    commands.serve(front);
    const ledger = new ImageLedger();
    const logins = new EcrLogins();
    const ecr = new EcrApi(moto, ledger, logins, account, store.port);
    ecr.serve(front);
    const registry = new EcrRegistry(store.port, ecr, ledger, logins, registryPermission(policies));
    const metadata = new InstanceMetadata((address) => instances.subjectAt(address));
    const addresses = new ElasticAddresses(moto, (id) => instances.addressOf(id));
    cleanup.add("the public addresses", () => addresses.close());
    front.observe(({ service, action }, answer) => {
      if (service === "sts" && action === "AssumeRole") {
        principals.addAssumedRole(XmlElement.parse(answer.body.toString("utf8")));
      }
    });
    front.observe(({ service, action }) => {
      if (service !== "ec2" || action.startsWith("Describe")) return;
      instances
        .settled()
        .then(() => addresses.sync())
        .catch((error: unknown) => instances.failures.push(`addresses: ${String(error)}`));
    });

    const api = await listen(front.listener, { address: "127.0.0.1" });
    cleanup.add("the API", () => api.close());
    return new AwsAccount(
      `http://127.0.0.1:${api.port}`,
      server.programs,
      principals.addDeployer(),
      principals,
      policies,
      moto,
      front,
      commands,
      instances,
      addresses,
      ledger,
      logins,
      registry,
      metadata,
    );
  }

  /** Answers every name of the account over TLS: the registry under its own, the API under all others. */
  get namesListener(): RequestListener {
    return (incoming, outgoing) => {
      const isRegistry = /^\d+\.dkr\.ecr\./.test(incoming.headers.host ?? "");
      (isRegistry ? this.registry : this.front).listener(incoming, outgoing);
    };
  }

  /** Where AWS is and whose keys count, for the deployer into the account. */
  get deployerEnvironment() {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ACCESS_KEY_ID: this.deployer.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.deployer.secretAccessKey,
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_PAGER: "",
    };
  }

  /** What AWS asked about a caller: its calls to the API, what it did at the registry, and its SSM agent. */
  asksOf(caller: string, calls: readonly LoggedCall[] = this.front.calls): Ask[] {
    return [
      ...calls.flatMap((call) => (call.caller === caller ? call.asks : [])),
      ...[...this.registry.asks, ...this.instances.asks].flatMap((one) => (one.caller === caller ? [one.ask] : [])),
    ];
  }

  /** Every secret of the account that was given out so far. */
  get secrets(): string[] {
    return [...this.principals.secrets, ...this.logins.passwords];
  }
}
