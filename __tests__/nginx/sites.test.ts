import type { NginxSite } from "../../src/nginx/server.ts";
import { renderSites, type SitesOptions } from "../../src/nginx/sites.ts";
import type { NginxService } from "../../src/nginx/upstream.ts";
import { EMPTIED_HEADERS, LIMITS, PASSED_MAPS, passedHeaders } from "./settings-text.ts";
import { withoutMaintenance } from "./without-maintenance.ts";

const empty: SitesOptions = { flavour: "container", services: [], sites: [] };
const one: SitesOptions = { flavour: "container", services: [{ name: "web" }], sites: [] };

describe("renderSites", () => {
  test("in a container names backends by variables", () => {
    const text = renderSites({
      flavour: "container",
      publicPort: 8888,
      markerPort: 8100,
      services: [{ name: "front-end" }, { name: "catalog", internalListener: 9001 }],
      sites: [
        {
          name: "netflix.devops-days-upes.com",
          headers: { "X-Frame-Options": "DENY" },
          routes: {
            "/": "front-end",
            "/api": {
              service: "catalog",
              headers: { "Cache-Control": "no-store" },
              maxBodySize: "1m",
              readTimeoutSeconds: 300,
            },
          },
        },
      ],
    });
    expect(withoutMaintenance(text)).toBe(CONTAINER);
  });

  test("on an instance keeps the upstreams of both slots with their connections, and asks at each request which is live", () => {
    const text = renderSites({
      flavour: "instance",
      markerPort: 8100,
      services: [
        { name: "front-end", slots: [20_002, 20_003] },
        { name: "catalog", slots: [20_000, 20_001], internalListener: "172.17.0.1:9001" },
      ],
      sites: [
        {
          name: "*.example.com",
          maxBodySize: "0",
          routes: { "/shop/": "front-end", "/old": { address: "10.0.0.5:8080" } },
        },
      ],
    });
    expect(withoutMaintenance(text)).toBe(INSTANCE);
  });

  test("without sites answers nobody", () => {
    const text = renderSites(empty);
    expect(text.match(/^server \{$/gm)).toHaveLength(1);
    expect(text).toContain("server {\n    listen 80 default_server;\n    server_name _;\n    return 444;\n}\n");
    expect(text).not.toContain("$configuration_id");
  });

  test("does not show the order of declaration", () => {
    const services: NginxService[] = [
      { name: "web", slots: [1, 2] },
      { name: "api", slots: [3, 4], internalListener: 9001 },
      { name: "db", slots: [5, 6], internalListener: 9000 },
    ];
    const sites: NginxSite[] = [
      { name: "b.example.com", headers: { "X-B": "1", "X-A": "2" }, routes: { "/": "web", "/api": "api" } },
      { name: "A.example.com", routes: { "/x": { address: "10.0.0.2:80" }, "/": { address: "10.0.0.1:80" } } },
    ];
    const reversed = sites.map((site) => ({
      ...site,
      ...(site.headers ? { headers: reverse(site.headers) } : {}),
      routes: reverse(site.routes),
    }));
    for (const flavour of ["container", "instance"] as const) {
      expect(renderSites({ flavour, services: services.toReversed(), sites: reversed.toReversed() })).toBe(
        renderSites({ flavour, services, sites }),
      );
    }
  });

  test("lets no site's server set a request's headers, for it would lose those of all", () => {
    const sites = [{ name: "a.example.com", headers: { "X-A": "b" }, routes: { "/": "web", "/b": "web" } }];
    const [, server = ""] = renderSites({ ...one, sites }).split("server_name a.example.com;");
    expect(server).toContain("proxy_pass");
    expect(server).not.toContain("proxy_set_header");
  });

  test("asks its name server again after two seconds, or after as many as it is told", () => {
    expect(renderSites(empty)).toContain("resolver 127.0.0.11 valid=2s ipv6=off;");
    expect(renderSites({ ...empty, resolverSeconds: 1 })).toContain("resolver 127.0.0.11 valid=1s ipv6=off;");
  });

  test("listens where it is told", () => {
    const text = renderSites({ ...empty, port: 8080, address: "127.0.0.1" });
    expect(text).toContain("    listen 127.0.0.1:8080 default_server;\n");
  });

  test("a route's header wins over the site's, whatever its case", () => {
    const text = renderSites({
      ...one,
      sites: [
        {
          name: "a.example.com",
          headers: { "X-Frame-Options": "DENY" },
          routes: { "/": { service: "web", headers: { "x-frame-options": "SAMEORIGIN" } } },
        },
      ],
    });
    expect(withoutMaintenance(text).match(/add_header .*/g)).toEqual([
      "add_header X-Frame-Options DENY always;",
      "add_header x-frame-options SAMEORIGIN always;",
    ]);
  });

  const site = (routes: Record<string, string>, rest: object = {}) => [{ name: "a.example.com", routes, ...rest }];

  test.each<[string, Partial<SitesOptions>, string]>([
    [
      "two services of one name",
      { services: [{ name: "web" }, { name: "web" }] },
      'service name must be declared once, got "web"',
    ],
    [
      "two sites of one name",
      { sites: [...site({ "/": "web" }), { name: "A.EXAMPLE.com", routes: {} }] },
      'server name must be declared once, got "a.example.com"',
    ],
    [
      "two routes of one path",
      { sites: site({ "/a": "web", "/a/": "web" }) },
      'route path must be routed once in a.example.com, with or without a slash at its end, got "/a/"',
    ],
    [
      "an unknown service",
      { sites: site({ "/": "wbe" }) },
      'route must lead to a service that is declared, got "wbe": declared: web',
    ],
    [
      "a path without a slash",
      { sites: site({ api: "web" }) },
      'route path must begin with "/", got "api": use "/api"',
    ],
    [
      "a server name with a port",
      { sites: [{ name: "a.example.com:80", routes: {} }] },
      "server name must not have a port",
    ],
    [
      "a header line end",
      { sites: site({}, { headers: { "X-A": "a\nSet-Cookie: b" } }) },
      "header value must be printable ASCII",
    ],
    ["a header twice", { sites: site({}, { headers: { "X-A": "a", "x-a": "b" } }) }, "header name must be given once"],
    [
      "a header that the answer decides",
      { sites: site({}, { headers: { "Content-Type": "text/html" } }) },
      "let the service send it",
    ],
    [
      "a size that Nginx does not read",
      { sites: site({}, { maxBodySize: "10mb" }) },
      "nginx size must be a whole number",
    ],
    [
      "a timeout of 0",
      { sites: site({}, { readTimeoutSeconds: 0 }) },
      "read timeout must be whole seconds from 1 to 86400, got 0",
    ],
    ["a timeout in halves", { sites: site({}, { readTimeoutSeconds: 1.5 }) }, "read timeout must be whole seconds"],
    ["a public name server", { resolver: "8.8.8.8" }, "resolver must be a loopback or private IPv4 address"],
    ["port 0", { port: 0 }, "listen port must be a whole number from 1 to 65535"],
    [
      "public port 65536",
      { sites: site({ "/": "web" }), publicPort: 65536 },
      "public port must be a whole number from 1 to 65535",
    ],
    [
      "a listener on the sites' port",
      { services: [{ name: "web", internalListener: "172.17.0.1:80" }] },
      'listen port must be free for service web, got "80": the sites took it, choose another',
    ],
    [
      "two listeners of one port",
      {
        services: [
          { name: "web", internalListener: 9001 },
          { name: "api", internalListener: "127.0.0.1:9001" },
        ],
      },
      'listen port must be free for service web, got "9001": service api took it, choose another',
    ],
    [
      "a slot that another service has",
      {
        services: [
          { name: "web", slots: [20_000, 20_001] },
          { name: "api", slots: [20_001, 20_002] },
        ],
      },
      'listen port must be free for service web, got "20001": service api took it, choose another',
    ],
    ["a marker on the sites' port", { markerPort: 80 }, "listen port must be free for the release marker"],
  ])("refuses %s", (_, options, reason) => {
    expect(() => renderSites({ ...one, ...options })).toThrow(reason);
  });
});

function reverse<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).reverse());
}

const CONTAINER = `# written by slipway; the next release overwrites it

server_tokens off;
log_format slipway escape=json '{"time":"$time_iso8601","client":"$remote_addr","host":"$host","method":"$request_method","path":"$uri","status":"$status","bytes":"$body_bytes_sent","seconds":"$request_time","upstream":"$upstream_addr","upstream_seconds":"$upstream_response_time","agent":"$http_user_agent","id":"$request_id"}';
access_log /dev/stdout slipway;
resolver 127.0.0.11 valid=2s ipv6=off;
${LIMITS}proxy_set_header Host $host:8888;
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Host $host:8888;
proxy_set_header X-Forwarded-Port 8888;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Request-ID $request_id;
${EMPTIED_HEADERS}
${PASSED_MAPS}server {
    listen 80 default_server;
    server_name _;
    return 444;
}

server {
    listen 80;
    server_name netflix.devops-days-upes.com;
    proxy_hide_header X-Frame-Options;
    add_header X-Frame-Options DENY always;

    location / {
        proxy_pass http://$slipway_front_end;
    }

    location = /api {
        proxy_hide_header Cache-Control;
        proxy_hide_header X-Frame-Options;
        add_header Cache-Control no-store always;
        add_header X-Frame-Options DENY always;
        client_max_body_size 1m;
        proxy_send_timeout 300s;
        proxy_read_timeout 300s;
        proxy_pass http://$slipway_catalog;
    }

    location /api/ {
        proxy_hide_header Cache-Control;
        proxy_hide_header X-Frame-Options;
        add_header Cache-Control no-store always;
        add_header X-Frame-Options DENY always;
        client_max_body_size 1m;
        proxy_send_timeout 300s;
        proxy_read_timeout 300s;
        proxy_pass http://$slipway_catalog;
    }
}

server {
    listen 9001 default_server;
    server_name _;
${passedHeaders(9001)}    proxy_send_timeout 300s;
    proxy_read_timeout 300s;

    location / {
        proxy_pass http://$slipway_catalog;
    }
}

server {
    listen 127.0.0.1:8100;
    server_name _;
    access_log off;
    default_type text/plain;
    return 200 $configuration_id;
}
`;

const INSTANCE = `# written by slipway; the next release overwrites it

server_tokens off;
open_file_cache off;
log_format slipway escape=json '{"time":"$time_iso8601","client":"$remote_addr","host":"$host","method":"$request_method","path":"$uri","status":"$status","bytes":"$body_bytes_sent","seconds":"$request_time","upstream":"$upstream_addr","upstream_seconds":"$upstream_response_time","agent":"$http_user_agent","id":"$request_id"}';
access_log /var/log/nginx/access.log slipway;
resolver 127.0.0.53 valid=2s ipv6=off;
${LIMITS}proxy_set_header Host $host;
proxy_set_header X-Forwarded-For $remote_addr;
proxy_set_header X-Forwarded-Host $host;
proxy_set_header X-Forwarded-Port 80;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Request-ID $request_id;
${EMPTIED_HEADERS}
${PASSED_MAPS}upstream slipway_catalog_0 {
    server 127.0.0.1:20000;
    keepalive 16;
    keepalive_timeout 1s;
}

upstream slipway_catalog_1 {
    server 127.0.0.1:20001;
    keepalive 16;
    keepalive_timeout 1s;
}

upstream slipway_front_end_0 {
    server 127.0.0.1:20002;
    keepalive 16;
    keepalive_timeout 1s;
}

upstream slipway_front_end_1 {
    server 127.0.0.1:20003;
    keepalive 16;
    keepalive_timeout 1s;
}

upstream backend_1 {
    server 10.0.0.5:8080;
    keepalive 16;
    keepalive_timeout 1s;
}

server {
    listen 80 default_server;
    server_name _;
    return 444;
}

server {
    listen 80;
    server_name *.example.com;
    client_max_body_size 0;
    set $slipway_front_end slipway_front_end_0;

    if (-f /var/lib/slipway/live/front-end.1) {
        set $slipway_front_end slipway_front_end_1;
    }

    location / {
        return 404;
    }

    location = /old {
        proxy_pass http://backend_1;
    }

    location /old/ {
        proxy_pass http://backend_1;
    }

    location = /shop {
        proxy_pass http://$slipway_front_end;
    }

    location /shop/ {
        proxy_pass http://$slipway_front_end;
    }
}

server {
    listen 172.17.0.1:9001 default_server;
    server_name _;
${passedHeaders(9001)}    client_max_body_size 0;
    set $slipway_catalog slipway_catalog_0;

    if (-f /var/lib/slipway/live/catalog.1) {
        set $slipway_catalog slipway_catalog_1;
    }

    location / {
        proxy_pass http://$slipway_catalog;
    }
}

server {
    listen 127.0.0.1:8100;
    server_name _;
    access_log off;
    default_type text/plain;

    location / {
        return 404;
    }

    location = / {
        root /var/lib/slipway/live;
        try_files /release =503;
    }

    location = /configuration {
        return 200 $configuration_id;
    }
}
`;
