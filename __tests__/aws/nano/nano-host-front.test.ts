import type { TerraformStack } from "cdktf";
import { NanoHost, type NanoHostProps } from "../../../src/aws/index.ts";
import type { IService, RunOptions } from "../../../src/hosts/host.ts";
import { Tls } from "../../../src/release/tls.ts";
import { HealthCheck } from "../../../src/values/health-check.ts";
import type { SynthesizedStack } from "../../synthesize.ts";
import { DIGEST, type Manifest, nano, pulled } from "./nano-host-stack.ts";

const NAME = "shop.example.com";
const ADDRESS = (host: string) => `\${aws_network_interface.${host}_ElasticIp_Interface_X.private_ip}`;
const LISTENER = 31_000 + 102; // the port of "web"

/** Names of resources without their digest. */
const plain = (text: string) => text.replace(/(?<=_)[0-9A-F]{8}(?=\b|")/g, "X");

interface Both {
  readonly front: NanoHost;
  readonly apps: NanoHost;
  readonly stack: TerraformStack;
}

/** A stack with the host `front` and the host `apps` behind it, and the manifests that each is told. */
function behind(declare: (both: Both) => unknown, props: NanoHostProps = {}) {
  const seen: { both?: Both } = {};
  const stack = nano((_, scope) => {
    const both = { front: new NanoHost(scope, "front"), apps: new NanoHost(scope, "apps", props), stack: scope };
    seen.both = both;
    declare(both);
  });
  const { locals } = JSON.parse(plain(stack.json)) as { locals: Record<string, Manifest> };
  const told = (host: string) => locals[`${host}_Release_Manifest_X`] as Manifest;
  return { stack, front: told("front"), apps: told("apps"), hosts: seen.both as Both };
}

const web = ({ apps, stack }: Both, options: Partial<RunOptions> = {}): IService =>
  apps.run("web", { image: pulled(stack), port: 80, ...options });

/** What the firewall of `host` has beyond what each host has. */
function rules(stack: SynthesizedStack, host: string) {
  const found = (["ingress", "egress"] as const).flatMap((way) =>
    Object.entries(stack.resource[`aws_vpc_security_group_${way}_rule`] ?? {}).map(([name, rule]) => ({
      name,
      way,
      ...rule,
    })),
  );
  return found.filter(
    ({ name, ...rule }) =>
      name.startsWith(`${host}_`) && (rule as Record<string, unknown>).referenced_security_group_id,
  );
}

test("a front leads to the private address of the host behind, which lets nobody else in", () => {
  const { stack, front, apps } = behind((both) => both.front.serve(NAME, { "/": web(both) }));
  expect(front.sites).toContain(`server ${ADDRESS("apps")}:${LISTENER};\n`);
  expect(front.sites).not.toContain("private-");
  const server = apps.sites.slice(apps.sites.indexOf(`    listen ${LISTENER} default_server;`));
  expect(server).toContain(`    set_real_ip_from ${ADDRESS("front")};\n    real_ip_header X-Forwarded-For;\n`);
  expect(server).toContain("    if ($is_front = 0) {\n        return 444;\n    }\n");
  expect(server).toContain("    if (-f /var/lib/slipway/live/web.1) {\n");
  expect(apps.sites).toContain(`geo $realip_remote_addr $is_front {\n    default 0;\n    ${ADDRESS("front")} 1;\n}`);
  expect(apps.sites).not.toContain("private-");
  const group = (host: string) => `\${aws_security_group.${host}_Firewall_X.id}`;
  const port = { ip_protocol: "tcp", from_port: LISTENER, to_port: LISTENER };
  expect(JSON.parse(plain(JSON.stringify(rules(stack, "apps"))))).toMatchObject([
    {
      name: `apps_Firewall_In-${LISTENER}-stack--front_X`,
      way: "ingress",
      ...port,
      description: "the host stack/front",
      security_group_id: group("apps"),
      referenced_security_group_id: group("front"),
      lifecycle: {
        precondition: [
          {
            condition: "${contains([data.aws_vpc.front_VpcSubnet_Vpc_X.id], data.aws_vpc.apps_VpcSubnet_Vpc_X.id)}",
            error_message:
              "stack/front leads to stack/apps by its private address, so both must be in one VPC, but they are in ${data.aws_vpc.front_VpcSubnet_Vpc_X.id} and ${data.aws_vpc.apps_VpcSubnet_Vpc_X.id}: give them subnets of the same",
          },
        ],
      },
    },
  ]);
  expect(JSON.parse(plain(JSON.stringify(rules(stack, "front"))))).toMatchObject([
    { way: "egress", ...port, security_group_id: group("front"), referenced_security_group_id: group("apps") },
  ]);
  // no site of its own, so no port for visitors
  expect(stack.json).not.toMatch(/"apps_Firewall_In-80_/);
});

test("a release of an application, and another instance of its host, change nothing on the front", () => {
  const declared = (digit: string, props: NanoHostProps) => {
    const { stack } = behind((both) => {
      const image = pulled(both.stack);
      Object.defineProperty(image, "reference", { value: `example.com/app@sha256:${digit.repeat(64)}` });
      both.front.serve(NAME, { "/": both.apps.run("web", { image, port: 80, env: { VERSION: digit } }) });
    }, props);
    const document = JSON.parse(stack.json) as Record<string, Record<string, Record<string, unknown>>>;
    const flat = Object.entries(document).flatMap(([kind, of]) =>
      Object.entries(of).flatMap(([type, named]): [string, unknown][] =>
        kind === "locals" ? [[type, named]] : Object.entries(named).map(([name, each]) => [`${type}.${name}`, each]),
      ),
    );
    return new Map(flat);
  };
  const [before, after] = [declared("1", {}), declared("2", { packages: ["htop"] })];
  const changed = [...after].filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before.get(key)));
  expect(changed.length).toBeGreaterThan(1);
  expect(changed.map(([key]) => key).filter((key) => !/(^|\.)apps_/.test(key))).toEqual([]);
});

test("names of upstreams do not depend on what else a stack declares", () => {
  const texts = (more: number) => {
    const { front, apps } = behind((both) => {
      for (let at = 0; at < more; at += 1) pulled(both.stack, `more${at}`);
      const other = both.apps.run("api", { image: pulled(both.stack, "api"), port: 80 });
      both.front.serve(NAME, { "/": web(both), "/api": other });
    });
    return [front.sites, apps.sites];
  };
  expect(texts(0)).toEqual(texts(9));
});

test("its sites' limits, silence and name hold behind it too, for a route that comes later as well", () => {
  const { apps, hosts } = behind((both) => {
    const service = web(both, { health: HealthCheck.http("/status") });
    const other = both.apps.run("api", { image: pulled(both.stack, "api"), port: 80 });
    const site = both.front.serve(NAME, { "/": { to: service, maxBodySize: "50m", readTimeoutSeconds: 300 } });
    expect(both.apps.release.services.map(({ name, health }) => [name, health.toJSON().host])).toEqual([
      ["api", undefined],
      ["web", NAME],
    ]);
    site.addRoute("/api", { to: other, buffering: false });
  });
  const listener = (port: number) => apps.sites.split("\nserver {").find((text) => text.includes(`listen ${port} `));
  expect(listener(LISTENER)).toContain("client_max_body_size 50m;");
  expect(listener(LISTENER)).toContain("proxy_buffering off;");
  expect(apps.drainSeconds).toBe(300);
  const fronts = hosts.apps.release.fronts;
  expect(fronts).toMatchObject([{ host: "stack/front", services: ["api", "web"], sites: [{ name: NAME }] }]);
});

test("a service that speaks gRPC is reached by it", () => {
  const { front, apps } = behind((both) => both.front.serve(NAME, { "/shop.Catalog": web(both, { grpc: true }) }));
  expect(front.sites).toContain("grpc_pass grpc://backend_1;");
  expect(apps.sites).toContain(`listen ${LISTENER} http2 default_server;`);
});

test("two hosts may be in front of one, and a host behind may have sites of its own", () => {
  const { apps, stack } = behind((both) => {
    const service = web(both);
    const second = new NanoHost(both.stack, "second");
    both.front.serve(NAME, { "/": service });
    second.serve("other.example.com", { "/": service });
    both.apps.serve("own.example.com", { "/": service });
  });
  for (const host of ["front", "second"]) expect(apps.sites).toContain(`    ${ADDRESS(host)} 1;\n`);
  expect(apps.sites).toContain("server_name own.example.com;");
  expect(rules(stack, "apps")).toHaveLength(2);
});

test("a front whose visitors come by TLS leads there from each text of the name", () => {
  const tls = Tls.acme({ email: "ops@example.com", agreeToTerms: true });
  const { stack, front } = behind((both) => both.front.serve(NAME, { "/": web(both) }, { tls }));
  const { tls: [name] = [] } = front as Manifest & { tls: { before: string; secured: string }[] };
  expect(name?.before).toContain("proxy_pass http://backend_1;");
  expect(name?.secured).toContain("proxy_pass http://backend_1;");
  expect(front.sites).toContain(`server ${ADDRESS("apps")}:${LISTENER};\n`);
  expect(stack.json).not.toContain(".slipway;");
});

test("a host without any in front is told what it was told before", () => {
  const { apps } = behind((both) => both.apps.serve(NAME, { "/": web(both) }));
  expect(apps.sites).not.toMatch(/is_front|set_real_ip/);
  expect(apps.services).toMatchObject([{ image: `example.com/app@${DIGEST}` }]);
});
