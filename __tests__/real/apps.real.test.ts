import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const APPS = join(__dirname, "../../stacks/apps");
const NAMES = ["cats", "netflix-catalog", "netflix-frontend", "availability-agent"] as const;
type App = (typeof NAMES)[number];

const RUN = `slipway-test-apps-${process.pid}`;
const LABEL = ["--label", `slipway-test-apps=${RUN}`];
const IN_FLIGHT_MILLISECONDS = 1_500;

const docker = (...args: string[]): string => execFileSync("docker", args, { encoding: "utf8", stdio: "pipe" }).trim();
const dockerAsync = async (...args: string[]): Promise<string> => (await promisify(execFile)("docker", args)).stdout;
const image = (app: App): string => `slipway-test-apps/${app}:${process.pid}`;

/** A container of one of the applications, reachable at `url`. */
class Running {
  static start(app: App, port: number, options: string[] = [], command: string[] = []): Running {
    const publish = ["--publish", `127.0.0.1::${port}`];
    const alias = ["--network", RUN, "--network-alias", app];
    const id = docker("run", "--detach", ...LABEL, ...publish, ...alias, ...options, image(app), ...command);
    return new Running(id, port);
  }

  readonly url: string;

  private constructor(
    readonly id: string,
    port: number,
  ) {
    this.url = `http://${docker("port", id, `${port}/tcp`)}`;
  }

  get(path: string, signal?: AbortSignal): Promise<Response> {
    return fetch(this.url + path, { signal });
  }

  async json(path: string): Promise<unknown> {
    return (await this.get(path)).json();
  }

  /** Waits until `path` answers `status`; each try has its own limit, since one that meets a starting container may hang. */
  async until(path: string, status = 200): Promise<Response> {
    let last = "no answer";
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(100)) {
      const response = await this.get(path, AbortSignal.timeout(2_000)).catch(() => undefined);
      if (response?.status === status) return response;
      if (response) last = String(response.status);
    }
    throw new Error(`${this.url}${path} did not answer ${status} in time, but ${last}:\n${this.log()}`);
  }

  log(): string {
    return execFileSync("sh", ["-c", 'docker logs "$0" 2>&1', this.id], { encoding: "utf8" });
  }

  /** Stops it as a host does, and says how it ended. */
  async stop(): Promise<{ exitCode: number; seconds: number }> {
    const started = Date.now();
    await dockerAsync("stop", "--time", "10", this.id);
    const exitCode = Number(docker("inspect", "--format", "{{.State.ExitCode}}", this.id));
    return { exitCode, seconds: (Date.now() - started) / 1000 };
  }
}

const environment = (values: Record<string, string | number>) =>
  Object.entries(values).flatMap(([name, value]) => ["--env", `${name}=${value}`]);

const ids = (...args: string[]): string[] =>
  docker(...args, "--quiet", "--filter", `label=${LABEL[1]}`)
    .split("\n")
    .filter(Boolean);

beforeAll(() => {
  docker("network", "create", ...LABEL, RUN);
  for (const app of NAMES) docker("build", "--quiet", ...LABEL, "--tag", image(app), join(APPS, app));
}, 300_000);

afterAll(() => {
  const containers = ids("ps", "--all");
  if (containers.length > 0) docker("rm", "--force", "--volumes", ...containers);
  for (const network of ids("network", "ls")) docker("network", "rm", network);
  for (const built of new Set(ids("images"))) docker("image", "rm", "--force", built);
}, 60_000);

describe("every application", () => {
  it.each(NAMES)("%s runs as a user without rights and in exec form", (app) => {
    const { User, Cmd } = JSON.parse(docker("inspect", "--format", "{{json .Config}}", image(app)));
    expect(User).toMatch(/^(node|[1-9]\d*:[1-9]\d*)$/);
    expect(Cmd[0]).not.toMatch(/sh$/);
  });

  it.each(NAMES)("%s carries neither its ignore file nor its notes", (app) => {
    const files = docker("run", "--rm", ...LABEL, image(app), "ls", "-a").split("\n");
    expect(files).not.toContain(".dockerignore");
    expect(files).not.toContain("README.md");
  });
});

describe("cats", () => {
  let cats: Running;
  beforeAll(async () => {
    cats = Running.start("cats", 5000);
    await cats.until("/");
  }, 60_000);

  it("shows a picture that is there, another one now and then", async () => {
    const pictures = new Set<string>();
    for (let visit = 0; visit < 40; visit++) {
      const page = await (await cats.get("/")).text();
      pictures.add(/<img src="([^"]+)"/.exec(page)?.[1] ?? "none");
    }
    expect(pictures.size).toBeGreaterThan(1);
    for (const picture of pictures) {
      const response = await cats.get(picture);
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/svg+xml; charset=utf-8"]);
    }
  });

  it("keeps the page out of caches", async () => {
    expect((await cats.get("/")).headers.get("cache-control")).toBe("no-store");
  });

  it("starts without a complaint", () => {
    expect(cats.log()).not.toMatch(/ERROR|WARNING/);
  });

  it("stops promptly, an idle connection or not", async () => {
    await (await cats.get("/")).text();
    const { exitCode, seconds } = await cats.stop();
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(6);
  }, 20_000);
});

describe("the catalogue", () => {
  let catalog: Running;
  beforeAll(async () => {
    catalog = Running.start("netflix-catalog", 8080);
    await catalog.until("/status");
  }, 60_000);

  const update = (body: string) =>
    fetch(`${catalog.url}/updatePopularity`, { method: "POST", headers: { "Content-Type": "application/json" }, body });

  it("answers / and /status", async () => {
    expect((await catalog.get("/")).status).toBe(200);
    expect(await (await catalog.get("/status")).text()).toBe("OK");
  });

  it("finds titles by type and genre, the most popular first", async () => {
    const movies = (await catalog.json("/discover?type=movie&genre=12")) as Record<string, unknown>[];
    expect(movies.map((movie) => movie.id)).toEqual([108, 103, 110]);
    expect(movies[0]).toMatchObject({ title: "Orbit of the Paper Moon", genre_ids: [878, 12] });
    const series = (await catalog.json("/discover?type=tv&genre=99")) as Record<string, unknown>[];
    expect(series.map((title) => title.name)).toEqual(["Field Notes"]);
    expect(await catalog.json("/discover?type=tv&genre=4711")).toEqual([]);
  });

  it("chooses at random without a genre", async () => {
    const titles = (await catalog.json("/discover?type=tv")) as { id: number }[];
    expect(titles.map(({ id }) => id).sort()).toEqual([201, 202, 203, 204, 205, 206, 207, 208]);
  });

  it.each(["/discover?type=radio", "/discover?genre=x"])("refuses %s", async (path) => {
    const response = await catalog.get(path);
    expect(response.status).toBe(400);
    expect(await response.json()).toHaveProperty("error");
  });

  it("keeps a new popularity for every later request", async () => {
    expect((await update('{"movieId": 110, "popularity": 99.5}')).status).toBe(200);
    for (let request = 0; request < 10; request++) {
      const movies = (await catalog.json("/discover?genre=12")) as { id: number }[];
      expect(movies[0]?.id).toBe(110);
    }
  });

  it.each(["", "[]", '{"movieId": 1, "popularity": 1}', '{"movieId": 101}', '{"movieId": 101, "popularity": "NaN"}'])(
    "refuses the update %j",
    async (body) => {
      const response = await update(body);
      expect(response.status).toBe(400);
      expect(await response.json()).toHaveProperty("error");
    },
  );

  it("finishes the request in flight when it is stopped", async () => {
    const body = '{"movieId": 101, "popularity": 5}';
    const { hostname, port } = new URL(catalog.url);
    const socket = connect(Number(port), hostname);
    const answer = new Promise<string>((resolve, reject) => {
      let text = "";
      socket.on("data", (data) => {
        text += data;
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(text));
    });
    const headers = ["POST /updatePopularity HTTP/1.1", "Host: catalog", "Content-Type: application/json"];
    socket.write(`${[...headers, `Content-Length: ${body.length}`].join("\r\n")}\r\n\r\n${body.slice(0, 5)}`);
    await sleep(300);

    const stopped = catalog.stop();
    await sleep(IN_FLIGHT_MILLISECONDS);
    socket.write(body.slice(5));

    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
    const { exitCode, seconds } = await stopped;
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(8);
  }, 30_000);
});

describe("the front end", () => {
  const SERVICE = { MOVIE_CATALOG_SERVICE: "http://netflix-catalog:8080/", READY_AFTER_SECONDS: 2 };
  let catalog: Running;
  let frontend: Running;
  beforeAll(async () => {
    catalog = Running.start("netflix-catalog", 8080);
    frontend = Running.start("netflix-frontend", 3000, environment(SERVICE));
    await catalog.until("/status");
  }, 60_000);

  it("is not ready at first, then ready", async () => {
    const fresh = Running.start("netflix-frontend", 3000, environment({ ...SERVICE, READY_AFTER_SECONDS: 4 }));
    await fresh.until("/ready", 503);
    await fresh.until("/ready");
    expect(fresh.log()).toContain("ready in 4 s");
  }, 30_000);

  it("warms up for 15 seconds unless told otherwise", async () => {
    const usual = Running.start("netflix-frontend", 3000, environment({ MOVIE_CATALOG_SERVICE: "http://nowhere" }));
    await usual.until("/ready", 503);
    expect(usual.log()).toContain("ready in 15 s");
  }, 30_000);

  it("lists the catalogue's titles", async () => {
    await frontend.until("/ready");
    const page = await (await frontend.get("/")).text();
    expect(page).toContain("Orbit of the Paper Moon");
    expect(page).toContain("The Lighthouse Keeper&#39;s Ledger");
    expect(await (await frontend.get("/?type=tv")).text()).toContain("Tin Comet");
  });

  it("hands the catalogue's JSON and status on as they come", async () => {
    const path = "/discover?type=movie&genre=28";
    const passed = await frontend.get(`/api${path}`);
    expect(passed.headers.get("content-type")).toMatch(/^application\/json/);
    expect(await passed.json()).toEqual(await catalog.json(path));
    expect((await frontend.get("/api/discover?type=radio")).status).toBe(400);
  });

  it.each(["/nothing", "//nothing", "/ready/x"])("answers 404 for %s", async (path) => {
    expect((await frontend.get(path)).status).toBe(404);
  });

  it("says on a page of its own that the catalogue cannot be reached", async () => {
    const alone = Running.start(
      "netflix-frontend",
      3000,
      environment({ MOVIE_CATALOG_SERVICE: "http://nowhere:8080" }),
    );
    const page = await alone.until("/", 502);
    expect(await page.text()).toContain("the catalogue does not answer at http://nowhere:8080/discover?type=movie");
    expect(await (await alone.until("/api/discover", 502)).json()).toHaveProperty("error");
  }, 30_000);

  it.each([
    ["no catalogue", {}, "MOVIE_CATALOG_SERVICE is the catalogue's base URL"],
    ["a name without a scheme", { MOVIE_CATALOG_SERVICE: "catalog:8080" }, "got 'catalog:8080'"],
    ["a port out of range", { ...SERVICE, PORT: 65536 }, "PORT is a whole number from 1 to 65535, got '65536'"],
  ])("refuses to start with %s", (_, values, message) => {
    const start = () => docker("run", "--rm", ...LABEL, ...environment(values), image("netflix-frontend"));
    expect(start).toThrow(message);
  });

  it("finishes the request in flight when it is stopped", async () => {
    const slow = `
from http.server import BaseHTTPRequestHandler, HTTPServer
import time
class Slow(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(${(IN_FLIGHT_MILLISECONDS / 1000) * 2})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[]")
HTTPServer(("", 8080), Slow).serve_forever()`;
    Running.start("netflix-catalog", 8080, ["--network-alias", "slow"], ["python", "-c", slow]);
    const service = { MOVIE_CATALOG_SERVICE: "http://slow:8080", READY_AFTER_SECONDS: 0 };
    const stopping = Running.start("netflix-frontend", 3000, environment(service));
    await stopping.until("/ready");

    const answer = stopping.get("/api/discover");
    await sleep(IN_FLIGHT_MILLISECONDS);
    const stopped = stopping.stop();

    expect((await answer).status).toBe(200);
    const { exitCode, seconds } = await stopped;
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(6);
  }, 30_000);
});

describe("the availability agent", () => {
  it("tells in its log and its metrics who answers", async () => {
    const cats = Running.start("cats", 5000, ["--network-alias", "watched"]);
    await cats.until("/");
    const targets = "http://watched:5000/ http://watched:5000/nothing http://nowhere:1/";
    const agent = Running.start("availability-agent", 9115, [
      "--env",
      `TARGETS=${targets}`,
      "--env",
      "INTERVAL_SECONDS=1",
    ]);

    let metrics = "";
    for (
      const deadline = Date.now() + 20_000;
      !metrics.includes("nowhere") && Date.now() < deadline;
      await sleep(200)
    ) {
      metrics = await agent.get("/metrics", AbortSignal.timeout(2_000)).then(
        (response) => response.text(),
        () => "",
      );
    }
    expect(metrics).toContain('probe_up{target="http://watched:5000/"} 1');
    expect(metrics).toContain('probe_up{target="http://watched:5000/nothing"} 0');
    expect(metrics).toContain('probe_up{target="http://nowhere:1/"} 0');
    expect(agent.log()).toMatch(/^up http:\/\/watched:5000\/ \d+ms 200$/m);
    expect(agent.log()).toMatch(/^down http:\/\/watched:5000\/nothing \d+ms 404$/m);

    const { exitCode, seconds } = await agent.stop();
    expect(exitCode).toBe(0);
    expect(seconds).toBeLessThan(8);
  }, 60_000);

  it("writes to InfluxDB, and once more what that did not take", async () => {
    const written: { url: string; login: string; points: string[] }[] = [];
    const influxdb = createServer(async (asked, answer) => {
      const body = (await asked.toArray()).join("");
      const { url = "", headers } = asked;
      written.push({ url, login: `${headers.authorization}`, points: body.split("\n") });
      answer.writeHead(written.length === 1 ? 503 : 204).end();
    }).listen(0, "0.0.0.0");
    await new Promise((resolve) => influxdb.once("listening", resolve));
    const password = join(mkdtempSync(join(tmpdir(), "slipway-agent-")), "password");
    writeFileSync(password, "open sesame\n", { mode: 0o644 });
    chmodSync(dirname(password), 0o755);
    const settings = {
      TARGETS: "http://nowhere:1/?a=b,c",
      INTERVAL_SECONDS: 1,
      INFLUXDB_URL: `http://influxdb:${(influxdb.address() as AddressInfo).port}`,
      INFLUXDB_USER: "agent",
    };
    const mounted = ["--volume", `${password}:/run/secrets/INFLUXDB_PASSWORD:ro`];
    const there = ["--add-host", "influxdb:host-gateway", ...mounted, ...environment(settings)];
    const agent = Running.start("availability-agent", 9115, there);
    for (const deadline = Date.now() + 20_000; written.length < 3 && Date.now() < deadline; ) await sleep(100);
    await agent.stop();
    influxdb.close();
    const [first, second, third] = written;
    expect(first?.url).toBe("/write?db=availability&precision=s");
    expect(first?.login).toBe(`Basic ${Buffer.from("agent:open sesame").toString("base64")}`);
    expect(first?.points).toEqual([
      expect.stringMatching(
        /^availability,target=http:\/\/nowhere:1\/\?a\\=b\\,c up=0i,seconds=\d+\.\d{6},answer="[^"]+" \d{10}$/,
      ),
    ]);
    expect(second?.points).toHaveLength(2);
    expect(second?.points[0]).toBe(first?.points[0]);
    expect(third?.points).toHaveLength(1);
    expect(agent.log()).toMatch(/^not written 503/m);
  }, 60_000);

  it.each(["", "ftp://example.com", "http://["])("refuses the target %j", (targets) => {
    const start = () => docker("run", "--rm", ...LABEL, "--env", `TARGETS=${targets}`, image("availability-agent"));
    expect(start).toThrow("TARGETS");
  });
});
