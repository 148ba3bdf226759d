import { renderSites, renderTlsSites, type SitesOptions } from "../../src/nginx/sites.ts";
import { nginxTlsSites } from "../../src/nginx/tls.ts";
import { passwordFile } from "../../src/release/basic-auth.ts";
import type { Site } from "../../src/release/site.ts";
import { Tls } from "../../src/release/tls.ts";
import { withoutMaintenance } from "./without-maintenance.ts";

const ACME = Tls.acme({ email: "ops@example.com", agreeToTerms: true }).source;
const site = (more: Partial<Site>): Site => ({
  name: "shop.example.com",
  routes: [{ path: "/", to: { service: "web" } }],
  proxy: {},
  ...more,
});

function options(sites: readonly Site[], more: Partial<SitesOptions> = {}): SitesOptions {
  return {
    flavour: "instance",
    services: [{ name: "web", slots: [20_000, 20_001] }],
    sites: nginxTlsSites(sites, { certificates: "/var/lib/slipway/tls", passwords: "/run/slipway-htpasswd" }),
    ...more,
  };
}

const PLAIN = site({ name: "plain.example.com" });

test("an instance's site with TLS stands beside sites.conf, by whether its certificate is there", () => {
  const texts = renderTlsSites(
    options([site({ tls: ACME, hsts: { maxAge: 300 }, proxy: { headers: { "X-A": "1" } } }), PLAIN]),
  );
  const { before = "", secured = "", lost = "" } = texts["shop.example.com"] ?? {};
  expect({ ...texts, "shop.example.com": { before, secured: withoutMaintenance(secured), lost } }).toEqual({
    "shop.example.com": {
      before: `${HEAD}${plain("return 503;")}`,
      secured: `${HEAD}${plain("return 308 https://$host$request_uri;")}
server {
    listen 443 ssl http2;
    ssl_certificate /var/lib/slipway/tls/shop.example.com.pem;
    ssl_certificate_key /var/lib/slipway/tls/shop.example.com.pem;
    server_name shop.example.com;
    proxy_hide_header Strict-Transport-Security;
    proxy_hide_header X-A;
    add_header Strict-Transport-Security max-age=300 always;
    add_header X-A 1 always;
    ${CHOICE}
    location / {
        proxy_pass http://$slipway_web;
    }
}
`,
      lost: `${HEAD}${plain("return 503;")}`,
    },
  });
});

test("before its first certificate it is served by HTTP, where no HSTS has promised more", () => {
  const { before } = renderTlsSites(options([site({ tls: ACME })]))["shop.example.com"] ?? {};
  expect(withoutMaintenance(before ?? "")).toBe(`${HEAD}server {
    listen 80;

    ${CHALLENGES}
    server_name shop.example.com;
    ${CHOICE}
    location / {
        proxy_pass http://$slipway_web;
    }
}
`);
});

test("before its first certificate a site's rate limit holds for its routes, and not for an ACME server", () => {
  const routes = [
    { path: "/", to: { service: "web" } },
    { path: "/login", to: { service: "web" }, proxy: { rateLimit: { perMinute: 1 } } },
  ];
  const [zone, loginZone] = ["rate_24057fa2", "rate_eb784231"];
  const { before, secured } =
    renderTlsSites(options([site({ tls: ACME, routes, proxy: { rateLimit: { perSecond: 5 } } })]))[
      "shop.example.com"
    ] ?? {};
  const limits = (text = "") =>
    withoutMaintenance(text)
      .match(/^ *(?:location.*|limit_req zone=\S*)/gm)
      ?.map((line) => line.trim());
  expect(limits(before)).toEqual([
    "location /.well-known/acme-challenge/ {",
    "location / {",
    `limit_req zone=${zone}`,
    "location = /login {",
    `limit_req zone=${loginZone}`,
    "location /login/ {",
    `limit_req zone=${loginZone}`,
  ]);
  expect(limits(secured)?.slice(0, 4)).toEqual([
    "location /.well-known/acme-challenge/ {",
    "location / {",
    `limit_req zone=${zone}`,
    "location / {",
  ]);
});

test("a site with passwords asks for them by TLS, and serves nothing before its first certificate", () => {
  const basicAuth = { users: { alice: { kind: "parameter", id: "/alice" } } };
  const texts = renderTlsSites(options([site({ tls: ACME, basicAuth, proxy: { redirectFrom: ["www.example.com"] } })]));
  const own = texts["shop.example.com"];
  expect(own?.before).toBe(own?.lost);
  expect(own?.before).toContain("location /.well-known/acme-challenge/ {");
  expect(own?.secured).toContain(`    ssl_certificate_key /var/lib/slipway/tls/shop.example.com.pem;
    auth_basic shop.example.com;
    auth_basic_user_file /run/slipway-htpasswd/${passwordFile("shop.example.com", basicAuth)};
    server_name shop.example.com;
`);
  expect(texts["www.example.com"]?.secured).not.toContain("shop.example.com;\n    location");
  const realm = renderTlsSites(options([site({ tls: ACME, basicAuth: { ...basicAuth, realm: "The shop" } })]));
  expect(realm["shop.example.com"]?.secured).toContain('    auth_basic "The shop";\n');
});

test("each name of a site has a certificate of its own, and those that lead to it are sent there by TLS", () => {
  const proxy = { aliases: ["store.example.com"], redirectFrom: ["www.example.com"] };
  const declared = options([site({ tls: ACME, hsts: { maxAge: 300 }, proxy })]);
  const texts = renderTlsSites(declared);
  expect(Object.keys(texts)).toEqual(["shop.example.com", "store.example.com", "www.example.com"]);
  expect(texts["store.example.com"]?.secured).toContain(`    ssl_certificate /var/lib/slipway/tls/store.example.com.pem;
    ssl_certificate_key /var/lib/slipway/tls/store.example.com.pem;
    server_name store.example.com;
`);
  expect(texts["www.example.com"]?.secured).toContain(`server {
    listen 443 ssl http2;
    ssl_certificate /var/lib/slipway/tls/www.example.com.pem;
    ssl_certificate_key /var/lib/slipway/tls/www.example.com.pem;
    server_name www.example.com;
    add_header Strict-Transport-Security max-age=300 always;
    return 308 $scheme://shop.example.com$request_uri;
}
`);
  const before = renderTlsSites(options([site({ tls: ACME, proxy })]))["www.example.com"]?.before;
  expect(before).toContain("        return 308 $scheme://shop.example.com$request_uri;\n");
  expect(before).toContain("location /.well-known/acme-challenge/ {");
});

test("no ACME server asks for a site whose certificate is a secret", () => {
  const tls = Tls.certificate({ source: { kind: "parameter", id: "/shop/tls" } }).source;
  const texts = renderTlsSites(options([site({ name: "*.example.com", tls })]))["*.example.com"];
  expect(withoutMaintenance(Object.values(texts ?? {}).join(""))).not.toContain("acme");
  expect(texts?.before).toBe(texts?.lost);
  expect(texts?.secured).toContain("ssl_certificate /var/lib/slipway/tls/_.example.com.pem;");
});

test("what is common to all servers stands in sites.conf where a site has TLS, and nowhere else", () => {
  const secured = renderSites(options([site({ tls: ACME }), PLAIN]));
  expect(secured).toContain(`ssl_protocols TLSv1.2 TLSv1.3;\n`);
  expect(secured).toContain(`server {
    listen 443 ssl http2 default_server;
    server_name _;
    ssl_reject_handshake on;
    return 444;
}
`);
  expect(secured).toContain(`map $scheme $visited_host {\n    default $host;\n    https $host;\n}\n`);
  expect(secured).toContain(`map $scheme $visited_port {\n    default 80;\n    https 443;\n}\n`);
  expect(secured).toContain("proxy_set_header X-Forwarded-Port $visited_port;\n");
  expect(secured).toContain("server_name plain.example.com;");
  expect(secured).not.toContain("server_name shop.example.com;");
  expect(renderSites(options([PLAIN]))).not.toMatch(/ssl|443|visited/);
});

test("a container has its certificates before its text: one text says all", () => {
  const tls = Tls.local().source;
  const sites = nginxTlsSites([site({ name: "shop.localhost", tls })], {
    certificates: "/etc/nginx/slipway/tls",
    passwords: "/etc/nginx/slipway/htpasswd",
  });
  const text = renderSites({
    flavour: "container",
    services: [{ name: "web" }],
    sites,
    publicPort: 8888,
    publicTlsPort: 8443,
  });
  expect(text).toContain("return 308 https://$host:8443$request_uri;");
  expect(text).toContain("ssl_certificate /etc/nginx/slipway/tls/shop.localhost.pem;");
  expect(text).toContain(`map $scheme $visited_host {\n    default $host:8888;\n    https $host:8443;\n}\n`);
});

test("the port of TLS is no other listener's", () => {
  const taken = options([site({ tls: ACME })], { markerPort: 443 });
  expect(() => renderSites(taken)).toThrow(
    'listen port must be free for the release marker, got "443": the sites\' TLS took it',
  );
  expect(() => renderSites({ ...taken, sites: [] })).not.toThrow();
});

const HEAD = "# written by slipway; the next release overwrites it\n\n";
const CHALLENGES = `location /.well-known/acme-challenge/ {
        root /var/lib/slipway/acme/www;
        default_type text/plain;
    }
`;
const CHOICE = `set $slipway_web slipway_web_0;

    if (-f /var/lib/slipway/live/web.1) {
        set $slipway_web slipway_web_1;
    }
`;

function plain(answer: string): string {
  return `server {
    listen 80;
    server_name shop.example.com;

    ${CHALLENGES}
    location / {
        ${answer}
    }
}
`;
}
