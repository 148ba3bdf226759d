/** The course's application as the netflix stacks run it: whatever the host and wherever its images are kept. */
import type { Construct } from "constructs";
import { BuiltImage, HealthCheck, type IHost, type IRegistry, type IService } from "../src/index.ts";
import { catalogSource, frontendSource, version } from "./netflix-sources.ts";

/** Builds both images into `registry` and runs them on `host`. @returns the front end, which visitors are led to */
export function runNetflix(stack: Construct, host: IHost, registry: IRegistry): IService {
  const catalogImage = new BuiltImage(stack, "catalog-image", {
    ...catalogSource(),
    repository: registry.repository("netflix-movie-catalog"),
    version: version(),
    platform: host.platform,
  });
  const frontendImage = new BuiltImage(stack, "frontend-image", {
    ...frontendSource(),
    repository: registry.repository("netflix-frontend"),
    version: version(),
    platform: host.platform,
  });

  const catalog = host.run("catalog", {
    image: catalogImage,
    port: 8080,
    health: HealthCheck.http("/status"),
    memoryMiB: 96,
  });
  return host.run("frontend", {
    image: frontendImage,
    port: 3000,
    health: HealthCheck.http("/ready", { startPeriod: 60 }),
    env: { MOVIE_CATALOG_SERVICE: catalog.url },
    memoryMiB: 128,
  });
}
