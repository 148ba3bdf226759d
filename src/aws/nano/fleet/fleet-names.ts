import { Route53HealthCheck } from "@cdktf/provider-aws/lib/route53-health-check";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { templateText } from "../../../terraform/template-text.ts";
import type { AwsAccount } from "../../aws-account.ts";
import { zoneDeployerStatements } from "../deployer-policy.ts";
import { healthCheckDeployerStatements } from "./fleet-deployer-policy.ts";
import type { FleetHost } from "./fleet-host.ts";
import type { FleetSite } from "./fleet-site.ts";

const HTTP = { type: "HTTP", port: 80 };
const HTTPS = { type: "HTTPS", port: 443, enableSni: true };

/** How long resolvers keep an answer, and when a host that does not answer is found. */
export const RECORD_SECONDS = 60;
export const CHECK_SECONDS = 30;
export const CHECK_FAILURES = 3;

/** The longest that visitors are sent to a host that is lost. */
export const LOST_SECONDS = CHECK_SECONDS * CHECK_FAILURES + RECORD_SECONDS;

/** What {@link FleetNames} take. */
export interface FleetNamesProps {
  readonly account: AwsAccount;
  readonly zoneId: string;
  readonly healthPath: string;
}

/**
 * A fleet's names in Route 53: for each host a record with its address, which is answered while the host's health check
 * finds it well. Why answers with several addresses: a browser tries the next one where nobody answers at the first.
 */
export class FleetNames {
  private readonly checks = new Map<FleetHost, Route53HealthCheck>();

  constructor(private readonly props: FleetNamesProps) {}

  /** Lets the names of `site` lead to `hosts`, each once it serves. */
  add(site: FleetSite, hosts: readonly FleetHost[]): void {
    const { account, zoneId } = this.props;
    account.addDeployerStatements(
      ...zoneDeployerStatements(account, zoneId),
      ...healthCheckDeployerStatements(account),
    );
    for (const host of hosts) {
      const { node, publicIp, ready } = host;
      const check = this.checkOf(host, site);
      for (const name of site.names) {
        new Route53Record(site, name === site.name ? `Record-${node.id}` : `Record-${name}-${node.id}`, {
          zoneId,
          name,
          type: "A",
          ttl: RECORD_SECONDS,
          records: [publicIp],
          setIdentifier: node.id,
          multivalueAnswerRoutingPolicy: true,
          healthCheckId: check.id,
          dependsOn: ready,
        });
      }
    }
  }

  /** Asks for the site that is declared first. Why one a host: each costs. */
  private checkOf(host: FleetHost, site: FleetSite): Route53HealthCheck {
    const check =
      this.checks.get(host) ??
      new Route53HealthCheck(host, "HealthCheck", {
        ...(site.isSecured ? HTTPS : HTTP),
        ipAddress: host.publicIp,
        fqdn: site.name,
        resourcePath: templateText(this.props.healthPath),
        requestInterval: CHECK_SECONDS,
        failureThreshold: CHECK_FAILURES,
        tags: { Name: host.node.path },
      });
    this.checks.set(host, check);
    return check;
  }
}
