import { Directive } from "../../src/nginx/directive.ts";
import type { NginxFlavour } from "../../src/nginx/main-configuration.ts";
import { releaseFile } from "../../src/nginx/server.ts";
import { Upstreams, upstreamFile } from "../../src/nginx/upstream.ts";

describe("upstreamFile", () => {
  test("is a constant in a container, since its name is looked up at each request", () => {
    expect(upstreamFile({ flavour: "container", service: "front-end", address: "front-end-1a2b:3000" })).toBe(
      'map "" $slipway_front_end {\n    default front-end-1a2b:3000;\n}\n',
    );
  });

  test("is one line on an instance", () => {
    expect(upstreamFile({ flavour: "instance", service: "catalog", address: "127.0.0.1:20001" })).toBe(
      "server 127.0.0.1:20001;\n",
    );
  });

  test.each(["Catalog", "a_b", "9a", "a-", "-a", "", "a".repeat(41)])("refuses service %j", (service) => {
    for (const flavour of ["container", "instance"] as const) {
      expect(() => upstreamFile({ flavour, service, address: "127.0.0.1:80" })).toThrow(
        "service name must be at most 40 lower-case letters, digits and inner dashes, a letter first",
      );
    }
  });

  test.each<[NginxFlavour, string, string]>([
    ["container", "catalog", "backend address must be a host and a port"],
    ["container", "$host:80", "backend address must be a host and a port"],
    ["instance", "127.0.0.1", "backend address must be a host and a port"],
    ["instance", "catalog:80", "upstream address must be an IP address and a port"],
    ["instance", "127.0.0.1:80 backup", "upstream address must be an IP address and a port"],
  ])("in a %s refuses %j", (flavour, address, reason) => {
    expect(() => upstreamFile({ flavour, service: "catalog", address })).toThrow(reason);
  });
});

describe("releaseFile", () => {
  test("is the marker's constant", () => {
    expect(releaseFile("0a1b2c")).toBe('map "" $release_id {\n    default 0a1b2c;\n}\n');
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
    const upstreams = new Upstreams("container", ["web", "api"], []);
    expect(() => upstreams.urlOf({ service: "wbe" })).toThrow(
      'route must lead to a service that is declared, got "wbe": declared: api, web',
    );
  });

  test("gives only names that proxy_pass takes", () => {
    const upstreams = new Upstreams("container", ["front-end"], []);
    expect(Directive.of("proxy_pass", upstreams.urlOf({ service: "front-end" })).print()).toBe(
      "proxy_pass http://$slipway_front_end;\n",
    );
    expect(() => Directive.of("proxy_pass", { upstream: "arg_u", isVariable: true })).toThrow("must be a name of ours");
  });
});
