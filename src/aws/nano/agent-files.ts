import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentKind, agentFiles, agentSources, withoutComments } from "../../host-agent/agent-files.ts";
import type { ArchivedFile } from "../../host-agent/ustar.ts";

const PARTS = join(__dirname, "agent/lib/slipway");

/** What dehydrated calls where names are shown to be the host's by records in Route 53. */
function dnsChallenge(): ArchivedFile {
  const content = readFileSync(join(PARTS, "dns-challenge.sh"), "utf8");
  return { path: "lib/slipway/dns-challenge.sh", permissions: "0644", content };
}

/** A nano keeps its ledger and its secrets in AWS, its data on an EBS volume, and tells CloudWatch how full it is. */
const NANO: AgentKind = { parts: PARTS };

/** The shell files of a nano's agent as they were written. */
export function hostAgentSources(): ArchivedFile[] {
  return [...agentSources(NANO), dnsChallenge()];
}

/** All files of a nano's agent as it gets them. */
export function hostAgentFiles(): ArchivedFile[] {
  const hook = dnsChallenge();
  return [...agentFiles(NANO), { ...hook, content: withoutComments(hook.content) }];
}
