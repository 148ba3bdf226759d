/**
 * The course's exercise on the local engine: a Flask movie catalogue and its Node front end behind one name.
 *
 * Shows two services that find each other by `url`, and how a real checkout takes the place of the examples.
 * Run: npm run up -- netflix    then: curl -H 'Host: netflix.devops-days-upes.com' http://127.0.0.1:8889/
 * Real checkouts: SLIPWAY_CATALOG_DIR=../NetflixMovieCatalog SLIPWAY_FRONTEND_DIR=../NetflixFrontend npm run up -- netflix
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { BuiltImage, HealthCheck, LocalHost, SelfHostedRegistry, useLocalBackend } from "../src/index.ts";
import { catalogSource, frontendSource, version } from "./netflix-sources.ts";

export class NetflixStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const registry = new SelfHostedRegistry(this, "registry", { port: 5002 });
    const catalogImage = new BuiltImage(this, "catalog-image", {
      ...catalogSource(),
      repository: registry.repository("netflix-movie-catalog"),
      version: version(),
    });
    const frontendImage = new BuiltImage(this, "frontend-image", {
      ...frontendSource(),
      repository: registry.repository("netflix-frontend"),
      version: version(),
    });

    const host = new LocalHost(this, "host", { port: 8889 });
    const catalog = host.run("catalog", { image: catalogImage, port: 8080, health: HealthCheck.http("/status") });
    const frontend = host.run("frontend", {
      image: frontendImage,
      port: 3000,
      health: HealthCheck.http("/ready", { startPeriod: 60 }),
      env: { MOVIE_CATALOG_SERVICE: catalog.url },
    });
    const site = host.serve("netflix.devops-days-upes.com", { "/": frontend });

    new TerraformOutput(this, "url", { value: host.urlOf(site) });
  }
}
