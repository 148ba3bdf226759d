import { mainConfiguration } from "../../src/nginx/main-configuration.ts";

describe("mainConfiguration", () => {
  test("in a container logs to the container's output", () => {
    expect(mainConfiguration({ flavour: "container" })).toBe(`# written by slipway; the next release overwrites it

worker_processes auto;
worker_rlimit_nofile 4096;
error_log stderr warn;

events {
    worker_connections 1024;
}

http {
    include /etc/nginx/slipway/*.conf;
    include /etc/nginx/keepalive/*.conf;
}
`);
  });

  test("on an instance runs as the package does", () => {
    expect(mainConfiguration({ flavour: "instance" })).toBe(`# written by slipway; the next release overwrites it

user www-data;
worker_processes auto;
worker_rlimit_nofile 4096;
error_log /var/log/nginx/error.log warn;

events {
    worker_connections 1024;
}

http {
    include /etc/nginx/slipway/*.conf;
}
`);
  });

  test("takes another folder of files", () => {
    const text = mainConfiguration({ flavour: "container", include: "/etc/nginx/slipway/live/*.conf" });
    expect(text).toContain("    include /etc/nginx/slipway/live/*.conf;\n    include /etc/nginx/keepalive/*.conf;\n");
    expect(() => mainConfiguration({ flavour: "container", include: "live/*.conf" })).toThrow(
      "nginx include must be below /etc/nginx/",
    );
  });
});
