import { connect, createServer, type Server } from "node:net";
import { readInstance } from "./instance-facts.ts";
import type { MotoClient } from "./moto-client.ts";
import type { XmlElement } from "./xml-element.ts";

interface Route {
  readonly listen: string;
  readonly port: number;
  readonly target: string;
}

const ANYWHERE = "0.0.0.0/0";
/** A rule that opens more ports than this is not forwarded port by port. */
const MOST_PORTS = 100;

/**
 * The Internet's side of an instance: each Elastic IP that the API has associated (moto gives out loopback addresses)
 * listens on the TCP ports that the instance's security groups open to everyone, and on no other.
 */
export class ElasticAddresses {
  readonly #servers = new Map<string, Server>();
  #work: Promise<void> = Promise.resolve();

  /** @param locate where the machine of an instance really is */
  constructor(
    private readonly moto: MotoClient,
    private readonly locate: (instanceId: string) => string | undefined,
  ) {}

  /** Brings the listeners in line with the API; calls queue up. */
  sync(): Promise<void> {
    const next = this.#work.then(() => this.#align());
    this.#work = next.catch(() => {});
    return next;
  }

  /** What is open at the moment, as `address:port>machine`. */
  get open(): string[] {
    return [...this.#servers.keys()];
  }

  /** The ports that are open, on whatever address. */
  get ports(): number[] {
    return this.open.map((key) => Number(/:(\d+)>/.exec(key)?.[1]));
  }

  async close(): Promise<void> {
    await this.#work;
    for (const key of this.open) await this.#stop(key);
  }

  async #align(): Promise<void> {
    const wanted = new Map(
      (await this.#routes()).map((route) => [`${route.listen}:${route.port}>${route.target}`, route]),
    );
    for (const key of this.open) if (!wanted.has(key)) await this.#stop(key);
    for (const [key, route] of wanted) if (!this.#servers.has(key)) this.#servers.set(key, await forward(route));
  }

  async #routes(): Promise<Route[]> {
    const routes: Route[] = [];
    const addresses = await this.moto.query("ec2", "DescribeAddresses", {});
    for (const address of addresses.items("addressesSet")) {
      const listen = address.value("publicIp");
      const found = await this.#associated(address);
      const target = found && this.locate(found.instanceId);
      if (!listen || !target) continue;
      for (const port of await this.#openPorts(found.groups)) routes.push({ listen, port, target });
    }
    return routes;
  }

  async #associated(address: XmlElement): Promise<{ instanceId: string; groups: readonly string[] } | undefined> {
    const interfaceId = address.value("networkInterfaceId");
    const instanceId = address.value("instanceId");
    if (interfaceId) {
      const answer = await this.moto.query("ec2", "DescribeNetworkInterfaces", { "NetworkInterfaceId.1": interfaceId });
      const nic = answer.items("networkInterfaceSet")[0];
      const attached = nic?.value("attachment/instanceId") ?? instanceId;
      const groups = nic?.items("groupSet").flatMap((group) => group.value("groupId") ?? []) ?? [];
      return attached ? { instanceId: attached, groups } : undefined;
    }
    return instanceId ? { instanceId, groups: (await readInstance(this.moto, instanceId)).securityGroups } : undefined;
  }

  async #openPorts(groups: readonly string[]): Promise<number[]> {
    if (groups.length === 0) return [];
    const fields = Object.fromEntries(groups.map((group, index) => [`GroupId.${index + 1}`, group]));
    const answer = await this.moto.query("ec2", "DescribeSecurityGroups", fields);
    const ports = new Set<number>();
    for (const rule of answer.items("securityGroupInfo").flatMap((group) => group.items("ipPermissions"))) {
      const everyone = rule.items("ipRanges").some((range) => range.value("cidrIp") === ANYWHERE);
      const from = Number(rule.value("fromPort") ?? Number.NaN);
      const to = Number(rule.value("toPort") ?? Number.NaN);
      if (!everyone || rule.value("ipProtocol") !== "tcp" || !(to - from < MOST_PORTS)) continue;
      for (let port = from; port <= to; port += 1) ports.add(port);
    }
    return [...ports];
  }

  async #stop(key: string): Promise<void> {
    const server = this.#servers.get(key);
    this.#servers.delete(key);
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  }
}

function forward({ listen, port, target }: Route): Promise<Server> {
  const server = createServer((client) => {
    const upstream = connect({ host: target, port });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
    }
    client.pipe(upstream).pipe(client);
  });
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, listen, () => resolve(server));
  });
}
