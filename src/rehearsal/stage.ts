import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { directoryPlaces, type EmulatedAcme } from "./acme-sources.ts";
import { type Authority, makeAuthority } from "./certificate-authority.ts";
import type { Cleanup } from "./cleanup.ts";
import { deployerEnvironment } from "./deployer-environment.ts";
import { AcmeServer } from "./doubles/acme-server.ts";
import { AwsAccount } from "./doubles/aws-account.ts";
import { listen } from "./doubles/listening.ts";
import { byName } from "./doubles/name-listener.ts";
import { pass } from "./doubles/passing.ts";
import type { KnownImage } from "./doubles/published-images.ts";
import { addHostNames, reachableNameserver, removeHostNames } from "./host-names.ts";
import { REHEARSED_ACCOUNT_KEY } from "./kept-secrets.ts";
import { DataDisks } from "./machine/data-disks.ts";
import { forgetForeignProcessor } from "./machine/foreign-processor.ts";
import { MachineImage, type MachineImageVariant } from "./machine/machine-image.ts";
import { MachineNetwork, removeStaleMachines } from "./machine/machine-network.ts";
import { StandInRoom } from "./machine/machine-room.ts";
import { type MachineSystemName, NEAREST_SYSTEM } from "./machine/machine-system.ts";
import { newerEngine } from "./machine/newer-engine.ts";
import { addSwapFile, forgetSwap } from "./machine/swap-file.ts";
import { lockMachine } from "./machine-lock.ts";
import { requireProgram } from "./program.ts";
import { whereIs } from "./site-visit.ts";
import { registryHostOf } from "./unsupported-resources.ts";

export interface StageProps {
  readonly account: string;
  readonly region: string;
  readonly serials: readonly string[];
  /** Further machine images, which are known by their ids. @default - none */
  readonly machineImages?: readonly KnownImage[];
  /** What its machines boot. @default NEAREST_SYSTEM */
  readonly system?: MachineSystemName;
  readonly variant: MachineImageVariant;
  /** The engine of its machines, a version that can be built. @default - what their packages bring */
  readonly engine?: string;
  /** What a machine has. @default NANO_LEFT_MIB */
  readonly memoryMiB?: number;
  readonly cacheDir: string;
  readonly registrationSeconds?: number;
  /** The ACME servers that its machines ask for certificates. @default - none is played */
  readonly acme?: EmulatedAcme;
  /** The port of a registry on this machine that has what Docker Hub has. @default - its machines ask Docker Hub */
  readonly hubPort?: number;
  readonly log: (line: string) => void;
}

/** What is left of a 512 MB nano's 416 MiB beside the kernel's part, snapd, the SSM agent and the rest that Ubuntu runs. */
export const NANO_LEFT_MIB = 250;
/** The swap file that a host makes for itself, which its services do not use. */
const SWAP_MIB = 1024;

const ENGINE_CERTIFICATES = "/etc/docker/certs.d";
const MTU = 1400;
const FOLDER = "slipway-rehearsal-stage-";
/** Where an engine asks for what Docker Hub has. */
const DOCKER_HUB = "registry-1.docker.io";

/** Everything that a rehearsal needs beside the stack: the account, the machine room, and who trusts whom. */
export class Stage {
  private constructor(
    readonly runDir: string,
    readonly account: AwsAccount,
    readonly room: StandInRoom,
    readonly registryHost: string,
    /** The authority that signed the doubles' certificates, in PEM. */
    readonly authority: string,
    /** The deployer: this process's environment, but for where AWS is, whose keys, which certificates and logins count. */
    readonly deployerEnvironment: NodeJS.ProcessEnv,
    /** Present where one is played. */
    readonly acme?: AcmeServer,
  ) {}

  /** Puts the stage up; whatever it puts onto this machine is in `cleanup`, also when it fails half-way. */
  static async raise(props: StageProps, cleanup: Cleanup): Promise<Stage> {
    const { account, region, cacheDir, acme, hubPort, log } = props;
    if (process.getuid?.() !== 0) {
      throw new Error("a rehearsal adds a network, host names and certificates to this machine: run it as root (sudo)");
    }
    cleanup.add("the lock", await lockMachine(log));
    await removeStaleMachines();
    removeHostNames();
    await forgetForeignProcessor();
    await forgetSwap();
    for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(FOLDER))) {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    }
    const runDir = mkdtempSync(join(tmpdir(), FOLDER));
    cleanup.add("the working folder", () => rmSync(runDir, { recursive: true, force: true }));

    const image = await new MachineImage(cacheDir, log).make(props.system ?? NEAREST_SYSTEM, props.variant);
    const engine = props.engine ? await newerEngine(props.engine, runDir, dirname(cacheDir)) : undefined;
    await addSwapFile(SWAP_MIB, cleanup);
    const network = new MachineNetwork();
    await network.create(MTU);
    cleanup.add("the network", () => network.remove());

    const suffix = `${region}.amazonaws.com`;
    const registryHost = registryHostOf(account, region);
    const services = ["api.ecr", "ec2", "kms", "logs", "monitoring", "secretsmanager", "ssm", "sts"];
    const directories = acme && directoryPlaces(acme);
    const names = [
      registryHost,
      ...services.map((service) => `${service}.${suffix}`),
      ...(directories?.names ?? []),
      ...(hubPort === undefined ? [] : [DOCKER_HUB]),
    ];
    const authority = await makeAuthority(runDir, names);

    let metadataPort = 0;
    const room = new StandInRoom({
      network,
      image,
      names,
      nameserver: reachableNameserver(),
      authorityFile: authority.authorityFile,
      engine,
      memoryMiB: props.memoryMiB ?? NANO_LEFT_MIB,
      swapMiB: SWAP_MIB,
      metadataPort: () => metadataPort,
    });
    const disks = new DataDisks(join(runDir, "disks"), cleanup);
    const aws = await AwsAccount.start({ ...props, runDir, room, disks, cleanup });

    const acmeServer = acme && (await startAcme(acme, { authority, aws, runDir, cleanup }));
    const hub: RequestListener | undefined =
      hubPort === undefined
        ? undefined
        : (incoming, outgoing) => pass(incoming, outgoing, { host: "127.0.0.1", port: hubPort });
    const played = Object.fromEntries((directories?.names ?? []).map((name) => [name, acmeServer?.listener]));
    const listener = byName({ ...played, [DOCKER_HUB]: hub }, aws.namesListener);
    const tls = { cert: readFileSync(authority.certificateFile), key: readFileSync(authority.keyFile) };
    for (const port of [443, ...(directories?.ports ?? [])]) {
      const doubles = await listen(listener, { address: network.gateway, port, tls });
      cleanup.add(`the doubles' names at port ${port}`, () => doubles.close());
    }
    const metadata = await listen(aws.metadata.listener, { address: network.gateway });
    cleanup.add("the metadata service", () => metadata.close());
    metadataPort = metadata.port;
    await network.routeMetadata(metadata.port);
    cleanup.add("the metadata service's route", () => network.unrouteMetadata(metadata.port));

    cleanup.add("the images for its registry", () => removeImages(`${registryHost}/`));
    addHostNames(network.gateway, [registryHost]);
    cleanup.add("host names", removeHostNames);
    trustRegistry(registryHost, authority.authorityFile, cleanup);
    return new Stage(
      runDir,
      aws,
      room,
      registryHost,
      readFileSync(authority.authorityFile, "utf8"),
      deployerEnvironment(runDir, aws, registryHost, region, authority.authorityFile),
      acmeServer,
    );
  }
}

/** Starts the ACME server, which finds the names that it validates where visitors find them. */
async function startAcme(
  acme: EmulatedAcme,
  stage: {
    readonly authority: Authority;
    readonly aws: AwsAccount;
    readonly runDir: string;
    readonly cleanup: Cleanup;
  },
): Promise<AcmeServer> {
  const { authority, aws, runDir, cleanup } = stage;
  const resolve = (name: string): Promise<string | undefined> => whereIs(aws, name);
  const server = await AcmeServer.start({ acme, authority, resolve, accountKey: REHEARSED_ACCOUNT_KEY, runDir });
  cleanup.add("the ACME server", () => server.stop());
  return server;
}

/**
 * Takes the names of a registry that is gone away from this machine's engine. An image whose tag has moved on to another
 * has its digest for a name still.
 */
async function removeImages(prefix: string): Promise<void> {
  for (const name of ["{{.Repository}}:{{.Tag}}", "{{.Repository}}@{{.Digest}}"]) {
    const listed = await requireProgram("docker", ["images", "--digests", "--format", name]);
    const names = listed.split("\n").filter((line) => line.startsWith(prefix) && !line.endsWith("<none>"));
    if (names.length > 0) await requireProgram("docker", ["rmi", ...new Set(names)]);
  }
}

/** Makes this machine's engine trust the registry; the engine looks at every push, so nothing is restarted. */
function trustRegistry(host: string, authorityFile: string, cleanup: Cleanup): void {
  const folder = join(ENGINE_CERTIFICATES, host);
  mkdirSync(folder, { recursive: true });
  cleanup.add("the engine's trust", () => {
    rmSync(folder, { recursive: true, force: true });
    if (readdirSync(ENGINE_CERTIFICATES).length === 0) rmdirSync(ENGINE_CERTIFICATES);
  });
  writeFileSync(join(folder, "ca.crt"), readFileSync(authorityFile));
}
