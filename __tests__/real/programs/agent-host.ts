/** A stack of the tests' own: one page on one nano host of the usual type, which runs arm64, by the agent of the tree that this file lies in. */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import {
  AwsAccount,
  EcrRegistry,
  EcrRepository,
  NanoHost,
  type NanoHostProps,
  Secret,
} from "../../../src/aws/index.ts";
import { BuiltImage, HealthCheck, Signing, Tls, useLocalBackend } from "../../../src/index.ts";

/** What a test decides; it comes as JSON in SLIPWAY_TEST_DECLARED. */
export interface DeclaredPage {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  /** The folder that the page's image is built from. */
  readonly context: string;
  /** Where the page is asked whether it is healthy. */
  readonly health: string;
  readonly waitForRelease: boolean;
  /** More of the host, e.g. its type. @default - the usual one */
  readonly host?: Pick<
    NanoHostProps,
    "instanceType" | "packages" | "outbound" | "logs" | "usageAlarms" | "unattendedReboot"
  >;
  /** A parameter that the page reads as `TOKEN`. @default - it reads none */
  readonly parameter?: string;
  /** A parameter with the certificate by which `secure.example.org` serves the page, too. @default - it does not */
  readonly certificate?: string;
  /** Public keys of which one must have signed what the host runs. @default - it asks for no signature */
  readonly signers?: readonly string[];
  /** What the page's image is signed by: the file of a private key, or the ARN of a key of KMS. @default - it is not signed */
  readonly signedBy?: string;
  /** When the page's image also says that it reports, as cron has it. @default - never */
  readonly reports?: string;
}

const declared = JSON.parse(process.env.SLIPWAY_TEST_DECLARED ?? "") as DeclaredPage;
const app = new App();
const stack = new TerraformStack(app, declared.stack);
useLocalBackend(stack);
new AwsAccount(stack, "aws", { account: declared.account, region: declared.region });
const host = new NanoHost(stack, "host", {
  ...declared.host,
  waitForRelease: declared.waitForRelease,
  deadlineSeconds: 300,
  drainSeconds: 2,
  requireSignature: declared.signers,
});
const { signedBy } = declared;
const sign =
  signedBy === undefined
    ? undefined
    : signedBy.startsWith("arn:")
      ? Signing.kms(signedBy)
      : Signing.key({ file: signedBy });
const registry = new EcrRegistry(stack, "registry");
const repository = new EcrRepository(stack, "repository", { registry, name: "page", deleteWithImages: true });
const image = new BuiltImage(stack, "image", { context: declared.context, repository, platform: host.platform, sign });
const health = HealthCheck.http(declared.health, { interval: 1, retries: 2, startPeriod: 1 });
const { parameter, certificate, reports } = declared;
const secrets = parameter === undefined ? undefined : { TOKEN: Secret.fromParameter(parameter) };
const page = host.run("page", { image, port: 8080, health, secrets });
host.serve("page.example.org", { "/": page });
if (certificate !== undefined) {
  host.serve("secure.example.org", { "/": page }, { tls: Tls.certificate(Secret.fromParameter(certificate)) });
}
if (reports !== undefined) host.schedule("report", { image, command: ["echo", "it reports"], cron: reports });
new TerraformOutput(stack, "address", { value: host.publicIp });
app.synth();
