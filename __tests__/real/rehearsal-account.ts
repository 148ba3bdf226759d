import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STREAMED } from "../../src/docker/buildx-build.ts";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { AwsAccount } from "../../src/rehearsal/doubles/aws-account.ts";
import type { Machine } from "../../src/rehearsal/doubles/instances.ts";
import type { CommandOutcome } from "../../src/rehearsal/doubles/run-command.ts";
import { type ProgramOutcome, requireProgram, runProgram } from "../../src/rehearsal/program.ts";
import { rehearsalCache } from "../../src/rehearsal/rehearsal-cache.ts";

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";
export const SERIAL = "20250305";

/** What a machine is told, and what it says to it. */
type Answer = (text: string) => Promise<CommandOutcome>;

/** A machine that runs its commands on this one: enough to see what an agent does. Or it is told what to say, and runs nothing. */
class LocalMachine implements Machine {
  readonly events: string[] = [];

  constructor(
    readonly instanceId: string,
    private readonly answer?: Answer,
  ) {}

  async run(script: { text: string; timeoutSeconds: number }, cancel: AbortSignal): Promise<CommandOutcome> {
    if (this.answer) return this.answer(script.text);
    const args = [String(script.timeoutSeconds), "sh"];
    const { code, stdout, stderr } = await runProgram("timeout", args, { input: script.text, signal: cancel });
    return { exitCode: code, stdout, stderr, timedOut: code === 124 };
  }

  async reboot(): Promise<void> {
    this.events.push("reboot");
  }

  async stop(): Promise<void> {
    this.events.push("stop");
  }

  async start(): Promise<void> {
    this.events.push("start");
  }
}

/** The emulated account without a machine room: instances are machines of the mind at the loopback address. */
export class TestAccount {
  readonly machines = new Map<string, LocalMachine>();
  registrationSeconds = 0;
  readonly #cleanup = new Cleanup();
  readonly #runDir = mkdtempSync(join(tmpdir(), "slipway-rehearsal-test-"));
  account!: AwsAccount;

  /**
   * @param serials the machine images that Canonical has published; the newest of them is `current`
   * @param answer what its machines say to what they are told @default - they run it
   */
  constructor(
    private readonly serials: readonly string[] = ["20250115", SERIAL],
    private readonly number = ACCOUNT,
    private readonly answer?: Answer,
  ) {}

  async start(): Promise<void> {
    const self = this;
    this.account = await AwsAccount.start({
      account: this.number,
      region: REGION,
      serials: this.serials,
      cacheDir: rehearsalCache(),
      runDir: this.#runDir,
      cleanup: this.#cleanup,
      get registrationSeconds() {
        return self.registrationSeconds;
      },
      log: () => {},
      room: {
        address: () => "127.0.0.1",
        boot: async ({ id }) => {
          const machine = new LocalMachine(id, this.answer);
          this.machines.set(id, machine);
          return machine;
        },
        terminate: async ({ instanceId }) => void this.machines.delete(instanceId),
      },
    });
  }

  async stop(): Promise<void> {
    const failures = await this.#cleanup.run();
    rmSync(this.#runDir, { recursive: true, force: true });
    if (failures.length > 0) throw new Error(failures.join("\n"));
  }

  /** Where AWS is and whose keys count, for the deployer into this account. */
  get deployerEnvironment() {
    return { PATH: `${process.env.PATH}:${this.account.programs}`, ...this.account.deployerEnvironment };
  }

  /** Calls the AWS CLI as the deployer, or as whoever `environment` says. */
  async aws(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<ProgramOutcome> {
    const program = join(this.account.programs, "aws");
    return await runProgram(program, ["--region", REGION, "--output", "json", ...args], {
      env: { ...this.deployerEnvironment, AWS_MAX_ATTEMPTS: "1", ...environment },
    });
  }

  /** Calls the AWS CLI and reads its answer. @throws with what AWS said */
  async ask<Answer = Record<string, unknown>>(...args: string[]): Promise<Answer> {
    const { code, stdout, stderr } = await this.aws(args);
    if (code !== 0) throw new Error(stderr.trim());
    return JSON.parse(stdout || "{}") as Answer;
  }

  /** Runs a step's script of src/aws as the deployer. @param programs a folder whose programs come first */
  async script(name: string, programs: string, environment: NodeJS.ProcessEnv): Promise<ProgramOutcome> {
    const source = join(__dirname, "../../src/aws");
    return await runProgram("sh", [join(source, name)], {
      env: {
        ...this.deployerEnvironment,
        PATH: `${programs}:${this.deployerEnvironment.PATH}`,
        SLIPWAY_AWS_CLI: join(source, "aws-cli.sh"),
        SLIPWAY_ECR_TAGS: join(source, "ecr-tags.sh"),
        SLIPWAY_STREAMED: STREAMED,
        SLIPWAY_REGION: REGION,
        ...environment,
      },
    });
  }

  /** What AWS answers at `path` of its JSON. */
  query<Answer = string>(path: string, ...words: string[]): Promise<Answer> {
    return this.ask<Answer>(...words, "--query", path);
  }

  /** A role that an instance may have, with a policy that allows the SSM agent to register, and `statements`. */
  async role(name: string, statements: readonly object[] = []): Promise<void> {
    const trust = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } };
    const agent = { Effect: "Allow", Action: ["ssm:UpdateInstanceInformation", "ssmmessages:*"], Resource: "*" };
    await this.ask("iam", "create-role", "--role-name", name, "--assume-role-policy-document", policy([trust]));
    await this.ask(
      ...["iam", "put-role-policy", "--role-name", name, "--policy-name", "host"],
      ...["--policy-document", policy([agent, ...statements])],
    );
    await this.ask("iam", "create-instance-profile", "--instance-profile-name", name);
    await this.ask("iam", "add-role-to-instance-profile", "--instance-profile-name", name, "--role-name", name);
  }

  /** Launches an instance and waits until its machine is there. @returns its id */
  async launch(...args: string[]): Promise<string> {
    const parameter = `/aws/service/canonical/ubuntu/server/24.04/stable/${SERIAL}/amd64/hvm/ebs-gp3/ami-id`;
    const image = await this.ask<{ Parameter: { Value: string } }>("ssm", "get-parameter", "--name", parameter);
    const answer = await this.ask<{ Instances: [{ InstanceId: string }] }>(
      ...["ec2", "run-instances", "--instance-type", "t3.nano", "--image-id", image.Parameter.Value, ...args],
    );
    await this.account.instances.settled();
    return answer.Instances[0].InstanceId;
  }
}

export function policy(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Calls a service by curl's own signing, as a host does that has no AWS CLI. */
export async function curlSigned(
  endpoint: string,
  keys: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
  target: string,
  input: object,
): Promise<{ status: number; body: string }> {
  const service = target.startsWith("AmazonSSM") ? "ssm" : "ecr";
  const output = await requireProgram("curl", [
    ...["-sS", "-w", "\n%{http_code}", "--aws-sigv4", `aws:amz:${REGION}:${service}`],
    ...["--user", `${keys.accessKeyId}:${keys.secretAccessKey}`],
    ...(keys.sessionToken ? ["-H", `x-amz-security-token: ${keys.sessionToken}`] : []),
    ...["-H", "content-type: application/x-amz-json-1.1", "-H", `x-amz-target: ${target}`],
    ...["--data-binary", JSON.stringify(input), `${endpoint}/`],
  ]);
  const lines = output.split("\n");
  return { status: Number(lines.pop()), body: lines.join("\n") };
}
