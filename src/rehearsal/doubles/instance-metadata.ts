import { randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { InstanceFacts } from "./instance-facts.ts";
import type { Principal } from "./principals.ts";

/** One instance as its own metadata service knows it. */
export interface MetadataSubject {
  readonly facts: InstanceFacts;
  readonly account: string;
  readonly region: string;
  readonly architecture: "x86_64" | "arm64";
  readonly userData?: Buffer;
  /** The role's keys; `undefined` without an instance profile. */
  readonly credentials?: Principal;
  readonly launched: Date;
}

type Tree = string | { readonly [name: string]: Tree | undefined };

const VERSIONS = ["2009-04-04", "2016-09-02", "2018-09-24", "2021-03-23", "latest"];
const LONGEST_TOKEN_SECONDS = 21_600;

/** The instance metadata service, version 2: a session token first, and nobody but the instance itself. */
export class InstanceMetadata {
  readonly #tokens = new Map<string, { instanceId: string; expires: number }>();

  /** @param subjectAt the instance behind an address of the rehearsal's network */
  constructor(private readonly subjectAt: (address: string) => MetadataSubject | undefined) {}

  readonly listener: RequestListener = (incoming, outgoing) => {
    const subject = this.subjectAt((incoming.socket.remoteAddress ?? "").replace(/^::ffff:/, ""));
    incoming.resume();
    if (!subject) outgoing.writeHead(404).end();
    else if (incoming.method === "PUT") this.#giveToken(subject, incoming, outgoing);
    else if (incoming.method !== "GET" && incoming.method !== "HEAD") outgoing.writeHead(405).end();
    else if (!this.#mayRead(subject, incoming)) outgoing.writeHead(401).end();
    else answerPath(subject, incoming.url ?? "/", outgoing);
  };

  #giveToken({ facts }: MetadataSubject, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const seconds = Number(incoming.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    if (incoming.url !== "/latest/api/token") outgoing.writeHead(405).end();
    else if (incoming.headers["x-forwarded-for"]) outgoing.writeHead(403).end();
    else if (!(seconds >= 1 && seconds <= LONGEST_TOKEN_SECONDS)) outgoing.writeHead(400).end();
    else {
      const token = randomBytes(40).toString("base64url");
      this.#tokens.set(token, { instanceId: facts.id, expires: Date.now() + seconds * 1000 });
      outgoing.writeHead(200, { "x-aws-ec2-metadata-token-ttl-seconds": String(seconds) }).end(token);
    }
  }

  #mayRead({ facts }: MetadataSubject, incoming: IncomingMessage): boolean {
    const header = incoming.headers["x-aws-ec2-metadata-token"];
    if (header === undefined) return facts.metadataTokens === "optional";
    const token = this.#tokens.get(String(header));
    return token !== undefined && token.instanceId === facts.id && token.expires > Date.now();
  }
}

function answerPath(subject: MetadataSubject, url: string, outgoing: ServerResponse): void {
  const [version, ...path] = url.split("?")[0]?.split("/").filter(Boolean) ?? [];
  const send = (body: string | Buffer): void => {
    outgoing.writeHead(200, { "content-type": "text/plain" }).end(body);
  };
  if (version === undefined) send(VERSIONS.join("\n"));
  else if (!VERSIONS.includes(version)) outgoing.writeHead(404).end();
  else if (path.length === 1 && path[0] === "user-data") {
    if (subject.userData) send(subject.userData);
    else outgoing.writeHead(404).end();
  } else {
    const found = path.reduce<Tree | undefined>(
      (at, name) => (typeof at === "object" && Object.hasOwn(at, name) ? at[name] : undefined),
      tree(subject),
    );
    if (found === undefined) outgoing.writeHead(404).end();
    else send(typeof found === "string" ? found : list(found));
  }
}

function list(directory: Exclude<Tree, string>): string {
  return Object.entries(directory)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (typeof value === "string" ? name : `${name}/`))
    .join("\n");
}

function tree({ facts, account, region, architecture, credentials, launched, userData }: MetadataSubject): Tree {
  const dns = `ip-${facts.privateIp.replace(/\./g, "-")}.${region === "us-east-1" ? "ec2" : `${region}.compute`}.internal`;
  const identity = {
    accountId: account,
    architecture,
    availabilityZone: facts.availabilityZone,
    imageId: facts.imageId,
    instanceId: facts.id,
    instanceType: facts.type,
    pendingTime: launched.toISOString(),
    privateIp: facts.privateIp,
    region,
    version: "2017-09-30",
  };
  return {
    dynamic: { "instance-identity": { document: JSON.stringify(identity, null, 2) } },
    "meta-data": {
      "ami-id": facts.imageId,
      "ami-launch-index": "0",
      hostname: dns,
      iam: credentials && {
        info: JSON.stringify({ Code: "Success", InstanceProfileArn: facts.profileArn }),
        "security-credentials": { [facts.role as string]: securityCredentials(credentials, launched) },
      },
      "instance-action": "none",
      "instance-id": facts.id,
      "instance-life-cycle": "on-demand",
      "instance-type": facts.type,
      "local-hostname": dns,
      "local-ipv4": facts.privateIp,
      mac: facts.mac,
      network: {
        interfaces: {
          macs: {
            [facts.mac]: {
              "device-number": "0",
              "interface-id": facts.networkInterfaceId,
              "local-ipv4s": facts.privateIp,
              mac: facts.mac,
              "public-ipv4s": facts.publicIp,
              "security-group-ids": facts.securityGroups.join("\n"),
              "subnet-id": facts.subnetId,
              "vpc-id": facts.vpcId,
            },
          },
        },
      },
      placement: { "availability-zone": facts.availabilityZone, region },
      "public-ipv4": facts.publicIp,
      "security-groups": facts.securityGroups.join("\n"),
      services: { domain: "amazonaws.com", partition: "aws" },
    },
    "user-data": userData && "",
  };
}

function securityCredentials(credentials: Principal, updated: Date): string {
  return JSON.stringify(
    {
      Code: "Success",
      LastUpdated: updated.toISOString(),
      Type: "AWS-HMAC",
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      Token: credentials.sessionToken,
      Expiration: credentials.expires?.toISOString(),
    },
    null,
    2,
  );
}
