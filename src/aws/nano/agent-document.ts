import { SsmDocument } from "@cdktf/provider-aws/lib/ssm-document";
import { Construct } from "constructs";
import type { AgentReference } from "../../host-agent/manifest-locals.ts";
import { Generation } from "../../terraform/generation.ts";
import type { AwsAccount } from "../aws-account.ts";
import { agentArtifact } from "./agent-artifact.ts";
import { commandDocument } from "./command-document.ts";

const SHA_DIGITS = 12;
const UUID_DIGITS = 8;

/** How long the name of a host's documents may be before what tells one from another. */
export const LONGEST_DOCUMENT_NAME = 128 - SHA_DIGITS - UUID_DIGITS - 2;

/** All documents of a host in a policy. Why not `*`: of `shop.host` and `shop.host-2` one would read the other's. */
export function anyDocumentOf(name: string): string {
  return `document/${name}-${"?".repeat(SHA_DIGITS)}-${"?".repeat(UUID_DIGITS)}`;
}

/** What an {@link AgentDocument} takes. */
export interface AgentDocumentProps {
  readonly account: AwsAccount;
  /** What the document's name begins with. */
  readonly name: string;
}

/**
 * The document by which a host gets its agent and hears of a release. Why another name for each content, and each time that
 * one comes back: a document that is updated to what it held before keeps its newest version as the default, and the
 * document of before a release that failed is there, under its name, until a release succeeds.
 */
export class AgentDocument extends Construct {
  readonly agent: AgentReference;
  /** The document, which must be there before a host is told. */
  readonly document: SsmDocument;

  constructor(scope: Construct, id: string, { account, name }: AgentDocumentProps) {
    super(scope, id);
    const { text, sha256 } = commandDocument();
    const generation = new Generation(this, "Generation", sha256);
    this.document = new SsmDocument(this, "Resource", {
      name: `${name}-${sha256.slice(0, SHA_DIGITS)}-${generation.digits(UUID_DIGITS)}`,
      documentType: "Command",
      documentFormat: "JSON",
      targetType: "/AWS::EC2::Instance",
      content: text,
      // What its name tells it by is the same on every machine; how the agent in it is compressed may not be.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ["content"] },
    });
    this.agent = { document: this.document.name, sha256: agentArtifact().sha256 };
    account.addDeployerStatements({
      sid: "SsmDocument",
      actions: DOCUMENT_ACTIONS,
      resources: [account.arn("ssm", anyDocumentOf(name))],
    });
  }
}

const DOCUMENT_ACTIONS = [
  "ssm:AddTagsToResource",
  "ssm:CreateDocument",
  "ssm:DeleteDocument",
  "ssm:DescribeDocument",
  "ssm:DescribeDocumentPermission",
  "ssm:GetDocument",
  "ssm:ListTagsForResource",
  "ssm:RemoveTagsFromResource",
] as const;
