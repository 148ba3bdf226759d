import type { AgentHost, TestService } from "../aws/nano/agent/agent-host.ts";
import { freshHostForEachTest } from "../aws/nano/agent/fresh-host.ts";
import { docker } from "../aws/nano/agent/test-images.ts";
import { request } from "./request-stream.ts";

let host: AgentHost;
const images = freshHostForEachTest((fresh) => {
  host = fresh.host;
});

jest.setTimeout(120_000);

const SERVE = "exec busybox httpd -f -p 8080 -h /srv";
const shell = (script: string) => ["sh", "-c", `${script}; ${SERVE}`];

// BusyBox's wget of 1.35 falls over its -T
/** A database that listens after a while, and a catalog, before it by name, that ends where it does not answer. */
const shop = (version: string, dependsOn?: readonly string[]): TestService[] => [
  {
    name: "catalog",
    image: images.reference(version),
    command: shell('timeout 2 wget -q -O - "$NEIGHBOUR/status" || exit 3'),
    env: { NEIGHBOUR: `http://172.17.0.1:${host.portsOf("database").internal}` },
    dependsOn,
  },
  { name: "database", image: images.reference("1"), command: shell("sleep 3") },
];
const bodyOf = async (name: string) => (await request(host.port, `${name}.test`)).body.trim();

test("a program that ends where its database does not answer fails a first release; behind its database it serves", async () => {
  const without = await host.release(shop("1"));
  expect(without).toMatchObject({ status: 1 });
  expect(without.last).toContain("catalog is not healthy: its container ended with status 3");
  expect(host.containerIds(true)).toEqual([]);

  const run = await host.release(shop("1", ["database"]));
  expect(run).toMatchObject({ status: 0 });
  const order = [
    "catalog: starts when database is healthy",
    "database: healthy",
    "catalog: starting",
    "catalog: healthy",
  ];
  const at = order.map((words) => run.lines.findIndex((line) => line.includes(words)));
  expect(at).toEqual(at.toSorted((a, b) => a - b));
  expect(at).not.toContain(-1);
  expect(await bodyOf("catalog")).toBe("version 1");

  // a new version, whose database stays; and after all containers were lost, as on a new machine
  const next = await host.release(shop("2", ["database"]));
  expect(next).toMatchObject({ status: 0 });
  expect(next.lines.join("\n")).not.toContain("starts when");
  expect(await bodyOf("catalog")).toBe("version 2");
  for (const id of host.containerIds()) docker("rm", "--force", id);
  const restored = await host.run(["converge"]);
  expect(restored).toMatchObject({ status: 0 });
  expect(restored.lines.join("\n")).toMatch(
    /starts when database is healthy[\s\S]*database: healthy[\s\S]*catalog: healthy/,
  );
  expect(await bodyOf("catalog")).toBe("version 2");
});
