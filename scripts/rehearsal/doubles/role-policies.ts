import type { MotoClient } from "./moto-client.ts";

export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Resource?: string | readonly string[];
  readonly NotResource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Statement: Statement | readonly Statement[];
}

/**
 * Decides what a role may do from its policies in the API. Why: moto's own check refuses policies that name a
 * parameter's ARN, and without a check a missing permission would show on AWS only.
 */
export class RolePolicies {
  constructor(private readonly moto: MotoClient) {}

  /** Whether the policies of `role` allow `action` on every one of `resources`. */
  async allow(role: string, action: string, resources: readonly string[]): Promise<boolean> {
    const statements = (await this.#policies(role)).flatMap(({ Statement }) => Statement);
    return resources.every((resource) => isAllowed(statements, action, resource));
  }

  async #policies(role: string): Promise<Policy[]> {
    const inline = await this.moto.query("iam", "ListRolePolicies", { RoleName: role });
    const attached = await this.moto.query("iam", "ListAttachedRolePolicies", { RoleName: role });
    return await Promise.all([
      ...inline.all("PolicyNames").flatMap(({ children }) => children.map(({ text }) => this.#inline(role, text))),
      ...attached.all("PolicyArn").map(({ text }) => this.#managed(text)),
    ]);
  }

  async #inline(role: string, policy: string): Promise<Policy> {
    const answer = await this.moto.query("iam", "GetRolePolicy", { RoleName: role, PolicyName: policy });
    return readDocument(answer.all("PolicyDocument")[0]?.text ?? "");
  }

  async #managed(arn: string): Promise<Policy> {
    const policy = await this.moto.query("iam", "GetPolicy", { PolicyArn: arn });
    const version = policy.all("DefaultVersionId")[0]?.text ?? "v1";
    const answer = await this.moto.query("iam", "GetPolicyVersion", { PolicyArn: arn, VersionId: version });
    return readDocument(answer.all("Document")[0]?.text ?? "");
  }
}

/** Evaluates identity policies: an explicit denial wins, and nothing is allowed that no statement allows. */
export function isAllowed(statements: readonly Statement[], action: string, resource: string): boolean {
  const applies = (statement: Statement): boolean => {
    if (statement.NotAction !== undefined || statement.NotResource !== undefined) {
      throw new Error(`a policy uses NotAction or NotResource, which the rehearsal does not evaluate (${action})`);
    }
    return (
      matchesAny(statement.Action, action, "i") &&
      matchesAny(statement.Resource, resource, "") &&
      // A condition that the rehearsal does not know denies the benefit of the statement, never its harm.
      (statement.Condition === undefined || statement.Effect === "Deny")
    );
  };
  const applying = statements.filter(applies);
  return applying.some(({ Effect }) => Effect === "Allow") && !applying.some(({ Effect }) => Effect === "Deny");
}

/** Whether some statement allows `action` on something. */
export function allowsAction(statements: readonly Statement[], action: string): boolean {
  return statements.some(({ Effect, Action }) => Effect === "Allow" && matchesAny(Action, action, "i"));
}

function matchesAny(patterns: string | readonly string[] | undefined, text: string, flags: string): boolean {
  return [patterns ?? []].flat().some((pattern) => {
    const source = pattern
      .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
      .replace(/\*/g, ".*")
      .replace(/\?/g, ".");
    return new RegExp(`^${source}$`, `s${flags}`).test(text);
  });
}

function readDocument(text: string): Policy {
  return JSON.parse(text.startsWith("%7B") ? decodeURIComponent(text) : text) as Policy;
}
