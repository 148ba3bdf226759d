import type { ApiFront } from "./api-front.ts";
import type { MotoClient } from "./moto-client.ts";
import { XmlElement } from "./xml-element.ts";

/**
 * Keeps the description of a security group's rule whose source is another group: moto forgets it where the rule is made,
 * and takes it where it is changed.
 */
export function emulateGroupRules(front: ApiFront, moto: MotoClient): void {
  for (const action of ["AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"]) {
    front.intercept("ec2", action, async ({ input }, forward) => {
      const answer = await forward();
      const described = input["IpPermissions.1.Groups.1.Description"];
      if (answer.status >= 300 || typeof described !== "string") return answer;
      const [rule] = XmlElement.parse(answer.body.toString("utf8")).items("securityGroupRuleSet");
      const text = (name: string) => rule?.value(name) ?? "";
      const changed = "SecurityGroupRule.1.SecurityGroupRule";
      await moto.query("ec2", "ModifySecurityGroupRules", {
        GroupId: text("groupId"),
        "SecurityGroupRule.1.SecurityGroupRuleId": text("securityGroupRuleId"),
        [`${changed}.IpProtocol`]: text("ipProtocol"),
        [`${changed}.FromPort`]: text("fromPort"),
        [`${changed}.ToPort`]: text("toPort"),
        [`${changed}.ReferencedGroupId`]: String(input["IpPermissions.1.Groups.1.GroupId"]),
        [`${changed}.Description`]: described,
      });
      return answer;
    });
  }
}
