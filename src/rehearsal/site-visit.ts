import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { MotoClient } from "./doubles/moto-client.ts";

const POLL_MS = 250;
const VISIT_TIMEOUT_MS = 3_000;

/** What a visitor got: a status and a body, or why there was none. */
export type Visit = { readonly status: number; readonly body: string } | { readonly nothing: string };

/** Asks `address` for a page under a server name. */
export function visit(address: string, name: string, path = "/", port = 80): Promise<Visit> {
  return new Promise((resolve) => {
    const asking = request({ host: address, port, path, headers: { host: name }, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", (error) => resolve({ nothing: error.message }));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }));
    });
    asking.setTimeout(VISIT_TIMEOUT_MS, () => asking.destroy(new Error("no answer in time")));
    asking.on("error", (error) => resolve({ nothing: error.message }));
    asking.end();
  });
}

export interface AwaitedBody {
  readonly name: string;
  readonly path: string;
  /** @default - any answer will do but a server's error */
  readonly text?: string;
  readonly timeoutMs: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
}

/** Visits until the page holds `text`, where one is given: a server's default page answers 200 long before the application does. */
export async function awaitBody(
  where: () => Promise<string | undefined>,
  { name, path, text, timeoutMs, signal }: AwaitedBody,
): Promise<{ address: string; at: number; status: number; body: string }> {
  const deadline = Date.now() + timeoutMs;
  let last: Visit | undefined;
  while (Date.now() < deadline && !signal?.aborted) {
    const address = await where();
    if (address) {
      last = await visit(address, name, path);
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
