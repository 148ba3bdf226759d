/** A page on a nano host, by TLS where an ACME server is named; bench/tls.ts says what in SLIPWAY_BENCH_DECLARED. */
import { App, TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry, EcrRepository, NanoHost } from "../../src/aws/index.ts";
import { BuiltImage, HealthCheck, Tls, useLocalBackend } from "../../src/index.ts";

/** What the bench decides. */
export interface DeclaredTlsHost {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly instanceType: string;
  readonly context: string;
  readonly name: string;
  readonly acme?: { readonly directory: string; readonly caFile: string; readonly port: number };
}

const declared = JSON.parse(process.env.SLIPWAY_BENCH_DECLARED ?? "") as DeclaredTlsHost;
const { acme, context } = declared;
const app = new App();
const stack = new TerraformStack(app, declared.stack);
useLocalBackend(stack);
new AwsAccount(stack, "aws", { account: declared.account, region: declared.region });
const host = new NanoHost(stack, "host", {
  instanceType: declared.instanceType,
  outbound: acme && [{ port: acme.port, description: "the ACME server" }],
  tls:
    acme &&
    Tls.acme({ email: "ops@example.com", agreeToTerms: true, ...{ directory: acme.directory, caFile: acme.caFile } }),
});
const registry = new EcrRegistry(stack, "registry");
const repository = new EcrRepository(stack, "repository", { registry, name: "page", deleteWithImages: true });
const image = new BuiltImage(stack, "image", { context, repository, platform: host.platform });
const health = HealthCheck.http("/", { interval: 1, startPeriod: 5 });
host.serve(declared.name, { "/": host.run("page", { image, port: 8080, health, memoryMiB: 32 }) });
app.synth();
