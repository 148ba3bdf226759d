import { Directive } from "../../src/nginx/directive.ts";

const header = (name: string, value = "x") => Directive.of("add_header", name, value, "always");
const listen = Directive.of("listen", 80);

describe("Directive", () => {
  test("prints simple directives close together and blocks apart, four spaces a level", () => {
    const server = Directive.server([
      listen,
      Directive.of("server_name", "shop.example.com"),
      Directive.location("/", [Directive.of("return", "404")]),
      Directive.exactLocation("/a", [Directive.of("return", "444")]),
    ]);
    expect(Directive.file("http", [Directive.of("server_tokens", "off"), server])).toBe(
      `# written by slipway; the next release overwrites it

server_tokens off;

server {
    listen 80;
    server_name shop.example.com;

    location / {
        return 404;
    }

    location = /a {
        return 444;
    }
}
`,
    );
  });

  test("asks for a file in a server, and can do nothing there but name an upstream", () => {
    const upstreams = { there: "slipway_web_1", missing: "slipway_web_0" };
    const choice = Directive.upstreamByFile("slipway_web", "web.1", upstreams);
    expect(Directive.server([listen, ...choice]).print()).toBe(`server {
    listen 80;
    set $slipway_web slipway_web_0;

    if (-f /var/lib/slipway/live/web.1) {
        set $slipway_web slipway_web_1;
    }
}
`);
    expect(() => Directive.location("/", choice)).toThrow("must not stand in location");
    expect(() => Directive.server([...choice, ...choice])).toThrow("must stand once");
    for (const file of ["", "../web.1", "web.1) {", "/etc/passwd", "web 1", "$uri", "web..1"]) {
      expect(() => Directive.upstreamByFile("slipway_web", file, upstreams)).toThrow("live file must be a plain name");
    }
    expect(() => Directive.upstreamByFile("uri", "web.1", upstreams)).toThrow("must be a name of ours");
    expect(() => Directive.upstreamByFile("slipway_web", "web.1", { ...upstreams, there: "$arg_u" })).toThrow(
      "must be a name of ours",
    );
  });

  test("quotes what needs quotes", () => {
    expect(header("X-A", 'say "a; b"').print()).toBe('add_header X-A "say \\"a; b\\"" always;\n');
  });

  test.each<[string, () => unknown, string]>([
    ["server in server", () => Directive.server([Directive.server([])]), "must not stand in server"],
    ["proxy_pass in server", () => Directive.server([pass()]), 'must not stand in server, got "proxy_pass"'],
    [
      "location in location",
      () => Directive.location("/", [Directive.location("/a", [])]),
      "must not stand in location",
    ],
    ["listen in http", () => Directive.http([listen]), "must not stand in http"],
    ["a server in the main file", () => Directive.file("main", [Directive.server([])]), "must not stand in main"],
  ])("refuses %s", (_, make, reason) => {
    expect(make).toThrow(reason);
  });

  test("refuses a nested block that would lose a header", () => {
    expect(() => Directive.server([header("X-A"), Directive.location("/", [header("X-B")])])).toThrow(
      'nginx directive must be repeated in the location that has its own, got "add_header X-A"',
    );
  });

  test("sees the loss through a block between", () => {
    const around = Directive.of("proxy_set_header", "X-Real-IP", "$remote_addr");
    const inner = Directive.location("/", [Directive.of("proxy_set_header", "Proxy", "")]);
    expect(() => Directive.server([around, inner])).toThrow("must be repeated in the location");
  });

  test("takes a nested block that repeats them all, whatever their case, or has none", () => {
    const repeats = Directive.location("/", [header("x-a", "other"), header("X-B")]);
    expect(() => Directive.server([header("X-A"), repeats, Directive.location("/a", [pass()])])).not.toThrow();
  });

  test.each<[string, () => unknown, string]>([
    [
      "a setting twice",
      () => Directive.server([listen, size(), size()]),
      'must stand once, got "client_max_body_size"',
    ],
    ["a header twice", () => Directive.server([header("X-A"), header("x-a")]), 'must stand once, got "add_header x-a"'],
    [
      "a location twice",
      () => Directive.server([location("/a"), location("/a")]),
      'must stand once, got "location /a"',
    ],
    ["two default servers", () => Directive.file("http", [unknown(), unknown()]), "listen 80 default_server"],
    ["an upstream without a server", () => Directive.upstream("slipway_a", keepalive()), "must begin an upstream"],
  ])("refuses %s", (_, make, reason) => {
    expect(make).toThrow(reason);
  });

  test("takes locations that differ in case or in kind", () => {
    const exact = Directive.exactLocation("/a", []);
    expect(() => Directive.server([location("/a"), location("/A"), exact])).not.toThrow();
  });

  test("knows no other directive, at run time either", () => {
    const name = "alias" as "server_tokens";
    expect(() => Directive.of(name, "off")).toThrow('nginx directive must be one that the grammar has, got "alias"');
    expect(() => Directive.of("toString" as "server_tokens", "off")).toThrow("must be one that the grammar has");
  });

  test("takes as many values as the directive has", () => {
    expect(() => Directive.of("server_tokens", ...(["off", "off"] as unknown as ["off"]))).toThrow(
      "takes 1 values, got 2",
    );
    expect(() => Directive.of("listen", ...([80, "default_server", "ssl"] as unknown as [80]))).toThrow(
      "takes 2 values",
    );
  });

  test("the compiler refuses what the grammar lacks", () => {
    const unsafe = () => {
      // @ts-expect-error files are never served
      Directive.of("alias", "/srv/");
      // @ts-expect-error no conditions
      Directive.of("if", "($x)");
      // @ts-expect-error no variables
      Directive.of("set", "$uri", "/");
      // @ts-expect-error no folder but the live one
      Directive.of("root", "/srv");
      // @ts-expect-error the version stays hidden
      Directive.of("server_tokens", "on");
      // @ts-expect-error no address that a request names
      Directive.of("proxy_pass", "http://$arg_u");
      // @ts-expect-error headers stand on error answers too
      Directive.of("add_header", "X-A", "b");
      // @ts-expect-error no redirect built from the request
      Directive.of("return", "301", "https://$host$uri");
      // @ts-expect-error no directive by hand
      new Directive("alias", ["/srv/"], ["location"]);
    };
    expect(unsafe).toThrow();
  });
});

function pass(): Directive {
  return Directive.of("proxy_pass", { upstream: "slipway_catalog", isVariable: true });
}

function size(): Directive {
  return Directive.of("client_max_body_size", "1m");
}

function location(path: string): Directive {
  return Directive.location(path, []);
}

function unknown(): Directive {
  return Directive.server([Directive.of("listen", 80, "default_server")]);
}

function keepalive(): Directive {
  return Directive.of("keepalive", 16);
}
