import { renderSites, type SitesOptions } from "../../src/nginx/sites.ts";
import { withoutMaintenance } from "./without-maintenance.ts";

/** The text of `sites` behind the default server, and the variables before it. */
function text(sites: SitesOptions["sites"], options: Partial<SitesOptions> = {}): string {
  const whole = withoutMaintenance(
    renderSites({ flavour: "container", services: [{ name: "web" }], sites, ...options }),
  );
  const maps = [...whole.matchAll(/^map \$request_uri [^}]*\}\n/gm)].map(([map]) => map).join("");
  return `${maps}${whole.split("    return 444;\n}\n\n")[1]}`;
}

test("names that lead to a site's own have a server of theirs, with the port that visitors type", () => {
  const sites = [
    { name: "a.test", aliases: ["b.test", "c.test"], redirectFrom: ["www.a.test"], routes: { "/": "web" } },
  ];
  expect(text(sites, { publicPort: 8888 })).toBe(`server {
    listen 80;
    server_name a.test b.test c.test;

    location / {
        proxy_pass http://$slipway_web;
    }
}

server {
    listen 80;
    server_name www.a.test;
    return 308 $scheme://a.test:8888$request_uri;
}
`);
  expect(text(sites)).toContain("    return 308 $scheme://a.test$request_uri;\n");
});

test("a redirect keeps what stands behind its path, unless its target has a query", () => {
  const routes = {
    "/": { redirect: "https://new.test" },
    "/a.b": { redirect: "/c/", status: 301 },
    "/fixed": { redirect: "https://new.test/x?a=b;c", status: 302 },
    "/top": { redirect: "/" },
  } as const;
  expect(text([{ name: "a.test", routes }])).toBe(`map $request_uri $rest_3f1dd2c9 {
    default "";
    "~^/a[.]b[/\\\\\\\\]+(.*)" $1;
}
map $request_uri $rest_bb3d4f36 {
    default "";
    "~^/top[/\\\\\\\\]+(.*)" $1;
}
server {
    listen 80;
    server_name a.test;

    location / {
        return 308 https://new.test$request_uri;
    }

    location = /a.b {
        absolute_redirect off;
        return 301 /c/$is_args$args;
    }

    location /a.b/ {
        absolute_redirect off;
        return 301 /c/$rest_3f1dd2c9;
    }

    location = /fixed {
        return 302 "https://new.test/x?a=b;c";
    }

    location /fixed/ {
        return 302 "https://new.test/x?a=b;c";
    }

    location = /top {
        absolute_redirect off;
        return 308 /$is_args$args;
    }

    location /top/ {
        absolute_redirect off;
        return 308 /$rest_bb3d4f36;
    }
}
`);
});

test("a stripped prefix takes the rest as it came", () => {
  const routes = { "/": "web", "/api": { service: "web", stripPrefix: true, maxBodySize: "1m" } };
  expect(text([{ name: "a.test", routes }])).toBe(`map $request_uri $below_702acf7c {
    default "";
    "~^/api[/\\\\\\\\]+(.*)" /$1;
}
server {
    listen 80;
    server_name a.test;

    location / {
        proxy_pass http://$slipway_web;
    }

    location = /api {
        client_max_body_size 1m;
        proxy_pass http://$slipway_web/$is_args$args;
    }

    location /api/ {
        client_max_body_size 1m;
        rewrite (?s)^/api/*(.*) /$1 break;
        proxy_pass http://$slipway_web$below_702acf7c;
    }
}
`);
});

test("a path of two sites has one variable", () => {
  const routes = { "/x": { service: "web", stripPrefix: true }, "/y": { redirect: "/x" } };
  const whole = text([
    { name: "a.test", routes },
    { name: "b.test", routes },
  ]);
  expect(whole.match(/^map /gm)).toHaveLength(2);
});

test("two answers of one path are refused, with or without a slash at its end", () => {
  const routes = { "/a": "web", "/a/": { redirect: "/b" } };
  expect(() => text([{ name: "a.test", routes }])).toThrow("must be routed once in a.test, with or without a slash");
});
