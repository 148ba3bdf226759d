import { Directive } from "../../src/nginx/directive.ts";
import { releaseFile } from "../../src/nginx/server.ts";
import { slotFile, Upstreams, upstreamFile } from "../../src/nginx/upstream.ts";

describe("upstreamFile", () => {
  test("is a constant, since its name is looked up at each request", () => {
    expect(upstreamFile({ service: "front-end", address: "front-end-1a2b:3000" })).toBe(
      'map "" $slipway_front_end {\n    default front-end-1a2b:3000;\n}\n',
    );
  });

  test.each(["Catalog", "a_b", "9a", "a-", "-a", "", "a".repeat(41)])("refuses service %j", (service) => {
    const reason = "service name must be at most 40 lower-case letters, digits and inner dashes, a letter first";
    expect(() => upstreamFile({ service, address: "127.0.0.1:80" })).toThrow(reason);
    expect(() => slotFile(service)).toThrow(reason);
  });

  test.each(["catalog", "$host:80", "127.0.0.1:80 backup"])("refuses %j", (address) => {
    expect(() => upstreamFile({ service: "catalog", address })).toThrow("backend address must be a host and a port");
  });
});

describe("releaseFile", () => {
  test("is the marker's constant", () => {
    expect(releaseFile("0a1b2c")).toBe('map "" $configuration_id {\n    default 0a1b2c;\n}\n');
  });

  test.each(["", "a b", "$x", "a\n", "a".repeat(129)])("refuses %j", (id) => {
    expect(() => releaseFile(id)).toThrow("release id must be at most 128 letters, digits");
  });
});

describe("Upstreams", () => {
  const print = (upstreams: Upstreams) => upstreams.directives().map((directive) => directive.print());

  test("numbers addresses by their sorted text and looks names up late", () => {
    const upstreams = new Upstreams("instance", [], ["legacy.example.com:80", "10.0.0.5:80", "10.0.0.5:80"]);
    expect(upstreams.urlOf({ address: "10.0.0.5:80" })).toEqual({ upstream: "backend_1", isVariable: false });
    expect(upstreams.urlOf({ address: "legacy.example.com:80" })).toEqual({ upstream: "backend_2", isVariable: true });
    expect(print(upstreams)).toEqual([
      "upstream backend_1 {\n    server 10.0.0.5:80;\n    keepalive 16;\n    keepalive_timeout 1s;\n}\n",
      'map "" $backend_2 {\n    default legacy.example.com:80;\n}\n',
    ]);
  });

  test("names what is declared when a route leads nowhere", () => {
    const upstreams = new Upstreams("container", [{ name: "web" }, { name: "api" }]);
    expect(() => upstreams.urlOf({ service: "wbe" })).toThrow(
      'route must lead to a service that is declared, got "wbe": declared: api, web',
    );
  });

  test("on an instance has both slots of a service for good, and asks at each request which is live", () => {
    const upstreams = new Upstreams("instance", [{ name: "front-end", slots: [20_000, 20_001] }]);
    expect(print(upstreams)).toEqual([
      "upstream slipway_front_end_0 {\n    server 127.0.0.1:20000;\n    keepalive 16;\n    keepalive_timeout 1s;\n}\n",
      "upstream slipway_front_end_1 {\n    server 127.0.0.1:20001;\n    keepalive 16;\n    keepalive_timeout 1s;\n}\n",
    ]);
    const route = { service: "front-end" };
    expect(upstreams.choices([route, { address: "10.0.0.5:80" }, route]).map((each) => each.print())).toEqual([
      "set $slipway_front_end slipway_front_end_0;\n",
      "if (-f /var/lib/slipway/live/front-end.1) {\n    set $slipway_front_end slipway_front_end_1;\n}\n",
    ]);
    expect(upstreams.urlOf(route)).toEqual({ upstream: "slipway_front_end", isVariable: true });
    expect(slotFile("front-end")).toBe("front-end.1");
  });

  test("in a container has its services in files of their own", () => {
    const upstreams = new Upstreams("container", [{ name: "web" }]);
    expect(print(upstreams)).toEqual([]);
    expect(upstreams.choices([{ service: "web" }])).toEqual([]);
  });

  test.each<[string, () => unknown, string]>([
    ["an instance's service without slots", () => print(new Upstreams("instance", [{ name: "web" }])), "two slots"],
    [
      "a slot that is no port",
      () => print(new Upstreams("instance", [{ name: "web", slots: [1, 65_536] }])),
      "slot must be a whole number from 1 to 65535",
    ],
  ])("refuses %s", (_, make, reason) => {
    expect(make).toThrow(reason);
  });

  test("gives only names that proxy_pass takes", () => {
    const upstreams = new Upstreams("container", [{ name: "front-end" }]);
    expect(Directive.of("proxy_pass", upstreams.urlOf({ service: "front-end" })).print()).toBe(
      "proxy_pass http://$slipway_front_end;\n",
    );
    expect(() => Directive.of("proxy_pass", { upstream: "arg_u", isVariable: true })).toThrow("must be a name of ours");
  });
});

test("a container's own machine is looked up once, in the hosts file, for no name server knows it", () => {
  const address = "host.docker.internal:3000";
  const upstreams = new Upstreams("container", [], [address]);
  expect(upstreams.urlOf({ address })).toEqual({ upstream: "backend_1", isVariable: false });
  expect(upstreams.directives()[0]?.print()).toContain("    server host.docker.internal:3000;\n");
  expect(new Upstreams("instance", [], [address]).urlOf({ address })).toMatchObject({ isVariable: true });
});
