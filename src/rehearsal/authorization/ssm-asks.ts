import type { ApiCall } from "../doubles/api-call.ts";
import { type Ask, arnIn, type Place } from "./ask.ts";

/** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html */
export function ssmAsks({ action, input }: ApiCall, place: Place): Ask[] {
  const name = String(input.Name ?? input.ResourceId ?? "");
  const document = (of: string) => arnIn(place, "ssm", `document/${of}`);
  const resources = (): string[] => {
    if (action === "SendCommand") {
      const instances = (input.InstanceIds ?? []) as string[];
      return [
        document(String(input.DocumentName ?? "")),
        ...instances.map((id) => arnIn(place, "ec2", `instance/${id}`)),
      ];
    }
    if (/Document(Permission)?$/.test(action) || input.ResourceType === "Document") return [document(name)];
    const names = [input.Names ?? input.Path ?? (name || [])].flat() as string[];
    return names.flatMap((each) => parameterArns(each, place));
  };
  const about = resources();
  return (about.length > 0 ? about : ["*"]).map((resource) => ({ action: `ssm:${action}`, resource, context: {} }));
}

/**
 * A name with a selector, `NAME:live` or `NAME:7`, is asked about as it is and without: AWS does not say which of the two
 * it takes, so a policy has to name both.
 */
function parameterArns(name: string, place: Place): string[] {
  const parts = name.startsWith("arn:") ? name.split(":").slice(5) : [`parameter/${name.replace(/^\//, "")}`];
  const [bare = "", ...selector] = parts.join(":").split(":");
  // What AWS publishes itself belongs to no account.
  const owner = bare.startsWith("parameter/aws/") ? { ...place, account: "" } : place;
  const texts = selector.length === 0 ? [bare] : [bare, `${bare}:${selector.join(":")}`];
  return texts.map((text) => arnIn(owner, "ssm", text));
}
