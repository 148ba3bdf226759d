import { renderSites, renderTlsSites, type SitesOptions } from "../../src/nginx/sites.ts";
import { nginxTlsSites } from "../../src/nginx/tls.ts";
import type { Site } from "../../src/release/site.ts";
import { TrustedProxies } from "../../src/release/trusted-proxies.ts";
import { withoutMaintenance } from "./without-maintenance.ts";

function render(sites: SitesOptions["sites"], options: Partial<SitesOptions> = {}): string {
  return renderSites({ flavour: "container", services: [{ name: "web" }], sites, ...options });
}

/** What a text has that one of a site without options has not. */
function added(
  site: Omit<SitesOptions["sites"][number], "name" | "routes">,
  options: Partial<SitesOptions> = {},
): string[] {
  const bare = render([{ name: "a.test", routes: { "/": "web" } }]).split("\n");
  return render([{ name: "a.test", routes: { "/": "web" }, ...site }], options)
    .split("\n")
    .filter((line) => !bare.includes(line))
    .map((line) => line.trim());
}

test("each option of a site is its own lines", () => {
  expect(added({ buffering: false })).toEqual(["proxy_buffering off;"]);
  expect(added({ idleTimeoutSeconds: 3600 })).toEqual(["proxy_send_timeout 3600s;", "proxy_read_timeout 3600s;"]);
  expect(added({ allow: ["10.0.0.0/8", "203.0.113.7"] })).toEqual([
    "allow 10.0.0.0/8;",
    "allow 203.0.113.7;",
    "deny all;",
  ]);
  expect(added({ gzip: false })).toEqual(["gzip off;"]);
  expect(added({ gzip: true })).toEqual([
    "gzip on;",
    "gzip_vary on;",
    "gzip_proxied any;",
    "gzip_min_length 1024;",
    expect.stringMatching(/^gzip_types application\/javascript application\/json .*text\/xml;$/),
  ]);
  expect(added({ underscoresInHeaders: true })).toEqual(["underscores_in_headers on;"]);
  expect(added({ cookieBuffers: true })).toEqual([
    "large_client_header_buffers 4 32k;",
    "proxy_buffer_size 64k;",
    "proxy_buffers 16 16k;",
  ]);
  expect(added({ rateLimit: { perSecond: 10 } })).toEqual([
    "limit_req_zone $binary_remote_addr zone=rate_e14aa593:1m rate=10r/s;",
    "limit_req zone=rate_e14aa593 burst=10 nodelay;",
    "limit_req_status 429;",
  ]);
  expect(added({ rateLimit: { perMinute: 3, burst: 0 } }).slice(0, 2)).toEqual([
    "limit_req_zone $binary_remote_addr zone=rate_e14aa593:1m rate=3r/m;",
    "limit_req zone=rate_e14aa593;",
  ]);
});

test("pages of one's own stand in locations that no visitor can ask for", () => {
  const text = render([{ name: "a.test", routes: { "/": "web" }, errorPages: { 502: "<b>;</b>", 404: "gone" } }]);
  expect(withoutMaintenance(text).split("server_name a.test;\n")[1]).toBe(`    error_page 404 @error_404;
    error_page 502 @error_502;

    location / {
        proxy_pass http://$slipway_web;
    }

    location @error_404 {
        default_type text/html;
        charset utf-8;
        return 404 gone;
    }

    location @error_502 {
        default_type text/html;
        charset utf-8;
        return 502 "<b>;</b>";
    }
}
`);
});

test("a site that is being worked on has one location", () => {
  const routes = { "/": "web", "/old": { redirect: "/new" } };
  const text = render([{ name: "a.test", routes, maintenance: true }], {
    services: [{ name: "web", slots: [1, 2] }],
    flavour: "instance",
  });
  expect(text.split("server_name a.test;\n")[1]).toBe(`    proxy_hide_header Retry-After;
    add_header Retry-After 300 always;

    location / {
        default_type text/html;
        charset utf-8;
        return 503 "<!doctype html><title>Maintenance</title><h1>Back soon</h1>";
    }
}
`);
});

test("a default site takes the place of the server that answers nobody", () => {
  const sites = [
    { name: "a.test", routes: { "/": "web" } },
    { name: "b.test", routes: { "/": "web" }, defaultSite: true },
  ];
  const text = render(sites);
  expect(text).not.toContain("444");
  expect(text.match(/listen 80.*;\n {4}server_name .*;/g)).toEqual([
    "listen 80;\n    server_name a.test;",
    "listen 80 default_server;\n    server_name b.test;",
  ]);
});

test("trusted proxies say who visitors are and how they came, on the sites' port alone", () => {
  const trustedProxies = TrustedProxies.ranges(["10.0.2.0/24", "10.0.1.7"]);
  const services = [{ name: "web", internalListener: 9001 }];
  const text = render([{ name: "a.test", redirectFrom: ["www.test"], routes: { "/": "web" } }], {
    trustedProxies,
    services,
  });
  for (const line of [
    "proxy_set_header Host $visited_host;\n",
    "proxy_set_header X-Forwarded-For $remote_addr;\n",
    "proxy_set_header X-Forwarded-Port $visited_port;\n",
    "proxy_set_header X-Forwarded-Proto $visitor_proto;\n",
    "    return 308 $visitor_proto://a.test$request_uri;\n",
  ]) {
    expect(text).toContain(line);
  }
  expect(text).toContain(`set_real_ip_from 10.0.1.7;
set_real_ip_from 10.0.2.0/24;
real_ip_header X-Forwarded-For;
real_ip_recursive on;

geo $realip_remote_addr $is_proxied {
    default 0;
    10.0.1.7 1;
    10.0.2.0/24 1;
}

map $is_proxied$http_x_forwarded_proto $visitor_proto {
    default $scheme;
    1http http;
    1https https;
}

map $visitor_proto $visited_host {
    default $host;
    https $host;
}

map $visitor_proto $visited_port {
    default 80;
    https 443;
}
`);
  expect(text.split("listen 9001 default_server;")[1]).toContain("    set_real_ip_from unix:;\n");
});

test("an ACME server is let in where a list keeps others out, as it asks from anywhere", () => {
  const tls = { certificate: "/var/lib/slipway/tls/a.test.pem", challenged: true };
  const site = { name: "a.test", routes: { "/": "web" }, allow: ["10.0.0.0/8"], tls };
  const { before = "" } =
    renderTlsSites({ flavour: "container", services: [{ name: "web" }], sites: [site] })["a.test"] ?? {};
  expect(before).toContain("    allow 10.0.0.0/8;\n    deny all;\n");
  expect(before).toContain("location /.well-known/acme-challenge/ {\n        allow all;\n        root ");
});

test("a name that only sends its visitors elsewhere has no zone to count them", () => {
  const tls = { kind: "local" } as Site["tls"];
  const proxy = { redirectFrom: ["www.a.test"], aliases: ["b.test"], rateLimit: { perSecond: 5 } };
  const routes = [{ path: "/", to: { service: "web" } }];
  const text = render(
    nginxTlsSites([{ name: "a.test", routes, proxy, tls }], {
      certificates: "/etc/nginx/slipway/tls",
      passwords: "/etc/nginx/slipway/htpasswd",
    }),
  );
  const zones = [...text.matchAll(/limit_req_zone .* zone=(\w+):1m/g)].map(([, zone]) => zone);
  const used = [...text.matchAll(/limit_req zone=(\w+) /g)].map(([, zone]) => zone);
  expect(zones).toHaveLength(2);
  expect(used).toEqual(zones);
});

test("what holds between services is the largest of what sites have", () => {
  const services = [{ name: "web", internalListener: 9001 }];
  const routes = { "/": "web", "/live": { service: "web", idleTimeoutSeconds: 900, buffering: false } };
  const sites = [{ name: "a.test", routes, cookieBuffers: true, underscoresInHeaders: true }];
  const [, internal = ""] = render(sites, { services }).split("listen 9001 default_server;");
  for (const line of [
    "proxy_read_timeout 900s;",
    "proxy_buffering off;",
    "underscores_in_headers on;",
    "proxy_buffers 16 16k;",
  ]) {
    expect(internal).toContain(line);
  }
});
