import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import type { HostedSite } from "../../hosts/hosted-site.ts";
import type { AwsAccount } from "../aws-account.ts";
import { zoneDeployerStatements } from "./deployer-policy.ts";

const RECORD_SECONDS = 300;

/** Lets every name of `site` lead to `address`, by records in the hosted zone `zoneId`. */
export function recordSite(site: HostedSite, account: AwsAccount, zoneId: string, address: string): void {
  for (const name of site.names) {
    new Route53Record(site, name === site.name ? "Record" : `Record-${name}`, {
      zoneId,
      name,
      type: "A",
      ttl: RECORD_SECONDS,
      records: [address],
    });
  }
  account.addDeployerStatements(...zoneDeployerStatements(account, zoneId));
}
