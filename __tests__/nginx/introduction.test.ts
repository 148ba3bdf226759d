import { renderIntroduction } from "../../src/nginx/introduction.ts";

const FORWARDING = (port: number) => `    proxy_set_header Host $host:${port};
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Host $host:${port};
    proxy_set_header X-Forwarded-Port ${port};
    proxy_set_header X-Forwarded-Prefix "";
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Request-ID $request_id;
    proxy_set_header Forwarded "";
    proxy_set_header Proxy "";
    proxy_set_header Connection $forwarded_connection;
    proxy_set_header Upgrade $forwarded_upgrade;
`;

test("on an instance brings everything that leads to the service", () => {
  const service = { name: "web", slots: [20_000, 20_001], internalListener: "172.17.0.1:30000" } as const;
  expect(renderIntroduction("instance", service)).toBe(`# written by slipway; the next release overwrites it

upstream slipway_web_0 {
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
${FORWARDING(30_000)}    set $slipway_web slipway_web_0;

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

server {
    listen 30000 default_server;
    server_name _;
${FORWARDING(30_000)}
    location / {
        proxy_pass http://$slipway_web;
    }
}
`);
});
