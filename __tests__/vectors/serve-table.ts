import { HealthCheck, type IBackend, type IHost, type IImage } from "../../src/index.ts";
import type { HttpTable } from "./http-table.ts";

/** Declares what the requests' table asks, on any kind of host. @param image the application `echo` */
export function serveTable(host: IHost, image: IImage, { services, sites }: HttpTable["declaration"]): void {
  const health = HealthCheck.http("/status/200", { interval: 1, timeout: 2, retries: 3, startPeriod: 30 });
  const made = new Map<string, IBackend>(
    services.map((name) => [name, host.run(name, { image, port: 8080, health, env: { NAME: name }, memoryMiB: 64 })]),
  );
  for (const { name, routes, ...options } of sites) {
    const led = Object.entries(routes).map(([path, to]) => [path, made.get(String(to)) as IBackend] as const);
    host.serve(name, Object.fromEntries(led), options);
  }
}
