import { echoOf, FLAVOURS, NAME, nginxHosts } from "../nginx/nginx-host.ts";
import { get } from "../nginx/raw-request.ts";

jest.setTimeout(30_000);

const { service, host } = nginxHosts();

describe.each(FLAVOURS)("in a %s's Nginx", (flavour) => {
  test("aliases are served, and names that lead to the site's own are sent there", async () => {
    const web = await service("web");
    const sites = [{ name: NAME, aliases: ["alias.test"], redirectFrom: ["www.test"], routes: { "/": "web" } }];
    const { port } = await host(flavour, { sites, publicPort: 8888 }, { web });
    expect(echoOf(await get(port, "alias.test", "/a%2Fb?c=d"))).toMatchObject({ service: "web", url: "/a%2Fb?c=d" });
    const sent = await get(port, "www.test", "/a%2Fb?c=d&e");
    expect([sent.status, sent.headers.get("location")]).toEqual([308, [`http://${NAME}:8888/a%2Fb?c=d&e`]]);
    expect(web.seen).toHaveLength(1);
  });

  test("redirects keep what stands behind their path, as it came, and never lead to another host", async () => {
    const web = await service("web");
    const routes = {
      "/": "web",
      "/old": { redirect: "/new" },
      "/b.c": { redirect: "/x/", status: 301 as const },
      "/top": { redirect: "/" },
      "/away": { redirect: "https://new.test/base" },
      "/page": { redirect: "/new?a=b#c", status: 302 as const },
    };
    const { port } = await host(flavour, { sites: [{ name: NAME, routes }], publicPort: 8888 }, { web });
    const expected: [string, number, string][] = [
      ["/old", 308, "/new"],
      ["/old?q=1", 308, "/new?q=1"],
      ["/old/", 308, "/new/"],
      ["/old/a%2Fb/?q=%20", 308, "/new/a%2Fb/?q=%20"],
      ["/b.c/d", 301, "/x/d"],
      ["/top", 308, "/"],
      ["/top/a", 308, "/a"],
      ["/top//evil.test", 308, "/evil.test"],
      ["/top/%5Cevil.test", 308, "/%5Cevil.test"],
      ["/top/\\evil.test", 308, "/evil.test"],
      ["/t%6fp//evil.test", 308, "/"],
      ["/away/x?y", 308, "https://new.test/base/x?y"],
      ["/page/x?y", 302, "/new?a=b#c"],
    ];
    for (const [path, status, location] of expected) {
      const answer = await get(port, NAME, path);
      expect([path, answer.status, answer.headers.get("location")]).toEqual([path, status, [location]]);
    }
    expect(echoOf(await get(port, NAME, "/older")).url).toBe("/older");
    expect(echoOf(await get(port, NAME, "/bxc")).url).toBe("/bxc");
  });

  test("a stripped prefix leaves the rest as it came, and nothing unstripped, however the prefix is spelled", async () => {
    const web = await service("web");
    const routes = {
      "/": "web",
      "/api": { service: "web", stripPrefix: true },
      "/there": { address: `127.0.0.1:${web.port}`, stripPrefix: true },
    };
    const { port } = await host(flavour, { sites: [{ name: NAME, routes }] }, { web });
    const expected: [string, string][] = [
      ["/api", "/"],
      ["/api?a=b", "/?a=b"],
      ["/api/", "/"],
      ["/api/x/y?a=%2F", "/x/y?a=%2F"],
      ["/api/a%2Fb%20c", "/a%2Fb%20c"],
      ["/api/api/x", "/api/x"],
      ["/api//x", "/x"],
      ["/%61pi/x%20y?z", "/x%20y?z"],
      ["//api/x", "/x"],
      ["/q/../api/x", "/x"],
      ["/%61pi/x%0d%0aX-A:%20b", "/x%0D%0AX-A:%20b"],
      ["/there/x%2Fy", "/x%2Fy"],
      ["/apiary", "/apiary"],
    ];
    for (const [path, url] of expected) expect([path, echoOf(await get(port, NAME, path)).url]).toEqual([path, url]);
    expect(web.seen.every(({ headers }) => headers.host === `${NAME}:${port}`)).toBe(true);
  });
});
