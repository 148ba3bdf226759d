/** Seconds that one run on the host may take: a drain and a stop grace of an hour each are allowed. */
const LONGEST_RUN = 10_800;

/**
 * The text of the Systems Manager document by which a deployer sends a host a release. Why a document of our own: whoever may
 * send it can have a release converged or asked about, and can run nothing else.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-syntax-data-elements-parameters.html
 */
export function commandDocument(): string {
  return JSON.stringify({
    schemaVersion: "2.2",
    description: "Slipway: converge this host to a release, or say what it serves",
    parameters: {
      verb: {
        type: "String",
        description: "What to do",
        allowedValues: ["converge", "status"],
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
    },
    mainSteps: [
      {
        action: "aws:runShellScript",
        name: "slipway",
        precondition: { StringEquals: ["platformType", "Linux"] },
        inputs: {
          timeoutSeconds: `${LONGEST_RUN}`,
          runCommand: ["/usr/local/sbin/slipway {{ verb }} {{ version }} {{ release }}"],
        },
      },
    ],
  });
}
