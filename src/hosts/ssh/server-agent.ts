import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AgentKind, agentFiles, agentSources } from "../../host-agent/agent-files.ts";
import { hostUnits } from "../../host-agent/host-units.ts";
import { PackedAgent } from "../../host-agent/packed-agent.ts";
import type { ArchivedFile } from "../../host-agent/ustar.ts";

/** A server keeps its ledger and its secrets itself, and gets its units with the agent, for no user data brings them. */
const SERVER: AgentKind = {
  parts: join(__dirname, "agent"),
  files: hostUnits().map(({ path, content }) => ({ path: `host${path}`, content, permissions: "0644" })),
};

/** The agent of a server that is told by ssh. */
export const SERVER_AGENT = new PackedAgent(join(__dirname, "agent.tar.gz"), () => agentFiles(SERVER));

/** Its shell files as they were written. */
export function serverAgentSources(): ArchivedFile[] {
  return agentSources(SERVER);
}

/** Slipway's program on the server, which installs, keeps the ledger and brings the agent. */
export function serverProgram(): string {
  return readFileSync(join(__dirname, "server/slipway-agent.sh"), "utf8");
}
