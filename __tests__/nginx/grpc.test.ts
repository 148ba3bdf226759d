import { renderIntroduction } from "../../src/nginx/introduction.ts";
import { renderSites, type SitesOptions } from "../../src/nginx/sites.ts";

const services = [{ name: "api", grpc: true, internalListener: 9001 }, { name: "web" }];
const render = (sites: SitesOptions["sites"]) => renderSites({ flavour: "container", services, sites });

test("a text without a service that speaks gRPC says nothing of it", () => {
  const text = renderSites({
    flavour: "container",
    services: [{ name: "web" }],
    sites: [{ name: "a.test", routes: { "/": "web" } }],
  });
  expect(text).not.toContain("grpc");
});

test("what a site says for HTTP is said again for gRPC", () => {
  const routes = {
    "/": "web",
    "/a.B": { service: "api", headers: { "X-B": "2" }, maxBodySize: "0", buffering: false },
  };
  const sites = [{ name: "a.test", headers: { "X-A": "1" }, readTimeoutSeconds: 9, routes }];
  expect(render(sites)).toContain(`    location /a.B/ {
        grpc_hide_header X-A;
        grpc_hide_header X-B;
        add_header X-A 1 always;
        add_header X-B 2 always;
        client_max_body_size 0;
        client_body_timeout 9s;
        grpc_send_timeout 9s;
        grpc_read_timeout 9s;
        grpc_pass grpc://$slipway_api;
    }
`);
  const stream = { service: "api", idleTimeoutSeconds: 3600 };
  expect(render([{ name: "a.test", readTimeoutSeconds: 9, routes: { "/": stream } }])).toContain(
    "        client_body_timeout 3600s;\n        grpc_send_timeout 3600s;\n        grpc_read_timeout 3600s;\n",
  );
});

test("visitors' headers are settled for gRPC as for HTTP, but for those that HTTP/2 lacks", () => {
  const words = (kind: string) =>
    render([])
      .split("server {")[0]
      ?.split("\n")
      .filter((line) => line.startsWith(`${kind}_set_header`))
      .map((line) => line.slice(kind.length)) ?? [];
  const upgrade = /^_set_header (?:Connection|Upgrade) /;
  expect(words("grpc")).toEqual(words("proxy").filter((line) => !upgrade.test(line)));
  expect(words("grpc").length).toBeGreaterThan(30);
});

test("neighbours reach it by HTTP/2 without TLS, in the text that introduces it, too", () => {
  const introduction = renderIntroduction("container", { name: "api", grpc: true, internalListener: 9001 });
  for (const text of [render([]), introduction]) {
    const [, listener = ""] = text.split("    listen 9001 http2 default_server;\n");
    expect(listener).toContain("    grpc_set_header Host $host:9001;\n");
    expect(listener).toContain("    location / {\n        grpc_pass grpc://$slipway_api;\n    }\n");
    expect(listener.split("}")[0]).not.toContain("proxy_set_header");
  }
});
