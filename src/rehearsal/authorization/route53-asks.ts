import type { Ask } from "./ask.ts";

/** What Route 53 calls the requests of its REST protocol, and what they are about: the first group of each pattern. */
const REQUESTS: readonly (readonly [RegExp, string, string?])[] = [
  [/^POST \/2013-04-01\/hostedzone\/?$/, "CreateHostedZone"],
  [/^GET \/2013-04-01\/hostedzone\/?$/, "ListHostedZones"],
  [/^GET \/2013-04-01\/hostedzonesbyname/, "ListHostedZonesByName"],
  [/^GET \/2013-04-01\/hostedzone\/([^/]+)$/, "GetHostedZone", "hostedzone"],
  [/^POST \/2013-04-01\/hostedzone\/([^/]+)$/, "UpdateHostedZoneComment", "hostedzone"],
  [/^DELETE \/2013-04-01\/hostedzone\/([^/]+)$/, "DeleteHostedZone", "hostedzone"],
  [/^GET \/2013-04-01\/hostedzone\/([^/]+)\/dnssec/, "GetDNSSEC", "hostedzone"],
  [/^GET \/2013-04-01\/hostedzone\/([^/]+)\/rrset/, "ListResourceRecordSets", "hostedzone"],
  [/^POST \/2013-04-01\/hostedzone\/([^/]+)\/rrset/, "ChangeResourceRecordSets", "hostedzone"],
  [/^GET \/2013-04-01\/change\/([^/]+)/, "GetChange", "change"],
  [/^POST \/2013-04-01\/healthcheck\/?$/, "CreateHealthCheck"],
  [/^GET \/2013-04-01\/healthcheck\/([^/]+)$/, "GetHealthCheck", "healthcheck"],
  [/^POST \/2013-04-01\/healthcheck\/([^/]+)$/, "UpdateHealthCheck", "healthcheck"],
  [/^DELETE \/2013-04-01\/healthcheck\/([^/]+)$/, "DeleteHealthCheck", "healthcheck"],
  [/^GET \/2013-04-01\/tags\/healthcheck\/([^/]+)/, "ListTagsForResource", "healthcheck"],
  [/^POST \/2013-04-01\/tags\/healthcheck\/([^/]+)/, "ChangeTagsForResource", "healthcheck"],
  [/^GET \/2013-04-01\/tags\/hostedzone\/([^/]+)/, "ListTagsForResource", "hostedzone"],
  [/^POST \/2013-04-01\/tags\/hostedzone\/([^/]+)/, "ChangeTagsForResource", "hostedzone"],
];

/** @param request the method and path */
export function route53Asks(request: string): Ask[] {
  for (const [pattern, name, kind] of REQUESTS) {
    const match = pattern.exec(request);
    if (!match) continue;
    const resource = kind === undefined ? "*" : `arn:aws:route53:::${kind}/${match[1]}`;
    return [{ action: `route53:${name}`, resource, context: {} }];
  }
  return [{ action: `route53:${request}`, resource: "*", context: {} }];
}
