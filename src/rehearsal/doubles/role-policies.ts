import type { Ask } from "../authorization/ask.ts";
import { readStatements, refusal, type Statement } from "../authorization/policy.ts";
import type { MotoClient } from "./moto-client.ts";

/**
 * Decides what a role may do from its policies in the API. Why: moto's own check refuses policies that name a
 * parameter's ARN, and without a check a missing permission would show on AWS only.
 */
export class RolePolicies {
  constructor(private readonly moto: MotoClient) {}

  /** Why the policies of `role` refuse `ask`; `undefined` when they allow it. */
  async refusal(role: string, ask: Ask): Promise<string | undefined> {
    return refusal(await this.statements(role), ask);
  }

  /** All that the policies of `role` say. */
  async statements(role: string): Promise<Statement[]> {
    const inline = await this.moto.query("iam", "ListRolePolicies", { RoleName: role });
    const attached = await this.moto.query("iam", "ListAttachedRolePolicies", { RoleName: role });
    return readStatements(
      await Promise.all([
        ...inline.all("PolicyNames").flatMap(({ children }) => children.map(({ text }) => this.#inline(role, text))),
        ...attached.all("PolicyArn").map(({ text }) => this.#managed(text)),
      ]),
    );
  }

  async #inline(role: string, policy: string): Promise<string> {
    const answer = await this.moto.query("iam", "GetRolePolicy", { RoleName: role, PolicyName: policy });
    return answer.all("PolicyDocument")[0]?.text ?? "";
  }

  async #managed(arn: string): Promise<string> {
    const policy = await this.moto.query("iam", "GetPolicy", { PolicyArn: arn });
    const version = policy.all("DefaultVersionId")[0]?.text ?? "v1";
    const answer = await this.moto.query("iam", "GetPolicyVersion", { PolicyArn: arn, VersionId: version });
    return answer.all("Document")[0]?.text ?? "";
  }
}
