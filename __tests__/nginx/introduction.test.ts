import { renderIntroduction } from "../../src/nginx/introduction.ts";
import { PASSED_MAPS, passedHeaders } from "./settings-text.ts";

test("on an instance brings everything that leads to the service", () => {
  const service = { name: "web", slots: [20_000, 20_001], internalListener: "172.17.0.1:30000" } as const;
  expect(renderIntroduction("instance", service)).toBe(`# written by slipway; the next release overwrites it

${PASSED_MAPS}upstream slipway_web_0 {
    server 127.0.0.1:20000;
    keepalive 16;
    keepalive_timeout 1s;
}

upstream slipway_web_1 {
    server 127.0.0.1:20001;
    keepalive 16;
    keepalive_timeout 1s;
}

server {
    listen 172.17.0.1:30000 default_server;
    server_name _;
${passedHeaders(30_000)}    set $slipway_web slipway_web_0;

    if (-f /var/lib/slipway/live/web.1) {
        set $slipway_web slipway_web_1;
    }

    location / {
        proxy_pass http://$slipway_web;
    }
}
`);
});

test("in a container leaves the address to the service's upstream file", () => {
  expect(
    renderIntroduction("container", { name: "web", internalListener: 30_000 }),
  ).toBe(`# written by slipway; the next release overwrites it

${PASSED_MAPS}server {
    listen 30000 default_server;
    server_name _;
${passedHeaders(30_000)}
    location / {
        proxy_pass http://$slipway_web;
    }
}
`);
});

test("takes the limits between services from the release's sites", () => {
  const service = { name: "web", internalListener: 30_000 };
  const site = {
    name: "a.example.com",
    routes: { "/": { service: "api", maxBodySize: "20m", readTimeoutSeconds: 300 } },
  };
  const text = renderIntroduction("container", service, [site]);
  expect(text).toContain("    client_max_body_size 20m;\n    proxy_send_timeout 300s;\n    proxy_read_timeout 300s;\n");
});
