import { createHash } from "node:crypto";
import { Lb } from "@cdktf/provider-aws/lib/lb";
import { LbListener } from "@cdktf/provider-aws/lib/lb-listener";
import { LbListenerCertificate } from "@cdktf/provider-aws/lib/lb-listener-certificate";
import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule";
import { LbTargetGroup } from "@cdktf/provider-aws/lib/lb-target-group";
import { LbTargetGroupAttachment } from "@cdktf/provider-aws/lib/lb-target-group-attachment";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { TerraformDependency } from "../../../terraform/dependency.ts";
import { templateMap, templateText } from "../../../terraform/template-text.ts";
import type { AwsAccount } from "../../aws-account.ts";
import { zoneDeployerStatements } from "../deployer-policy.ts";
import { BalancerNetwork, type BalancerNetworkProps } from "./balancer-network.ts";
import { balancerDeployerStatements } from "./fleet-deployer-policy.ts";
import type { FleetHost } from "./fleet-host.ts";
import type { FleetSite } from "./fleet-site.ts";
import { SiteCertificate } from "./site-certificate.ts";

const INSIDE = { port: 80, protocol: "HTTP" } as const;
/** TLS 1.2 and 1.3 with forward secrecy. */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";
const CHECK = { interval: 10, timeout: 5, healthyThreshold: 2, unhealthyThreshold: 2 } as const;
/** Seconds that a host which is taken out still gets answers through. */
const DEREGISTRATION = 30;
/** Values that the conditions of a rule may have. */
const MOST_NAMES = 5;

/** The longest that visitors are sent to a host that is lost. */
export const BALANCED_LOST_SECONDS = CHECK.interval * CHECK.unhealthyThreshold + CHECK.timeout;

/** What a {@link FleetBalancer} takes. */
export interface FleetBalancerProps extends Omit<BalancerNetworkProps, "tags"> {
  readonly account: AwsAccount;
  readonly zoneId: string;
  readonly healthPath: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * An Application Load Balancer in front of a fleet: visitors come by TLS, each name with a certificate of ACM's, and requests
 * go on to a host that answers. A name that no site has is answered 404.
 */
export class FleetBalancer extends Construct {
  /** The security group that requests come from; a reference. */
  readonly groupId: string;
  private readonly balancer: Lb;
  private readonly targets: LbTargetGroup;
  private secured?: LbListener;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: FleetBalancerProps,
  ) {
    super(scope, id);
    const { account, healthPath } = props;
    const { path } = scope.node;
    const tags = templateMap({ Name: path, ...props.tags });
    const network = new BalancerNetwork(this, "Network", { ...props, tags });
    this.groupId = network.groupId;
    // AWS takes 32 letters, digits and dashes, too few for a path
    const name = `slipway-${createHash("sha256").update(path).digest("hex").slice(0, 16)}`;
    this.balancer = new Lb(this, "Resource", {
      name,
      loadBalancerType: "application",
      internal: false,
      subnets: network.subnetIds,
      securityGroups: [network.groupId],
      dropInvalidHeaderFields: true,
      tags,
      dependsOn: network.ready,
    });
    this.targets = new LbTargetGroup(this, "Targets", {
      name,
      vpcId: network.vpcId,
      targetType: "instance",
      ...INSIDE,
      deregistrationDelay: `${DEREGISTRATION}`,
      healthCheck: { ...CHECK, path: templateText(healthPath), matcher: "200-399" },
      tags,
    });
    this.redirectToTls();
    account.addDeployerStatements(...balancerDeployerStatements(account, name));
  }

  /** Lets requests come to `host` once it serves. */
  attach(host: FleetHost): void {
    new LbTargetGroupAttachment(host, "Target", {
      targetGroupArn: this.targets.arn,
      targetId: host.instanceId,
      port: INSIDE.port,
      dependsOn: host.ready,
    });
  }

  /** Lets the names of `site` lead here. */
  add(site: FleetSite): void {
    const { account, zoneId } = this.props;
    const certificate = new SiteCertificate(site, "Certificate", { names: site.names, zoneId });
    const listener = this.secured ?? this.listen(certificate);
    if (this.secured !== undefined) {
      new LbListenerCertificate(site, "ListenerCertificate", {
        listenerArn: listener.arn,
        certificateArn: certificate.arn,
      });
    }
    this.secured = listener;
    for (let from = 0; from < site.names.length; from += MOST_NAMES) {
      new LbListenerRule(site, from === 0 ? "Rule" : `Rule-${from}`, {
        listenerArn: listener.arn,
        condition: [{ hostHeader: { values: site.names.slice(from, from + MOST_NAMES) } }],
        action: [{ type: "forward", targetGroupArn: this.targets.arn }],
      });
    }
    for (const name of site.names) {
      new Route53Record(site, name === site.name ? "Record" : `Record-${name}`, {
        zoneId,
        name,
        type: "A",
        alias: { name: this.balancer.dnsName, zoneId: this.balancer.zoneId, evaluateTargetHealth: true },
      });
    }
    account.addDeployerStatements(...zoneDeployerStatements(account, zoneId));
  }

  private redirectToTls(): void {
    new LbListener(this, "Plain", {
      loadBalancerArn: this.balancer.arn,
      port: 80,
      protocol: "HTTP",
      defaultAction: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
    });
  }

  /** The listener with the certificate of the site that is declared first; others bring theirs. */
  private listen(certificate: SiteCertificate): LbListener {
    return new LbListener(this, "Secured", {
      loadBalancerArn: this.balancer.arn,
      port: 443,
      protocol: "HTTPS",
      sslPolicy: TLS_POLICY,
      certificateArn: certificate.arn,
      defaultAction: [
        {
          type: "fixed-response",
          fixedResponse: { contentType: "text/plain", messageBody: "Not Found", statusCode: "404" },
        },
      ],
    });
  }

  /** What the load balancer waits for, and whoever asks its names. */
  get ready(): TerraformDependency[] {
    return this.secured ? [this.balancer, this.secured] : [this.balancer];
  }
}
