import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Listeners, listen } from "./listeners.ts";

const PROBES = resolve(__dirname, "../../src/rollout/probes");
const USUAL = ["grep", "head", "ls", "sed", "sleep"];
/** What a host or an Nginx image may have to ask with, and where it is here. */
const CLIENTS: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  curl: { curl: found("curl") },
  "GNU wget": { wget: isGnu(found("wget")) ? found("wget") : undefined },
  "BusyBox's wget": { wget: found("busybox") },
};

function found(program: string): string | undefined {
  return spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim() || undefined;
}

function isGnu(wget: string | undefined): boolean {
  return wget !== undefined && spawnSync(wget, ["--version"], { encoding: "utf8" }).stdout.startsWith("GNU");
}

/** A folder with the programs of a machine that has nothing but these to ask with; a symbolic link is BusyBox's way. */
function machine(programs: Readonly<Record<string, string | undefined>>): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-probe-"));
  for (const name of USUAL) symlinkSync(found(name) as string, join(folder, name));
  for (const [name, path] of Object.entries(programs)) symlinkSync(path as string, join(folder, name));
  return folder;
}

jest.setTimeout(60_000); // a busy machine starts sixty shells slowly

let listeners: Listeners;
beforeAll(async () => {
  listeners = await listen();
});
afterAll(() => listeners.close());

/**
 * How a probe ended and what it said, the port left out. What ends by itself gets time, for a test machine may be busy;
 * an endless answer is read to the end of it.
 */
function probe(kind: string, path: string, who: string, rest: readonly string[], outcome = ""): Promise<string> {
  const timeout = outcome.includes("within 1 s") ? "1" : rest.includes("/stream") ? "3" : "20";
  const address = listeners.addresses[who] as string;
  const env = { PATH: path, http_proxy: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
  return new Promise((done) => {
    const child = execFile(
      "/bin/sh",
      [join(PROBES, `${kind}.sh`), address, timeout, ...rest],
      { env },
      (_, stdout, stderr) =>
        done(`${child.exitCode} ${stdout}${stderr}`.trim().replaceAll(address.replace(/.*:/, ""), "PORT")),
    );
  });
}

const CONNECTION = [
  ["silent", "0"],
  ["talking", "0"],
  ["parting", "0"],
  ["hanging_up", "0"],
  ["web", "0"],
  ["closed", "1 nothing listens on port PORT"],
  ["black_hole", "1 no connection on port PORT within 1 s"],
  ["nowhere", "1 its name does not resolve"],
] as const;

const ANSWER = [
  ["web", ["/", "2xx", "-"], "0"],
  ["web", ["-", "-", "-"], "0"],
  ["web", ["/status?deep=%20y&list=[1]", "2xx", "app.example"], "0"],
  ["web", ["/204", "2xx", "-"], "0"],
  ["web", ["/204", "200", "-"], "1 GET /204 was answered 204, not 200"],
  ["web", ["/500", "2xx", "-"], "1 GET /500 was answered 500, not 2xx"],
  ["web", ["/500", "500", "-"], "0"],
  ["web", ["/404", "2xx", "-"], "1 GET /404 was answered 404, not 2xx"],
  ["web", ["/302", "2xx", "-"], "1 GET /302 was answered 302, not 2xx"],
  ["web", ["/302", "302", "-"], "0"],
  ["web", ["/stream", "2xx", "-"], "0"],
  ["web", ["/hang", "2xx", "-"], "1 no answer on port PORT within 1 s"],
  ["silent", ["/", "2xx", "-"], "1 no answer on port PORT within 1 s"],
  ["black_hole", ["/", "2xx", "-"], "1 no answer on port PORT within 1 s"],
  ["parting", ["/", "2xx", "-"], "1 no HTTP answer on port PORT"],
  ["hanging_up", ["/", "2xx", "-"], "1 no HTTP answer on port PORT"],
  ["closed", ["/", "2xx", "-"], "1 nothing listens on port PORT"],
  ["nowhere", ["/", "2xx", "-"], "1 its name does not resolve"],
] as const;

for (const [client, programs] of Object.entries(CLIENTS)) {
  const here = Object.values(programs).every((path) => path !== undefined);
  // A machine that tests for others must have them all; nobody else needs three clients.
  describe.each(here || process.env.CI ? [client] : [])("asked with %s alone", () => {
    const path = here ? machine(programs) : "";

    test("TCP is healthy when a connection was made, and only then", async () => {
      expect(Object.values(programs)).not.toContain(undefined);
      const outcomes = await Promise.all(
        CONNECTION.map(([who, outcome]) => probe("tcp", path, who, ["-", "-", "-"], outcome)),
      );
      expect(CONNECTION.map(([who], index) => [who, outcomes[index]])).toEqual(CONNECTION);
    });

    test("HTTP is healthy when the first answer has the status, whatever it redirects to", async () => {
      listeners.asked.length = 0;
      const outcomes = await Promise.all(ANSWER.map(([who, rest, outcome]) => probe("http", path, who, rest, outcome)));
      expect(ANSWER.map(([who, rest], index) => [who, rest, outcomes[index]])).toEqual(ANSWER);
      expect(listeners.asked).toContain("/status?deep=%20y&list=[1] app.example");
      if (client !== "BusyBox's wget")
        expect(listeners.asked.filter((line) => line.startsWith("/followed"))).toEqual([]);
    });
  });
}

test.each(["http", "tcp"])("%s: where nothing can ask, it says what the image needs, by 2", async (kind) => {
  expect(await probe(kind, machine({}), "web", ["-", "-", "-"])).toBe(
    "2 neither curl nor wget is here to ask with: use an Nginx image that has one of them",
  );
});

test("nothing that asked is left behind", () => {
  const left = spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout;
  for (const address of Object.values(listeners.addresses)) expect(left).not.toContain(`http://${address}`);
});
