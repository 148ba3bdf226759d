import { randomUUID } from "node:crypto";
import type { ApiAnswer } from "./api-answer.ts";
import { type ApiCall, ApiRefusal, jsonAnswer } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import { CommandDocument, type Script } from "./command-document.ts";
import { type MotoClient, MotoError } from "./moto-client.ts";

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** A machine whose agent takes commands. */
export interface CommandTarget {
  readonly instanceId: string;
  run(script: Script, cancel: AbortSignal): Promise<CommandOutcome>;
}

/** What the next command does instead of running; `pending` is never delivered, as to a machine that hangs. */
export type Play =
  | "pending"
  | "timed-out"
  | { readonly failed: { readonly exitCode: number; readonly stderr: string } };

interface Command {
  readonly id: string;
  readonly instanceId: string;
  readonly documentName: string;
  readonly requested: Date;
  readonly cancel: AbortController;
  visibleAt: number;
  status: "Pending" | "InProgress" | "Success" | "Failed" | "TimedOut" | "Cancelled";
  details: string;
  outcome?: CommandOutcome;
  ended?: Date;
}

const STDOUT_LIMIT = 24_000;
const STDERR_LIMIT = 8_000;
/** How long an accepted command is unknown to GetCommandInvocation, as on AWS. */
const INVISIBLE_MS = 1_000;

/** Systems Manager's Run Command with a real machine at the other end; moto calls every command a success at once. */
export class RunCommand {
  readonly #commands = new Map<string, Command>();
  readonly #plays: Play[] = [];

  /** @param registered the machine of that id, when its agent has registered */
  constructor(
    private readonly moto: MotoClient,
    private readonly registered: (instanceId: string) => CommandTarget | undefined,
  ) {}

  /** Makes the next command play `play` instead of running. */
  playNext(play: Play): void {
    this.#plays.push(play);
  }

  /** Answers the actions of Run Command at `front`. */
  serve(front: ApiFront): void {
    const actions: Record<string, (call: ApiCall) => Promise<ApiAnswer> | ApiAnswer> = {
      SendCommand: (call) => this.#send(call),
      GetCommandInvocation: (call) => this.#invocation(call),
      ListCommandInvocations: (call) => this.#list(call),
      CancelCommand: (call) => this.#cancel(call),
      DescribeInstanceInformation: (call) => this.#information(call),
    };
    for (const [action, answer] of Object.entries(actions)) {
      front.intercept("ssm", action, async (call) => await answer(call));
    }
  }

  async #send({ input }: ApiCall): Promise<ApiAnswer> {
    const instanceIds = (input.InstanceIds ?? []) as string[];
    const documentName = String(input.DocumentName ?? "");
    const deliverySeconds = Number(input.TimeoutSeconds ?? 3600);
    if (instanceIds.length !== 1) {
      throw new ApiRefusal("RehearsalUnsupported", "the rehearsal takes commands for exactly one instance id");
    }
    if (!(deliverySeconds >= 30)) throw new ApiRefusal("ValidationException", "TimeoutSeconds must be at least 30");
    const instanceId = instanceIds[0] as string;
    const document = await this.#document(documentName, input.DocumentVersion);
    const script = document.script((input.Parameters ?? {}) as Record<string, string[]>);
    const target = this.registered(instanceId);
    if (!target) {
      throw new ApiRefusal("InvalidInstanceId", `Instances [[${instanceId}]] not in a valid state for account`);
    }
    const command: Command = {
      id: randomUUID(),
      instanceId,
      documentName,
      requested: new Date(),
      cancel: new AbortController(),
      visibleAt: Date.now() + INVISIBLE_MS,
      status: "Pending",
      details: "Pending",
    };
    this.#commands.set(command.id, command);
    void this.#deliver(command, target, script, deliverySeconds);
    return jsonAnswer({
      Command: {
        CommandId: command.id,
        DocumentName: documentName,
        InstanceIds: instanceIds,
        Parameters: input.Parameters ?? {},
        RequestedDateTime: command.requested.getTime() / 1000,
        Status: "Pending",
        StatusDetails: "Pending",
        TargetCount: 1,
        TimeoutSeconds: deliverySeconds,
      },
    });
  }

  async #document(name: string, version: unknown): Promise<CommandDocument> {
    try {
      const input = version === undefined ? { Name: name } : { Name: name, DocumentVersion: version };
      const { Content } = await this.moto.json("ssm", "GetDocument", input);
      return CommandDocument.parse(String(Content));
    } catch (error) {
      if (error instanceof MotoError) throw new ApiRefusal("InvalidDocument", `document ${name} does not exist`);
      throw error;
    }
  }

  async #deliver(command: Command, target: CommandTarget, script: Script, deliverySeconds: number): Promise<void> {
    const play = this.#plays.shift();
    if (play === "pending") {
      const timer = setTimeout(() => end(command, "TimedOut", "DeliveryTimedOut"), deliverySeconds * 1000);
      timer.unref();
      return;
    }
    command.status = "InProgress";
    command.details = "InProgress";
    if (play === "timed-out") {
      command.outcome = { exitCode: 137, stdout: "", stderr: "", timedOut: true };
      end(command, "TimedOut", "ExecutionTimedOut");
    } else if (play) {
      command.outcome = { ...play.failed, stdout: "", timedOut: false };
      end(command, "Failed", "Failed");
    } else {
      try {
        command.outcome = await target.run(script, command.cancel.signal);
      } catch {
        return; // The machine went away: the command stays in progress, as on AWS.
      }
      if (command.outcome.timedOut) end(command, "TimedOut", "ExecutionTimedOut");
      else if (command.outcome.exitCode === 0) end(command, "Success", "Success");
      else end(command, "Failed", "Failed");
    }
  }

  #find(call: ApiCall): Command {
    const command = this.#commands.get(String(call.input.CommandId ?? ""));
    if (!command || command.visibleAt > Date.now() || command.instanceId !== call.input.InstanceId) {
      throw new ApiRefusal("InvocationDoesNotExist", "");
    }
    return command;
  }

  #invocation(call: ApiCall): ApiAnswer {
    const command = this.#find(call);
    return jsonAnswer({
      CommandId: command.id,
      InstanceId: command.instanceId,
      DocumentName: command.documentName,
      DocumentVersion: "$DEFAULT",
      PluginName: "aws:runShellScript",
      ResponseCode: command.outcome?.exitCode ?? -1,
      ExecutionStartDateTime: command.status === "Pending" ? "" : command.requested.toISOString(),
      ExecutionEndDateTime: command.ended?.toISOString() ?? "",
      Status: command.status,
      StatusDetails: command.details,
      StandardOutputContent: command.outcome?.stdout.slice(0, STDOUT_LIMIT) ?? "",
      StandardOutputUrl: "",
      StandardErrorContent: command.outcome?.stderr.slice(0, STDERR_LIMIT) ?? "",
      StandardErrorUrl: "",
    });
  }

  #list({ input }: ApiCall): ApiAnswer {
    const found = [...this.#commands.values()].filter(
      ({ id, instanceId, visibleAt }) =>
        visibleAt <= Date.now() &&
        (input.CommandId === undefined || id === input.CommandId) &&
        (input.InstanceId === undefined || instanceId === input.InstanceId),
    );
    return jsonAnswer({
      CommandInvocations: found.map((command) => ({
        CommandId: command.id,
        InstanceId: command.instanceId,
        DocumentName: command.documentName,
        RequestedDateTime: command.requested.getTime() / 1000,
        Status: command.status,
        StatusDetails: command.details,
      })),
    });
  }

  #cancel({ input }: ApiCall): ApiAnswer {
    const command = this.#commands.get(String(input.CommandId ?? ""));
    if (!command) throw new ApiRefusal("InvalidCommandId", "");
    if (!command.ended) {
      command.cancel.abort();
      end(command, "Cancelled", "Canceled");
    }
    return jsonAnswer({});
  }

  #information({ input }: ApiCall): ApiAnswer {
    const filters = (input.Filters ?? []) as { Key: string; Values: string[] }[];
    const wanted = filters.find(({ Key }) => Key === "InstanceIds")?.Values;
    if (!wanted) throw new ApiRefusal("RehearsalUnsupported", "DescribeInstanceInformation without InstanceIds filter");
    const online = wanted.filter((instanceId) => this.registered(instanceId));
    return jsonAnswer({
      InstanceInformationList: online.map((InstanceId) => ({
        InstanceId,
        PingStatus: "Online",
        PlatformType: "Linux",
      })),
    });
  }
}

/** The first end counts: a command that was cancelled does not succeed afterwards. */
function end(command: Command, status: Command["status"], details: string): void {
  if (command.ended) return;
  command.ended = new Date();
  command.status = status;
  command.details = details;
}
