import { join } from "node:path";
import { type AgentArtifact, PackedAgent } from "../../host-agent/packed-agent.ts";
import { hostAgentFiles } from "./agent-files.ts";

const AGENT = new PackedAgent(join(__dirname, "agent.tar.gz"), hostAgentFiles);

/** The agent of a nano. */
export function agentArtifact(): AgentArtifact {
  return AGENT.artifact;
}

/** Writes it beside the compiled module, as a package carries it. */
export function packAgent(): void {
  AGENT.pack();
}
