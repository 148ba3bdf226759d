import type { ApiAnswer, ApiCall } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import { XmlElement } from "./xml-element.ts";

const NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

/** Remembers how instances were told to use CPU credits: moto calls every one `standard`. */
export class CpuCredits {
  readonly #byInstance = new Map<string, string>();

  serve(front: ApiFront): void {
    front.observe((call, answer) => {
      if (call.service === "ec2" && call.action === "RunInstances") this.#launched(call, answer);
    });
    front.intercept("ec2", "DescribeInstanceCreditSpecifications", async (call) => {
      const ids = valuesOf(call, /^InstanceId\.\d+$/);
      return answerOf(
        "DescribeInstanceCreditSpecifications",
        `<instanceCreditSpecificationSet>${ids.map((id) => this.#item(id)).join("")}</instanceCreditSpecificationSet>`,
      );
    });
    front.intercept("ec2", "ModifyInstanceCreditSpecification", async (call) => {
      const [id = ""] = valuesOf(call, /^InstanceCreditSpecification\.1\.InstanceId$/);
      const [credits = "standard"] = valuesOf(call, /^InstanceCreditSpecification\.1\.CpuCredits$/);
      this.#byInstance.set(id, credits);
      return answerOf(
        "ModifyInstanceCreditSpecification",
        `<successfulInstanceCreditSpecificationSet><item><instanceId>${id}</instanceId></item></successfulInstanceCreditSpecificationSet>`,
      );
    });
  }

  #launched(call: ApiCall, answer: ApiAnswer): void {
    const [credits] = valuesOf(call, /^CreditSpecification\.CpuCredits$/);
    if (credits === undefined) return;
    for (const instance of XmlElement.parse(answer.body.toString("utf8")).items("instancesSet")) {
      this.#byInstance.set(instance.value("instanceId") ?? "", credits);
    }
  }

  #item(id: string): string {
    return `<item><instanceId>${id}</instanceId><cpuCredits>${this.#byInstance.get(id) ?? "standard"}</cpuCredits></item>`;
  }
}

function valuesOf({ input }: ApiCall, name: RegExp): string[] {
  return Object.entries(input).flatMap(([key, value]) => (name.test(key) ? [String(value)] : []));
}

function answerOf(action: string, content: string): ApiAnswer {
  const text = `<${action}Response xmlns="${NAMESPACE}"><requestId>rehearsal</requestId>${content}</${action}Response>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(text) };
}
