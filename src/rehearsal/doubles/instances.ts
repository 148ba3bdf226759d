import type { CallerAsk } from "../authorization/ask.ts";
import type { ApiAnswer } from "./api-answer.ts";
import { type ApiCall, ApiRefusal } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import { type InstanceFacts, readInstance, readUserData } from "./instance-facts.ts";
import type { MetadataSubject } from "./instance-metadata.ts";
import { agentAsks } from "./instance-permissions.ts";
import { detach, lastingInterface } from "./lasting-interface.ts";
import { architectureOf, instanceIds } from "./launched-type.ts";
import type { MotoClient } from "./moto-client.ts";
import type { Principals } from "./principals.ts";
import type { RolePolicies } from "./role-policies.ts";
import type { CommandTarget } from "./run-command.ts";
import { XmlElement } from "./xml-element.ts";

/** What stands for an instance. */
export interface Machine extends CommandTarget {
  /** Shuts down in order and boots again. */
  reboot(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** How the machine room makes a machine for an instance. */
export interface MachineRoom {
  /** An address for a new machine. */
  address(): string;
  /** Boots a machine at `address`; the metadata service knows it already. */
  boot(facts: InstanceFacts, address: string): Promise<Machine>;
  /** Takes away what `boot` made. */
  terminate(machine: Machine): Promise<void>;
}

export interface InstancesProps {
  readonly moto: MotoClient;
  readonly principals: Principals;
  readonly policies: RolePolicies;
  readonly account: string;
  readonly room: MachineRoom;
  /** Milliseconds from the boot until the SSM agent registers. */
  readonly registrationDelay: () => number;
  readonly log: (line: string) => void;
}

interface Instance {
  readonly address: string;
  subject: MetadataSubject;
  machine?: Machine;
  registered: boolean;
}

const USER_DATA_BYTES = 16_384;
const CREDENTIALS_SECONDS = 6 * 3600;

/** Gives every instance of the API a machine: launched, rebooted, stopped and terminated as the API is told. */
export class Instances {
  readonly #instances = new Map<string, Instance>();
  #work: Promise<void> = Promise.resolve();
  /** What went wrong while the API was followed; a rehearsal with an entry here has failed. */
  readonly failures: string[] = [];
  /** What AWS asked about the SSM agents. */
  readonly asks: CallerAsk[] = [];

  constructor(private readonly props: InstancesProps) {}

  /** Follows the calls of `front`, and refuses what AWS refuses before it launches anything. */
  serve(front: ApiFront): void {
    front.intercept("ec2", "RunInstances", async (call, forward) => {
      await this.#refuse(call);
      return await forward();
    });
    front.intercept("ec2", "TerminateInstances", async (call, forward) => {
      const interfaces = await Promise.all(instanceIds(call).map((id) => lastingInterface(this.props.moto, id)));
      const answer = await forward();
      if (answer.status < 300) for (const nic of interfaces) if (nic) await detach(this.props.moto, nic);
      return answer;
    });
    front.observe((call, answer) => {
      if (call.service === "ec2") this.#follow(call, answer);
    });
  }

  /** The instance behind an address of the rehearsal's network, for the metadata service. */
  subjectAt(address: string): MetadataSubject | undefined {
    return [...this.#instances.values()].find((instance) => instance.address === address)?.subject;
  }

  /** What the metadata service says of an instance. */
  subjectOf(instanceId: string): MetadataSubject | undefined {
    return this.#instances.get(instanceId)?.subject;
  }

  /** Where the machine of an instance is. */
  addressOf(instanceId: string): string | undefined {
    return this.#instances.get(instanceId)?.address;
  }

  /** The machine of that id when its agent has registered, for Run Command. */
  registered(instanceId: string): CommandTarget | undefined {
    const instance = this.#instances.get(instanceId);
    return instance?.registered ? instance.machine : undefined;
  }

  /** Waits until everything that the API was told has happened. */
  async settled(): Promise<void> {
    await this.#work;
  }

  /** What stands for the instance. */
  machineOf(instanceId: string): Machine | undefined {
    return this.#instances.get(instanceId)?.machine;
  }

  /** Does something when everything that the API was told before has happened. */
  afterwards(what: string, work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      this.props.log(`could not ${what} a machine: ${String(error)}`);
    });
  }

  async terminateAll(): Promise<void> {
    await this.settled();
    for (const id of [...this.#instances.keys()]) await this.#terminate(id);
  }

  async #refuse({ input }: ApiCall): Promise<void> {
    const bytes = Buffer.from(String(input.UserData ?? ""), "base64").length;
    if (bytes > USER_DATA_BYTES) {
      throw new ApiRefusal("InvalidParameterValue", `User data is limited to ${USER_DATA_BYTES} bytes`);
    }
    const type = String(input.InstanceType ?? "");
    const wanted = architectureOf(type);
    const image = await this.props.moto.query("ec2", "DescribeImages", { "ImageId.1": String(input.ImageId ?? "") });
    const offered = image.items("imagesSet")[0]?.value("architecture");
    if (offered !== undefined && offered !== wanted) {
      throw new ApiRefusal(
        "InvalidParameterValue",
        `The architecture '${wanted}' of the specified instance type does not match the architecture '${offered}' of the specified AMI.`,
      );
    }
  }

  #follow(call: ApiCall, answer: ApiAnswer): void {
    const ids = instanceIds(call);
    const doing: Record<string, () => void> = {
      RunInstances: () => {
        const started = XmlElement.parse(answer.body.toString("utf8")).items("instancesSet");
        for (const instance of started)
          this.afterwards("launch", () => this.#launch(instance.value("instanceId") ?? ""));
      },
      TerminateInstances: () => {
        for (const id of ids) this.afterwards("terminate", () => this.#terminate(id));
      },
      RebootInstances: () => {
        for (const id of ids) this.afterwards("reboot", () => this.#restart(id, (machine) => machine.reboot()));
      },
      StopInstances: () => {
        for (const id of ids) {
          this.afterwards("stop", async () => {
            const instance = this.#instances.get(id);
            if (instance) instance.registered = false;
            await instance?.machine?.stop();
          });
        }
      },
      StartInstances: () => {
        for (const id of ids) this.afterwards("start", () => this.#restart(id, (machine) => machine.start()));
      },
    };
    doing[call.action]?.();
    // An address or a group may have changed what the metadata service says.
    if (/^(Associate|Disassociate|Modify)/.test(call.action)) this.afterwards("refresh", () => this.#refresh());
  }

  async #launch(id: string): Promise<void> {
    const { moto, room, log } = this.props;
    const facts = await readInstance(moto, id);
    const address = room.address();
    const subject: MetadataSubject = {
      facts,
      account: this.props.account,
      region: moto.region,
      architecture: architectureOf(facts.type),
      userData: await readUserData(moto, id),
      credentials: facts.role === undefined ? undefined : await this.#credentials(id, facts.role),
      launched: new Date(),
    };
    const instance: Instance = { address, subject, registered: false };
    this.#instances.set(id, instance);
    instance.machine = await room.boot(facts, address);
    log(`${id} (${facts.type}) boots at ${address}`);
    this.#register(id);
  }

  #register(id: string): void {
    setTimeout(() => {
      const instance = this.#instances.get(id);
      const role = instance?.subject.facts.role;
      if (!instance || role === undefined) return;
      const { needed, all } = agentAsks(this.props.account, instance.subject.region, id);
      this.asks.push(...all.map((ask) => ({ caller: id, ask })));
      Promise.all(needed.map((ask) => this.props.policies.refusal(role, ask)))
        .then((refused) => {
          const why = refused.find((line) => line !== undefined);
          instance.registered = why === undefined;
          if (why !== undefined) this.props.log(`the agent of ${id} was denied and sleeps for half an hour: ${why}`);
        })
        .catch((error: unknown) => this.failures.push(`register ${id}: ${String(error)}`));
    }, this.props.registrationDelay()).unref();
  }

  async #restart(id: string, how: (machine: Machine) => Promise<void>): Promise<void> {
    const instance = this.#instances.get(id);
    if (!instance?.machine) return;
    instance.registered = false;
    await how(instance.machine);
    this.#register(id);
  }

  async #refresh(): Promise<void> {
    for (const [id, instance] of this.#instances) {
      instance.subject = { ...instance.subject, facts: await readInstance(this.props.moto, id) };
    }
  }

  async #terminate(id: string): Promise<void> {
    const machine = this.machineOf(id);
    this.#instances.delete(id);
    if (machine) await this.props.room.terminate(machine);
  }

  async #credentials(instanceId: string, role: string) {
    const answer = await this.props.moto.query("sts", "AssumeRole", {
      RoleArn: `arn:aws:iam::${this.props.account}:role/${role}`,
      RoleSessionName: instanceId,
      DurationSeconds: String(CREDENTIALS_SECONDS),
    });
    const value = (name: string): string => answer.all(name)[0]?.text ?? "";
    return this.props.principals.add({
      kind: "instance",
      accessKeyId: value("AccessKeyId"),
      secretAccessKey: value("SecretAccessKey"),
      sessionToken: value("SessionToken"),
      expires: new Date(Date.now() + CREDENTIALS_SECONDS * 1000),
      role,
      instanceId,
    });
  }
}
