import { ApiRefusal } from "./api-call.ts";

interface DocumentParameter {
  readonly type: string;
  readonly default?: unknown;
  readonly allowedPattern?: string;
  readonly allowedValues?: readonly unknown[];
}

interface Step {
  readonly action: string;
  readonly inputs?: {
    readonly runCommand?: readonly string[];
    readonly timeoutSeconds?: string | number;
    readonly workingDirectory?: string;
  };
}

/** What the agent runs on a machine for one command. */
export interface Script {
  readonly text: string;
  readonly timeoutSeconds: number;
  readonly workingDirectory?: string;
}

const DEFAULT_TIMEOUT_SECONDS = 3600;

/** A command document of Systems Manager: JSON, schema 2.2, one shell step. */
export class CommandDocument {
  private constructor(
    private readonly parameters: Readonly<Record<string, DocumentParameter>>,
    private readonly step: Step,
  ) {}

  static parse(content: string): CommandDocument {
    const document = JSON.parse(content) as {
      schemaVersion?: string;
      parameters?: Record<string, DocumentParameter>;
      mainSteps?: Step[];
    };
    const [step, ...more] = document.mainSteps ?? [];
    if (document.schemaVersion !== "2.2" || step?.action !== "aws:runShellScript" || more.length > 0) {
      throw new ApiRefusal(
        "InvalidDocument",
        "the rehearsal's agent runs documents of schema 2.2 with one aws:runShellScript step",
      );
    }
    return new CommandDocument(document.parameters ?? {}, step);
  }

  /** Puts `given` (lists of text, as SendCommand takes them) into the step's lines, as AWS does: as text. */
  script(given: Readonly<Record<string, readonly string[]>>): Script {
    for (const name of Object.keys(given)) {
      if (!this.parameters[name]) throw new ApiRefusal("InvalidParameters", `document has no parameter ${name}`);
    }
    const values = new Map<string, string>();
    for (const [name, parameter] of Object.entries(this.parameters)) {
      const value = given[name]?.join(",") ?? parameter.default;
      if (value === undefined) throw new ApiRefusal("InvalidParameters", `parameter ${name} requires a value`);
      const text = String(value);
      const pattern = parameter.allowedPattern;
      if (pattern && !new RegExp(pattern).test(text)) {
        throw new ApiRefusal("InvalidParameters", `parameter ${name} must match ${pattern}`);
      }
      if (parameter.allowedValues && !parameter.allowedValues.includes(value)) {
        throw new ApiRefusal("InvalidParameters", `parameter ${name} must be one of the allowed values`);
      }
      values.set(name, text);
    }
    const fill = (text: string): string =>
      text.replace(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, name: string) => values.get(name) ?? whole);
    const { runCommand = [], timeoutSeconds, workingDirectory } = this.step.inputs ?? {};
    return {
      text: `${runCommand.map(fill).join("\n")}\n`,
      timeoutSeconds: timeoutSeconds === undefined ? DEFAULT_TIMEOUT_SECONDS : Number(fill(String(timeoutSeconds))),
      ...(workingDirectory ? { workingDirectory: fill(workingDirectory) } : {}),
    };
  }
}
