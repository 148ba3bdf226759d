import { mainConfiguration, type NginxFlavour } from "../../src/nginx/main-configuration.ts";
import { releaseFile } from "../../src/nginx/server.ts";
import { renderSites, type SitesOptions } from "../../src/nginx/sites.ts";
import { upstreamFile } from "../../src/nginx/upstream.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { type Echo, EchoService } from "./echo-service.ts";
import type { RawAnswer } from "./raw-request.ts";
import { NginxFolder, pause, type RunningNginx } from "./running-nginx.ts";

export const NAME = "shop.example.com";
export const FLAVOURS: NginxFlavour[] = ["container", "instance"];

export function echoOf(answer: RawAnswer): Echo {
  return JSON.parse(answer.body);
}

/** The headers by which a service learns of a visitor who claims nothing, and none besides. */
export function headersOf(visitor: { host: string; port: string; proto: string; address: string }) {
  return {
    host: visitor.host,
    "x-forwarded-for": visitor.address,
    "x-forwarded-host": visitor.host,
    "x-forwarded-port": visitor.port,
    "x-forwarded-proto": visitor.proto,
    "x-real-ip": visitor.address,
    "x-request-id": expect.stringMatching(/^[0-9a-f]{32}$/),
  };
}

export function upstreamPath(service: string): string {
  return `/etc/nginx/slipway/upstream-${service}.conf`;
}

export function files(options: SitesOptions, addresses: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { flavour } = options;
  const upstreams = Object.entries(flavour === "container" ? addresses : {}).map(([service, address]) => [
    upstreamPath(service),
    upstreamFile({ service, address }),
  ]);
  return {
    "/etc/nginx/nginx.conf": mainConfiguration({ flavour }),
    "/etc/nginx/slipway/sites.conf": renderSites(options),
    ...(options.markerPort === undefined ? {} : { "/etc/nginx/slipway/release.conf": releaseFile("first") }),
    ...Object.fromEntries(upstreams),
  };
}

export interface Host {
  readonly nginx: RunningNginx;
  readonly port: number;
}

/** What a file of real tests needs to serve sites; whatever it started ends after each test. */
export function nginxHosts() {
  const cleanUps: (() => unknown)[] = [];

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  async function service(name: string): Promise<EchoService> {
    const started = await EchoService.start(name, await freePort());
    cleanUps.push(() => started.stop());
    return started;
  }

  /** Starts Nginx with the generated files; what differs from a host is the folder, the ports and the address 127.0.0.1. */
  async function host(
    flavour: NginxFlavour,
    options: Partial<SitesOptions>,
    services: Readonly<Record<string, Pick<EchoService, "port">>> = {},
  ): Promise<Host> {
    const port = await freePort();
    const addresses = Object.fromEntries(Object.entries(services).map(([name, to]) => [name, `127.0.0.1:${to.port}`]));
    const declared = await Promise.all(
      Object.entries(services).map(async ([name, to]) => ({ name, slots: [to.port, await freePort()] as const })),
    );
    const all: SitesOptions = { flavour, port, address: "127.0.0.1", services: declared, sites: [], ...options };
    const folder = new NginxFolder(files(all, addresses));
    cleanUps.push(() => folder.remove());
    const tried = folder.test();
    expect(complaints(tried.output)).toEqual([]);
    expect(tried.status).toBe(0);
    const nginx = await folder.start(port);
    cleanUps.push(() => nginx.stop());
    return { nginx, port };
  }

  return { cleanUps, service, host };
}

export async function until(isDone: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await isDone())) {
    expect(Date.now()).toBeLessThan(deadline);
    await pause(10);
  }
}

/** Everything that Nginx says beyond success, but for the user directive, which needs root to mean anything. */
export function complaints(output: string): string[] {
  const expected = /syntax is ok|test is successful|the "user" directive makes sense only if/;
  return output.split("\n").filter((line) => line !== "" && !expected.test(line));
}
