import { join } from "node:path";
import { type AgentKind, agentFiles, agentSources } from "../../host-agent/agent-files.ts";
import type { ArchivedFile } from "../../host-agent/ustar.ts";

/** A nano keeps its ledger and its secrets in AWS, its data on an EBS volume, and tells CloudWatch how full it is. */
const NANO: AgentKind = { parts: join(__dirname, "agent/lib/slipway") };

/** The shell files of a nano's agent as they were written. */
export function hostAgentSources(): ArchivedFile[] {
  return agentSources(NANO);
}

/** All files of a nano's agent as it gets them. */
export function hostAgentFiles(): ArchivedFile[] {
  return agentFiles(NANO);
}
