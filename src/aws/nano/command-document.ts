import { createHash } from "node:crypto";
import type { AgentArtifact } from "../../host-agent/packed-agent.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { agentArtifact } from "./agent-artifact.ts";

/** What a document may hold, in bytes, what it is given when it is sent included. */
export const DOCUMENT_LIMIT = 65_536;

/** What a deployer gives: a few words, a version and a hash, with what JSON puts around them. */
const GIVEN = 512;
const LONGEST_WORDS = 256;
const VERBS = ["converge", "status", "releases", "logs", "rollback", "maintenance"] as const;
/** Long, for what JSON puts around a line counts, too. */
const LINE = 960;

/** The document by which a deployer sends a host a release, with the agent for it. */
export interface CommandDocument {
  readonly text: string;
  /** Of all that it says and of the agent in it, 64 hexadecimal digits; the same on every machine. */
  readonly sha256: string;
}

/**
 * The Systems Manager document of this Slipway. Why a document of our own: whoever may send it can have the host do
 * what its agent has a verb for, and can run nothing else. Its lines hand the agent in them to the host's stage 0.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
 * @throws InvalidValueError when it is over Systems Manager's limit; the message has both sizes
 */
export function commandDocument(agent: AgentArtifact = agentArtifact()): CommandDocument {
  const text = documentText(agent.sha256, agent.bytes.toString("base64"));
  const size = Buffer.byteLength(text) + GIVEN;
  if (size > DOCUMENT_LIMIT) {
    throw new InvalidValueError({
      subject: "the document with the host's agent",
      rule: `must be at most ${DOCUMENT_LIMIT} bytes with what it is given`,
      got: size,
      remedy: "this is a fault of Slipway's: report it, and stay with the version before",
    });
  }
  return { text, sha256: createHash("sha256").update(documentText(agent.sha256, "")).digest("hex") };
}

function documentText(sha256: string, base64: string): string {
  return JSON.stringify({
    schemaVersion: "2.2",
    description: "Slipway: converge this host to a release, say what it serves, go back to an earlier one",
    parameters: {
      verb: {
        type: "String",
        description: "What to do",
        allowedValues: VERBS,
        default: "converge",
      },
      version: {
        type: "String",
        description: "Version of the host's release parameter",
        allowedPattern: "^[0-9]{1,9}$",
        default: "0",
      },
      release: {
        type: "String",
        description: "SHA-256 of the release's manifest",
        allowedPattern: "^[0-9a-f]{64}$",
        default: "0".repeat(64),
      },
      words: {
        type: "String",
        description: "What the verb is about",
        allowedPattern: `^[a-z0-9._ -]{0,${LONGEST_WORDS}}$`,
        default: "",
      },
      seconds: {
        type: "String",
        description: "Seconds that it may take on the host",
        allowedPattern: "^[0-9]{1,6}$",
        default: "10800",
      },
    },
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: "slipway",
        precondition: { StringEquals: ["platformType", "Linux"] },
        inputs: { timeoutSeconds: "{{ seconds }}", runCommand: lines(sha256, base64) },
      },
    ],
  });
}

const LIB = "/usr/local/lib/slipway";
const STAGE_ZERO = "/usr/local/sbin/slipway-agent";

/** A host of before agents travelled has the file `bootstrap` and no stage 0. */
function lines(sha256: string, base64: string): string[] {
  return [
    `if [ ! -x ${STAGE_ZERO} ]; then`,
    `[ ! -e ${LIB}/bootstrap ] || { echo 'slipway: this host was made by a Slipway whose agent could not be replaced: replace the instance once, by userDataReplaceOnChange: true or terraform apply -replace'; exit 1; }`,
    "echo 'slipway: cloud-init has not written the files of this host yet'; exit 75",
    "fi",
    `exec ${STAGE_ZERO} told ${sha256} {{ verb }} {{ version }} {{ release }} {{ words }} <<'end'`,
    ...(base64.match(new RegExp(`.{1,${LINE}}`, "g")) ?? []),
    "end",
  ];
}
