import { renderIntroduction } from "../../src/nginx/introduction.ts";

const MAPS = `map $http_upgrade $forwarded_upgrade {
    default "";
    websocket websocket;
}

map $http_upgrade $forwarded_connection {
    default "";
    websocket upgrade;
}

map $http_x_forwarded_host $passed_host {
    default $http_x_forwarded_host;
    "" $host:$server_port;
}

map $http_x_forwarded_port $passed_port {
    default $http_x_forwarded_port;
    "" $server_port;
}

map $http_x_forwarded_proto $passed_proto {
    default $http_x_forwarded_proto;
    "" $scheme;
}

map $http_x_real_ip $passed_real_ip {
    default $http_x_real_ip;
    "" $remote_addr;
}

map $http_x_request_id $passed_request_id {
    default $http_x_request_id;
    "" $request_id;
}

`;

const FORWARDING = `    proxy_set_header Host $host:30000;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Host $passed_host;
    proxy_set_header X-Forwarded-Port $passed_port;
    proxy_set_header X-Forwarded-Proto $passed_proto;
    proxy_set_header X-Real-IP $passed_real_ip;
    proxy_set_header X-Request-ID $passed_request_id;
    proxy_set_header Proxy "";
    proxy_set_header Connection $forwarded_connection;
    proxy_set_header Upgrade $forwarded_upgrade;
`;

test("on an instance brings everything that leads to the service", () => {
  const service = { name: "web", slots: [20_000, 20_001], internalListener: "172.17.0.1:30000" } as const;
  expect(renderIntroduction("instance", service)).toBe(`# written by slipway; the next release overwrites it

${MAPS}upstream slipway_web_0 {
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
${FORWARDING}    set $slipway_web slipway_web_0;

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

${MAPS}server {
    listen 30000 default_server;
    server_name _;
${FORWARDING}
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
