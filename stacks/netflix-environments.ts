/**
 * The course's exercise in three environments, declared once: dev on the local engine, staging and production on AWS.
 *
 * Shows what differs between environments as values of one's own type, and that production builds nothing: it serves the
 * very images that staging served last, by digest, which the apply copies from one account's registry to the other's.
 * Run: npm run up -- netflix-dev    then: curl -H 'Host: netflix.localhost' http://127.0.0.1:8894/
 * Then: SLIPWAY_STAGING_ACCOUNT=111122223333 npm run up -- netflix-staging, which writes release.netflix-staging.json
 * And: SLIPWAY_PRODUCTION_ACCOUNT=444455556666 npm run up -- netflix-production
 * Also: SLIPWAY_PREVIEW=pr-42 npm run up -- netflix-preview-pr-42, which npx slipway down --expired takes away after 3 days
 */
import { type App, TerraformOutput } from "cdktf";
import { EcrRegistry, NanoHost } from "../src/aws/index.ts";
import {
  BuiltImage,
  Environment,
  HealthCheck,
  LocalHost,
  Platform,
  PromotableRelease,
  PromotedImage,
  SelfHostedRegistry,
} from "../src/index.ts";
import { catalogSource, frontendSource, version } from "./netflix-sources.ts";

/** What differs between the environments beside where they are. */
interface Values {
  /** The size of the machine; without one, the services run on the local engine. */
  readonly instanceType?: string;
  /** On the local engine: where Nginx and the registry listen. */
  readonly ports?: { readonly nginx: number; readonly registry: number };
  readonly frontendMemoryMiB: number;
  /** Whose images it serves; without one, it builds its own. */
  readonly promotes?: string;
}

const { SLIPWAY_STAGING_ACCOUNT, SLIPWAY_PRODUCTION_ACCOUNT, SLIPWAY_PREVIEW } = process.env;
const region = process.env.SLIPWAY_AWS_REGION ?? "eu-west-1";

const ENVIRONMENTS: readonly Environment<Values>[] = [
  new Environment({
    name: "dev",
    domain: "localhost",
    values: { ports: { nginx: 8894, registry: 5008 }, frontendMemoryMiB: 128 },
  }),
  new Environment({
    name: "staging",
    account: SLIPWAY_STAGING_ACCOUNT ?? "111122223333",
    region,
    domain: "staging.devops-days-upes.com",
    values: { instanceType: "t4g.nano", frontendMemoryMiB: 128 },
  }),
  new Environment({
    name: "production",
    account: SLIPWAY_PRODUCTION_ACCOUNT ?? "444455556666",
    region,
    domain: "devops-days-upes.com",
    values: { instanceType: "t4g.micro", frontendMemoryMiB: 256, promotes: "staging" },
  }),
  ...(SLIPWAY_PREVIEW
    ? [
        Environment.preview(SLIPWAY_PREVIEW, {
          expiresAfter: "3d",
          domain: `${SLIPWAY_PREVIEW}.localhost`,
          values: { ports: { nginx: 8895, registry: 5009 }, frontendMemoryMiB: 128 },
        }),
      ]
    : []),
];

/** The names of the stacks that {@link netflixEnvironments} declares. */
export const NETFLIX_ENVIRONMENTS = ENVIRONMENTS.map((environment) => environment.stackName("netflix"));

/** Declares the application in every environment, or in the one whose stack is named. */
export function netflixEnvironments(app: App, only?: string): void {
  for (const environment of ENVIRONMENTS) {
    if (only === undefined || only === environment.stackName("netflix")) netflix(app, environment);
  }
}

function netflix(app: App, environment: Environment<Values>): void {
  const stack = environment.stack(app, "netflix");
  const { instanceType, ports, frontendMemoryMiB, promotes } = environment.values;
  const onAws = instanceType !== undefined;
  const registry = onAws
    ? new EcrRegistry(stack, "registry")
    : new SelfHostedRegistry(stack, "registry", { port: ports?.registry ?? 5008 });
  const host = onAws
    ? new NanoHost(stack, "host", { instanceType })
    : new LocalHost(stack, "host", { port: ports?.nginx });

  const image = (id: string, name: string, source: typeof catalogSource | typeof frontendSource) => {
    const repository = registry.repository(name);
    if (promotes !== undefined)
      return PromotedImage.from(stack, id, { release: `release.netflix-${promotes}.json`, repository });
    return new BuiltImage(stack, id, {
      ...source(),
      repository,
      version: version(),
      platform: onAws ? Platform.LINUX_ARM64 : undefined,
    });
  };

  const catalog = host.run("catalog", {
    image: image("catalog-image", "netflix-movie-catalog", catalogSource),
    port: 8080,
    health: HealthCheck.http("/status"),
    memoryMiB: 96,
  });
  const frontend = host.run("frontend", {
    image: image("frontend-image", "netflix-frontend", frontendSource),
    port: 3000,
    health: HealthCheck.http("/ready", { startPeriod: 60 }),
    env: { MOVIE_CATALOG_SERVICE: catalog.url },
    memoryMiB: frontendMemoryMiB,
  });
  const site = host.serve(environment.hostname("netflix"), { "/": frontend });
  new PromotableRelease(stack, "release");

  new TerraformOutput(stack, "url", { value: host.urlOf(site) });
  if (host instanceof NanoHost) new TerraformOutput(stack, "address", { value: host.publicIp });
}
