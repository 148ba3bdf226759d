import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";

const RECORD_SECONDS = 60;

/** What a {@link SiteCertificate} takes. */
export interface SiteCertificateProps {
  /** What it is for, the site's own name first. */
  readonly names: readonly string[];
  /** The hosted zone that shows ACM that they are one's own. */
  readonly zoneId: string;
}

/** A certificate of ACM's for the names of a site, which ACM renews as long as its records stay. */
export class SiteCertificate extends Construct {
  /** A reference that waits until it is issued. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { names, zoneId }: SiteCertificateProps) {
    super(scope, id);
    const [name, ...others] = names as [string, ...string[]];
    const certificate = new AcmCertificate(this, "Resource", {
      domainName: name,
      ...(others.length > 0 && { subjectAlternativeNames: others }),
      validationMethod: "DNS",
      lifecycle: { createBeforeDestroy: true },
    });
    const options = `aws_acm_certificate.${certificate.friendlyUniqueId}.domain_validation_options`;
    // the record of a wildcard is that of the name below it
    const records = [...new Set(names.map((each) => each.replace(/^\*\./, "")))].map((each) => {
      const of = (part: string) =>
        `\${[for each in ${options} : each.resource_record_${part} if trimprefix(each.domain_name, "*.") == "${each}"][0]}`;
      return new Route53Record(this, `Record-${each}`, {
        zoneId,
        name: of("name"),
        type: "CNAME",
        ttl: RECORD_SECONDS,
        records: [of("value")],
        allowOverwrite: true,
      });
    });
    this.arn = new AcmCertificateValidation(this, "Validation", {
      certificateArn: certificate.arn,
      validationRecordFqdns: records.map(({ fqdn }) => fqdn),
    }).certificateArn;
  }
}
