import { request } from "node:http";
import type { ApiAnswer } from "./api-answer.ts";
import { XmlElement } from "./xml-element.ts";

const JSON_TARGETS: Readonly<Record<string, string>> = {
  ssm: "AmazonSSM",
  ecr: "AmazonEC2ContainerRegistry_V20150921",
  secretsmanager: "secretsmanager",
};
const QUERY_VERSIONS: Readonly<Record<string, string>> = { ec2: "2016-11-15", iam: "2010-05-08", sts: "2011-06-15" };

/** How often a question is asked: moto answers 500 to one that comes in the middle of a change, and not to the next. */
const READS = 3;
const QUESTION = /^(Describe|Get|List)/;

/** The doubles' own way to the emulated account, past every refusal. */
export class MotoClient {
  constructor(
    readonly port: number,
    readonly region: string,
  ) {}

  /** Calls an action of a JSON service. @throws with the service's error code and message */
  async json(service: string, action: string, input: object): Promise<Record<string, unknown>> {
    const target = `${JSON_TARGETS[service]}.${action}`;
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
    const answer = await this.#call(service, action, headers, JSON.stringify(input));
    const output = JSON.parse(answer.body.toString("utf8") || "{}") as Record<string, unknown>;
    if (answer.status >= 300)
      throw new MotoError(action, String(output.__type ?? answer.status), String(output.message));
    return output;
  }

  /** Calls an action of a query service. @throws with the service's error code and message */
  async query(service: string, action: string, fields: Readonly<Record<string, string>>): Promise<XmlElement> {
    const form = new URLSearchParams({ Action: action, Version: QUERY_VERSIONS[service] ?? "", ...fields });
    const headers = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const answer = await this.#call(service, action, headers, form.toString());
    const output = XmlElement.parse(answer.body.toString("utf8"));
    if (answer.status >= 300) {
      const error = output.all("Error")[0];
      throw new MotoError(action, error?.value("Code") ?? String(answer.status), error?.value("Message") ?? "");
    }
    return output;
  }

  /** Gets a document of a REST service. */
  async get(service: string, path: string): Promise<XmlElement> {
    const answer = await this.send("GET", path, {
      authorization: this.#authorization(service),
      host: `${service}.amazonaws.com`,
    });
    if (answer.status >= 300) throw new MotoError(path, String(answer.status), answer.body.toString("utf8"));
    return XmlElement.parse(answer.body.toString("utf8"));
  }

  /** Sends a request as it is. */
  send(
    method: string,
    path: string,
    { body, ...headers }: Record<string, unknown> & { body?: Buffer },
  ): Promise<ApiAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          host: "127.0.0.1",
          port: this.port,
          method,
          path,
          headers: { ...(headers as Record<string, string>), "content-length": body?.length ?? 0 },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () =>
            resolve({
              status: incoming.statusCode ?? 502,
              headers: Object.fromEntries(
                Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
              ),
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  /** Posts what asks or changes something; a question that is answered 500 is asked again. */
  async #call(
    service: string,
    action: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<ApiAnswer> {
    const post = () =>
      this.send("POST", "/", { ...headers, authorization: this.#authorization(service), body: Buffer.from(body) });
    let answer = await post();
    for (let more = READS - 1; more > 0 && answer.status === 500 && QUESTION.test(action); more -= 1)
      answer = await post();
    return answer;
  }

  #authorization(service: string): string {
    const scope = `REHEARSAL/20260101/${this.region}/${service}/aws4_request`;
    return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${"0".repeat(64)}`;
  }
}

/** An error that the emulated account answered to one of the doubles. */
export class MotoError extends Error {
  constructor(
    action: string,
    readonly code: string,
    message: string,
  ) {
    super(`${action}: ${code}: ${message}`);
    this.name = "MotoError";
  }
}
