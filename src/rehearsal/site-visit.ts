import { type IncomingHttpHeaders, request } from "node:http";
import { request as requestByTls } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { type PeerCertificate, TLSSocket } from "node:tls";
import type { AwsAccount } from "./doubles/aws-account.ts";
import type { MotoClient } from "./doubles/moto-client.ts";
import { REHEARSED_SECRET } from "./kept-secrets.ts";

const POLL_MS = 250;
const VISIT_TIMEOUT_MS = 3_000;

/** How somebody visits. */
export interface VisitOptions {
  /** Who must have signed the site's certificate, in PEM. @default - it is visited by HTTP */
  readonly ca?: string;
  /** Who says who he is, with the password of a rehearsal. @default - nobody */
  readonly user?: string;
  /** @default - that of HTTP or of HTTPS */
  readonly port?: number;
}

/** The answer that a visitor got. */
export interface SiteAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  /** The site's, where it was visited by TLS. */
  readonly certificate?: PeerCertificate;
}

/** What a visitor got: an answer, or why there was none. */
export type Visit = SiteAnswer | { readonly nothing: string };

/** Asks `address` for a page under a server name. */
export function visit(
  address: string,
  name: string,
  path = "/",
  { ca, user, port }: VisitOptions = {},
): Promise<Visit> {
  const auth = user === undefined ? undefined : `${user}:${REHEARSED_SECRET}`;
  const options = { host: address, port, path, headers: { host: name }, auth, agent: false };
  return new Promise((resolve) => {
    const asking = ca === undefined ? request(options) : requestByTls({ ...options, ca, servername: name });
    asking.on("response", (answer) => {
      const certificate = answer.socket instanceof TLSSocket ? answer.socket.getPeerCertificate() : undefined;
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", (error) => resolve({ nothing: error.message }));
      answer.on("end", () => {
        const { statusCode: status = 0, headers } = answer;
        const body = Buffer.concat(chunks).toString("utf8");
        resolve({ status, body, headers, ...(certificate && { certificate }) });
      });
    });
    asking.setTimeout(VISIT_TIMEOUT_MS, () => asking.destroy(new Error("no answer in time")));
    asking.on("error", (error) => resolve({ nothing: error.message }));
    asking.end();
  });
}

export interface AwaitedBody {
  readonly name: string;
  readonly path: string;
  /** @default - by HTTP, and nobody in particular */
  readonly how?: VisitOptions;
  /** @default - any answer will do but a server's error */
  readonly text?: string;
  readonly timeoutMs: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** Visits until the page holds `text`, where one is given: a server's default page answers 200 long before the application does. */
export async function awaitBody(
  where: () => Promise<string | undefined>,
  { name, path, how, text, timeoutMs, signal }: AwaitedBody,
): Promise<SiteAnswer & { address: string; at: number }> {
  const deadline = Date.now() + timeoutMs;
  let last: Visit | undefined;
  while (Date.now() < deadline && !signal?.aborted) {
    const address = await where();
    if (address) {
      last = await visit(address, name, path, how);
      if ("body" in last && isAnswer(last, text)) return { address, at: Date.now(), ...last };
    }
    await sleep(POLL_MS);
  }
  const got = last === undefined ? "no address" : "nothing" in last ? last.nothing : `status ${last.status}`;
  const wanted = text === undefined ? "" : ` with ${JSON.stringify(text)}`;
  throw new Error(`${name}${path} did not answer${wanted}, last: ${got}`);
}

function isAnswer({ status, body }: { status: number; body: string }, text: string | undefined): boolean {
  return text === undefined ? status < 500 : status === 200 && body.includes(text);
}

/** The address of a server name: what Route 53 says, or else the account's one Elastic IP. */
export async function resolveName(moto: MotoClient, name: string): Promise<string | undefined> {
  const zones = await moto.get("route53", "/2013-04-01/hostedzone");
  for (const id of zones.all("HostedZone").map((zone) => zone.value("Id") ?? "")) {
    const records = await moto.get("route53", `/2013-04-01/hostedzone/${id.split("/").pop()}/rrset`);
    for (const record of records.all("ResourceRecordSet")) {
      const isName = record.value("Name")?.replace(/\.$/, "") === name;
      if (isName && record.value("Type") === "A") return record.all("Value")[0]?.text;
    }
  }
  const addresses = (await moto.query("ec2", "DescribeAddresses", {})).items("addressesSet");
  return addresses.length === 1 ? addresses[0]?.value("publicIp") : undefined;
}

/** Where visitors of the name go: what resolves it, or else the one address with a port for them. */
export async function whereIs(
  { moto, addresses }: Pick<AwsAccount, "moto" | "addresses">,
  name: string,
): Promise<string | undefined> {
  return (await resolveName(moto, name)) ?? addresses.open.find((key) => key.includes(":80>"))?.split(":")[0];
}
