import { renderSites, renderTlsSites } from "../../src/nginx/sites.ts";
import { nginxTlsSites } from "../../src/nginx/tls.ts";
import { Tls } from "../../src/release/tls.ts";

const services = [{ name: "web", slots: [20_000, 20_001] as const }];
const routes = { "/": "web" };
const ofNginx = (text: string) => text.split(/^(?=server)/m);
const serverOf = (text: string, name: string) =>
  ofNginx(text).find((server) => server.includes(`server_name ${name}`)) ?? "";

test("a site's file switches it off by a page, its headers among them, and lets an ACME server through", () => {
  const site = { name: "shop.test", aliases: ["store.test"], routes, headers: { "X-A": "1" } };
  const text = renderSites({ flavour: "instance", services, sites: [site] });
  expect(serverOf(text, "shop.test")).toContain(`
    if (-f /var/lib/slipway/maintenance/shop.test) {
        rewrite ^(?!/[.]well-known/acme-challenge/) /.slipway/maintenance last;
    }

    location = /.slipway/maintenance {
        internal;
        add_header Retry-After 300 always;
        add_header X-A 1 always;
        default_type text/html;
        charset utf-8;
        return 503 "<!doctype html><title>Maintenance</title><h1>Back soon</h1>";
    }
`);
});

test("its own page for 503 and its own Retry-After are taken, and a wildcard's star is no character of the file", () => {
  const site = { name: "*.shop.test", routes, errorPages: { 503: "soon" }, headers: { "retry-after": "9" } };
  const text = renderSites({ flavour: "container", services, sites: [site] });
  expect(text).toContain("if (-f /etc/nginx/slipway/maintenance/_.shop.test) {");
  expect(text).toMatch(/internal;\n {8}add_header retry-after 9 always;\n[^}]* {8}return 503 soon;\n/);
});

test("one that is declared to be worked on needs no file", () => {
  const text = renderSites({ flavour: "instance", services, sites: [{ name: "a.test", routes, maintenance: true }] });
  expect(text).not.toContain("(-f /var/lib/slipway/maintenance");
});

test("one file is for all names of a site with TLS, and whoever asks by HTTP is sent to HTTPS first", () => {
  const site = {
    name: "shop.test",
    routes: [{ path: "/", to: { service: "web" } }],
    proxy: { aliases: ["store.test"], redirectFrom: ["www.shop.test"] },
    tls: Tls.acme({ email: "ops@shop.test", agreeToTerms: true }).source,
  };
  const texts = renderTlsSites({
    flavour: "instance",
    services,
    sites: nginxTlsSites([site], { certificates: "/var/lib/slipway/tls", passwords: "/run/slipway/passwords" }),
  });
  const files = Object.entries(texts).map(([name, { before, secured, lost }]) => [
    name,
    ...[before, secured, lost].map((text) => text.match(/\/maintenance\/[a-z.]*\)/g)?.join() ?? "none"),
  ]);
  expect(files).toEqual([
    ["shop.test", "/maintenance/shop.test)", "/maintenance/shop.test)", "none"],
    ["store.test", "/maintenance/shop.test)", "/maintenance/shop.test)", "none"],
    ["www.shop.test", "none", "none", "none"],
  ]);
  const [, http = "", https = ""] = ofNginx(texts["shop.test"]?.secured ?? "");
  expect(http).toContain("return 308");
  expect(http).not.toContain("/maintenance/");
  expect(https).toContain("/maintenance/shop.test)");
});
