import { type ApiCall, ApiRefusal, jsonAnswer, readJson } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import { type MotoClient, MotoError } from "./moto-client.ts";

const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;
const MOST_VERSIONS = 100;

/** A parameter that AWS itself publishes; moto refuses to store names under `/aws/`. */
export interface PublicParameter {
  readonly name: string;
  readonly value: string;
}

/** What Parameter Store refuses and moto does not, and the parameters that Canonical publishes. */
export function emulateParameterStore(front: ApiFront, moto: MotoClient, published: readonly PublicParameter[]): void {
  front.intercept("ssm", "PutParameter", async (call, forward) => {
    refuseValue(String(call.input.Value ?? ""), String(call.input.Tier ?? "Standard"));
    await refuseVersion(moto, String(call.input.Name ?? ""));
    return await forward();
  });
  front.intercept("ssm", "GetParameter", async (call, forward) => {
    const name = String(call.input.Name ?? "");
    const parameter = published.find((one) => one.name === name);
    if (parameter) return jsonAnswer({ Parameter: describe(parameter, call) });
    if (name.startsWith("/aws/service/canonical/")) throw new ApiRefusal("ParameterNotFound", "");
    return await forward();
  });
  front.intercept("ssm", "GetParameters", async (call, forward) => {
    const names = call.input.Names as string[];
    const found = published.filter(({ name }) => names.includes(name));
    if (found.length === 0) return await forward();
    if (found.length !== names.length) {
      throw new ApiRefusal("RehearsalUnsupported", "public and own parameters in one GetParameters call");
    }
    return jsonAnswer({ Parameters: found.map((parameter) => describe(parameter, call)), InvalidParameters: [] });
  });
  front.intercept("ssm", "GetParametersByPath", async (call, forward) => {
    const path = String(call.input.Path ?? "");
    if (!path.startsWith("/aws/service/canonical/")) return await forward();
    const under = `${path.replace(/\/$/, "")}/`;
    const found = published.filter(({ name }) => name.startsWith(under));
    return jsonAnswer({ Parameters: found.map((parameter) => describe(parameter, call)) });
  });
  // AWS stores the tier that Intelligent-Tiering chose and answers with that one.
  front.intercept("ssm", "DescribeParameters", async (_call, forward) => {
    const answer = await forward();
    if (answer.status >= 300) return answer;
    const output = readJson(answer) as { Parameters?: { Tier?: string }[] };
    for (const parameter of output.Parameters ?? []) {
      if (parameter.Tier === "Intelligent-Tiering") parameter.Tier = "Standard";
    }
    return jsonAnswer(output);
  });
}

/** AWS makes room for a version by forgetting the oldest, but never one that has a label. */
async function refuseVersion(moto: MotoClient, name: string): Promise<void> {
  const versions = await history(moto, name);
  const [oldest] = versions;
  if (versions.length < MOST_VERSIONS || !oldest?.Labels?.length) return;
  throw new ApiRefusal(
    "ParameterMaxVersionLimitExceeded",
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest.Version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );
}

async function history(moto: MotoClient, Name: string): Promise<{ Version: number; Labels?: string[] }[]> {
  const found: { Version: number; Labels?: string[] }[] = [];
  let NextToken: unknown;
  do {
    const page = await moto
      .json("ssm", "GetParameterHistory", { Name, MaxResults: 50, ...(NextToken ? { NextToken } : {}) })
      .catch((error) => {
        if (error instanceof MotoError) return {} as Record<string, unknown>; // There is no such parameter yet.
        throw error;
      });
    found.push(...((page.Parameters ?? []) as typeof found));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

function refuseValue(value: string, tier: string): void {
  const bytes = Buffer.byteLength(value);
  const limit = tier === "Standard" ? STANDARD_BYTES : ADVANCED_BYTES;
  if (bytes > limit) {
    throw new ApiRefusal(
      "ValidationException",
      tier === "Standard"
        ? `Standard tier parameters support a maximum parameter value of ${STANDARD_BYTES} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`
        : `Advanced tier parameters support a maximum parameter value of ${ADVANCED_BYTES} characters.`,
    );
  }
  if (/\{\{|\}\}/.test(value)) {
    throw new ApiRefusal(
      "ValidationException",
      `Parameter value: (${value.slice(0, 40)}) can't nest another parameter. Do not use "{{}}" in the value.`,
    );
  }
}

function describe({ name, value }: PublicParameter, { region }: ApiCall): object {
  return {
    Name: name,
    Type: "String",
    Value: value,
    Version: 1,
    LastModifiedDate: 1_767_225_600,
    ARN: `arn:aws:ssm:${region}::parameter${name}`,
    DataType: "aws:ec2:image",
  };
}
