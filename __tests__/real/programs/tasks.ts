/** A stack of the tests' own: a service of the local engine, and the migration that it needs. */
import { App, TerraformStack } from "cdktf";
import { BuiltImage, HealthCheck, LocalHost, SelfHostedRegistry, useLocalBackend } from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-test-tasks");
useLocalBackend(stack);
const registry = new SelfHostedRegistry(stack, "registry", { port: 5906 });
const image = new BuiltImage(stack, "image", { context: "app", repository: registry.repository("page") });
const host = new LocalHost(stack, "host", { port: 8906, drainSeconds: 1 });
const page = host.run("page", { image, port: 5000, health: HealthCheck.http("/", { interval: 1 }) });
const migrations = process.env.SLIPWAY_TEST_MIGRATION;
if (migrations !== undefined) {
  const command = ["python3", "-u", "migrate.py", ...migrations.split(" ")];
  host.task("migrate", {
    image,
    command,
    before: [page],
    env: { TEXT: "${HOME} 'quoted' \"twice\" \\n" },
    timeoutSeconds: 20,
  });
}
host.serve("page.localhost", { "/": page });
app.synth();
