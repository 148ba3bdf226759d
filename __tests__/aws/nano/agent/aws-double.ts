import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiRefusal } from "../../../../src/rehearsal/doubles/api-call.ts";
import { Principals } from "../../../../src/rehearsal/doubles/principals.ts";
import { readScope, verifySignature } from "../../../../src/rehearsal/doubles/signature.ts";

interface Parameter {
  readonly versions: string[];
  readonly labels: Map<string, number>;
}

const REGION = "eu-west-1";
const ROLE = "test-role";
const LARGEST_VALUE = 8192;

/**
 * What an instance sees of AWS: its metadata (IMDSv2 only), Parameter Store, Secrets Manager and CloudWatch. It checks
 * every signature, and refuses what AWS refuses.
 */
export class AwsDouble {
  readonly accessKeyId = "ASIATESTACCESSKEYID0";
  readonly secretKey = "test+secret/key=very-secret";
  readonly sessionToken = `FwoGZXIvYXdzE-test-session-token-${"x/y+z=".repeat(40)}`;
  readonly calls: string[] = [];
  /** The next calls of an action answer this instead. */
  readonly refusals = new Map<string, string>();
  /** As many next calls of an action answer this instead. */
  readonly busy = new Map<string, { readonly kind: string; times: number }>();
  /** The forms by which metrics were put. */
  readonly metrics: Record<string, unknown>[] = [];
  hasRole = true;
  private readonly principals = new Principals();
  private readonly metadataToken = "metadata-token-of-the-test";
  private readonly parameters = new Map<string, Parameter>();
  private readonly secrets = new Map<string, string[]>();
  private readonly servers: Server[] = [];

  constructor() {
    const { accessKeyId, secretKey: secretAccessKey, sessionToken } = this;
    this.principals.add({ kind: "instance", accessKeyId, secretAccessKey, sessionToken });
  }

  async start(): Promise<{ metadata: string; ssm: string; secretsManager: string; monitoring: string }> {
    return {
      metadata: await this.listen((request, response) => this.answerMetadata(request, response)),
      ssm: await this.listen((request, response) => void this.answer("ssm", request, response)),
      secretsManager: await this.listen((request, response) => void this.answer("secretsmanager", request, response)),
      monitoring: await this.listen((request, response) => void this.answer("monitoring", request, response)),
    };
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  putParameter(name: string, value: string): number {
    if (value.length > LARGEST_VALUE) throw new ApiRefusal("ValidationException", "the value is too large");
    if (value.includes("{{"))
      throw new ApiRefusal("ValidationException", "parameter value can't nest another parameter");
    const parameter: Parameter = this.parameters.get(name) ?? { versions: [], labels: new Map() };
    this.parameters.set(name, parameter);
    return parameter.versions.push(value);
  }

  labelled(name: string, label: string): number | undefined {
    return this.parameters.get(name)?.labels.get(label);
  }

  putLabel(name: string, label: string, version: number): void {
    this.parameters.get(name)?.labels.set(label, version);
  }

  /** @param values what is there at one question after the other; the last one stays */
  putSecret(id: string, ...values: string[]): void {
    this.secrets.set(id, values);
  }

  private listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    const server = createServer(handler).listen(0, "127.0.0.1");
    this.servers.push(server);
    return new Promise((resolve) => {
      server.once("listening", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    });
  }

  private answerMetadata(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === "PUT" && request.url === "/latest/api/token") {
      const lasts = request.headers["x-aws-ec2-metadata-token-ttl-seconds"];
      response.writeHead(lasts ? 200 : 400).end(lasts ? this.metadataToken : "");
      return;
    }
    const pages: Record<string, string> = {
      "placement/region": REGION,
      "services/domain": "amazonaws.com",
      ...(this.hasRole
        ? {
            "iam/security-credentials/": ROLE,
            [`iam/security-credentials/${ROLE}`]: JSON.stringify({
              Code: "Success",
              AccessKeyId: this.accessKeyId,
              SecretAccessKey: this.secretKey,
              Token: this.sessionToken,
            }),
          }
        : {}),
    };
    const page = pages[(request.url ?? "").replace("/latest/meta-data/", "")];
    const allowed = request.headers["x-aws-ec2-metadata-token"] === this.metadataToken;
    response.writeHead(allowed ? (page === undefined ? 404 : 200) : 401).end(allowed ? page : "");
  }

  private async answer(service: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const send = (status: number, answer: unknown) =>
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
    const target = request.headers["x-amz-target"];
    const form = target === undefined ? Object.fromEntries(new URLSearchParams(body)) : undefined;
    const action = String(target ?? form?.Action);
    try {
      const scope = readScope(request.headers);
      if (scope.region !== REGION || scope.service !== service) {
        throw new ApiRefusal("InvalidSignatureException", `wrong scope ${scope.region}/${scope.service}`);
      }
      const { method = "", url = "", headers } = request;
      await verifySignature({ method, url, headers, body: Buffer.from(body) }, scope, this.principals);
      this.calls.push(`${action} ${body}`);
      const busy = this.busy.get(action);
      if (busy && busy.times > 0) {
        busy.times -= 1;
        throw new ApiRefusal(busy.kind, "Rate exceeded");
      }
      const refusal = this.refusals.get(action);
      if (refusal) throw new ApiRefusal(refusal, "refused by the test");
      send(200, this.perform(action, form ?? JSON.parse(body)));
    } catch (error) {
      const kind = error instanceof ApiRefusal ? error.code : "InternalServerError";
      send(error instanceof ApiRefusal ? 400 : 500, { __type: kind, message: String((error as Error).message) });
    }
  }

  private perform(action: string, input: Record<string, unknown>): unknown {
    switch (action) {
      case "AmazonSSM.GetParameter":
        return this.getParameter(String(input.Name));
      case "AmazonSSM.LabelParameterVersion":
        return this.label(String(input.Name), Number(input.ParameterVersion), input.Labels as string[]);
      case "AmazonSSM.UnlabelParameterVersion": {
        const labels = this.parameters.get(String(input.Name))?.labels;
        const removed = (input.Labels as string[]).filter((label) => labels?.get(label) === input.ParameterVersion);
        for (const label of removed) labels?.delete(label);
        return { RemovedLabels: removed, InvalidLabels: [] };
      }
      case "secretsmanager.GetSecretValue": {
        const values = this.secrets.get(String(input.SecretId));
        const secret = values && values.length > 1 ? values.shift() : values?.[0];
        if (secret === undefined) throw new ApiRefusal("ResourceNotFoundException", "can't find the specified secret");
        return { ARN: input.SecretId, SecretString: secret };
      }
      case "PutMetricData":
        this.metrics.push(input);
        return {};
      default:
        throw new ApiRefusal("AccessDeniedException", `the role may not ${action}`);
    }
  }

  private getParameter(full: string) {
    const [name, selector] = full.split(":") as [string, string?];
    const parameter = this.parameters.get(name);
    if (!parameter) throw new ApiRefusal("ParameterNotFound", "");
    const version =
      selector === undefined
        ? parameter.versions.length
        : /^\d+$/.test(selector)
          ? Number(selector)
          : parameter.labels.get(selector);
    const value = version === undefined ? undefined : parameter.versions[version - 1];
    if (value === undefined) {
      throw new ApiRefusal(
        "ParameterVersionNotFound",
        `Systems Manager could not find version ${selector} of ${name}.`,
      );
    }
    return {
      Parameter: { Name: name, Selector: selector && `:${selector}`, Type: "String", Value: value, Version: version },
    };
  }

  private label(name: string, version: number, labels: string[]) {
    const parameter = this.parameters.get(name);
    if (!parameter) throw new ApiRefusal("ParameterNotFound", "");
    if (!parameter.versions[version - 1]) throw new ApiRefusal("ParameterVersionNotFound", "");
    const invalid: string[] = labels.filter((label) => /^(\d|aws|ssm)/i.test(label));
    for (const label of labels) if (!invalid.includes(label)) parameter.labels.set(label, version);
    return { InvalidLabels: invalid, ParameterVersion: version };
  }
}
