import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { hostAgentFiles } from "../../../../src/aws/nano/agent-files.ts";
import { commandDocument } from "../../../../src/aws/nano/command-document.ts";
import type { AgentArtifact } from "../../../../src/host-agent/packed-agent.ts";
import { type ArchivedFile, ustar } from "../../../../src/host-agent/ustar.ts";
import type { FakeNano, FakeService } from "../agent/fake-nano.ts";

/** An agent that knows two words: it says what it is told, and `selfTest` is what it does when it is asked whether it can work. */
export function smallAgent(name: string, selfTest = "true"): AgentArtifact {
  const content = `#!/bin/sh
case \${1:-} in
  self-test) shift; ${selfTest} ;;
  *) echo "agent ${name}: $*" ;;
esac
`;
  return packed([{ path: "sbin/slipway", content, permissions: "0755" }]);
}

/** The agent of today, with its paths below the host's folder. */
export function wholeAgent(nano: FakeNano): AgentArtifact {
  const moved = (text: string) => text.replaceAll("/etc/nginx/slipway/", `${nano.root}/etc/nginx/slipway/`);
  return packed(
    hostAgentFiles().map((file) => (file.path.startsWith("host/") ? { ...file, content: moved(file.content) } : file)),
  );
}

function packed(files: readonly ArchivedFile[]): AgentArtifact {
  const archive = ustar(files);
  return { sha256: createHash("sha256").update(archive).digest("hex"), bytes: gzipSync(archive) };
}

/** Puts the document of `agent` into the account, as Terraform does. */
export function publish(nano: FakeNano, name: string, agent: AgentArtifact): void {
  nano.pretend(`aws/documents/${name}`, JSON.stringify({ Content: commandDocument(agent).text }));
}

/** Puts a release that is made for `agent`. */
export function put(nano: FakeNano, document: string, agent: AgentArtifact, services: FakeService[] = []) {
  return nano.put(nano.manifest(services, { agent: { document, sha256: agent.sha256 } }));
}

/** What Run Command does with the document of `agent`. */
export function tell(
  nano: FakeNano,
  agent: AgentArtifact,
  { version, release }: { version: number; release: string },
  environment?: Record<string, string>,
) {
  const words = ["told", agent.sha256, "converge", `${version}`, release];
  return nano.stageZero(words, agent.bytes.toString("base64"), environment);
}
