import type { ApiAnswer } from "./api-answer.ts";
import type { ApiCall } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";
import { instanceIds } from "./launched-type.ts";
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
      const items = instanceIds(call).map((id) => this.#item(id));
      return answerOf(
        "DescribeInstanceCreditSpecifications",
        `<instanceCreditSpecificationSet>${items.join("")}</instanceCreditSpecificationSet>`,
      );
    });
    front.intercept("ec2", "ModifyInstanceCreditSpecification", async ({ input }) => {
      const id = String(input["InstanceCreditSpecification.1.InstanceId"]);
      this.#byInstance.set(id, String(input["InstanceCreditSpecification.1.CpuCredits"]));
      return answerOf(
        "ModifyInstanceCreditSpecification",
        `<successfulInstanceCreditSpecificationSet><item><instanceId>${id}</instanceId></item></successfulInstanceCreditSpecificationSet>`,
      );
    });
  }

  #launched({ input }: ApiCall, answer: ApiAnswer): void {
    const credits = input["CreditSpecification.CpuCredits"];
    if (credits === undefined) return;
    for (const instance of XmlElement.parse(answer.body.toString("utf8")).items("instancesSet")) {
      this.#byInstance.set(instance.value("instanceId") ?? "", String(credits));
    }
  }

  #item(id: string): string {
    return `<item><instanceId>${id}</instanceId><cpuCredits>${this.#byInstance.get(id) ?? "standard"}</cpuCredits></item>`;
  }
}

function answerOf(action: string, content: string): ApiAnswer {
  const text = `<${action}Response xmlns="${NAMESPACE}"><requestId>rehearsal</requestId>${content}</${action}Response>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body: Buffer.from(text) };
}
