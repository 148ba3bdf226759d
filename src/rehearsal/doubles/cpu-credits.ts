import type { ApiAnswer } from "./api-answer.ts";
import { type ApiCall, xmlAnswer } from "./api-call.ts";
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
      const item = instanceIds(call).map((instanceId) => ({ instanceId, cpuCredits: this.#of(instanceId) }));
      return answerOf("DescribeInstanceCreditSpecifications", { instanceCreditSpecificationSet: { item } });
    });
    front.intercept("ec2", "ModifyInstanceCreditSpecification", async ({ input }) => {
      const instanceId = String(input["InstanceCreditSpecification.1.InstanceId"]);
      this.#byInstance.set(instanceId, String(input["InstanceCreditSpecification.1.CpuCredits"]));
      const successfulInstanceCreditSpecificationSet = { item: { instanceId } };
      return answerOf("ModifyInstanceCreditSpecification", { successfulInstanceCreditSpecificationSet });
    });
  }

  #launched({ input }: ApiCall, answer: ApiAnswer): void {
    const credits = input["CreditSpecification.CpuCredits"];
    if (credits === undefined) return;
    for (const instance of XmlElement.parse(answer.body.toString("utf8")).items("instancesSet")) {
      this.#byInstance.set(instance.value("instanceId") ?? "", String(credits));
    }
  }

  #of(id: string): string {
    return this.#byInstance.get(id) ?? "standard";
  }
}

function answerOf(action: string, content: object): ApiAnswer {
  return xmlAnswer({ [`${action}Response`]: { "@_xmlns": NAMESPACE, requestId: "rehearsal", ...content } });
}
