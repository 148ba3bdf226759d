import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Mount } from "../../src/values/mount.ts";
import { AgentHost } from "../aws/nano/agent/agent-host.ts";
import { AwsDouble } from "../aws/nano/agent/aws-double.ts";
import { docker, TestImages } from "../aws/nano/agent/test-images.ts";
import { request } from "./request-stream.ts";

const images = new TestImages();
let host: AgentHost;
let data: string;

jest.setTimeout(120_000);
beforeAll(() => images.start());
afterAll(() => images.stop());
beforeEach(async () => {
  host = new AgentHost(new AwsDouble());
  await host.start();
  data = join(host.root, "var/lib/slipway-data");
  mkdirSync(data, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "tmpfs", data]);
});
afterEach(async () => {
  // what is mounted keeps the host's folder from being removed
  for (const id of host.containerIds(true)) docker("rm", "--force", id);
  docker("volume", "rm", "--force", "slipway-pages");
  execFileSync("umount", [data]);
  await host.stop();
});

const web = (version: string, other = {}) => ({
  name: "web",
  image: images.reference(version),
  mounts: {
    "/srv": Mount.volume("pages"),
    "/etc/the app.conf": Mount.file("it's $HOME\n"),
    "/scratch": Mount.tmpfs({ sizeMiB: 4 }),
  },
  ...other,
});
const body = async () => (await request(host.port, "web.test", "/")).body.trim();
const inside = (...words: string[]) => docker("exec", host.containers()[0]?.split(" ")[0] as string, ...words);

test("a volume has at first what the image has there, then what is written; it stays over releases, also those that fail", async () => {
  expect((await host.release([web("1")])).status).toBe(0);
  expect([await body(), readdirSync(join(data, "volumes/pages")).sort()]).toEqual([
    "version 1",
    ["cgi-bin", "index.html", "status"],
  ]);
  expect(inside("cat", "/etc/the app.conf")).toBe("it's $HOME\n");
  expect(inside("sh", "-c", "echo a >>'/etc/the app.conf' || df -m /scratch | tail -n 1")).toMatch(/tmpfs +4 /);
  inside("sh", "-c", "echo kept >/srv/index.html");

  // by its own address, while no other container of it runs; the new version's pages are hidden by those that are kept
  const direct = `${host.portsOf("web").direct}`;
  expect((await host.release([web("2")])).lines).toContain(
    "slipway: web: stopping what serves, one container at a time has its data",
  );
  const [running] = host.containers();
  expect([host.containers(), await body()]).toEqual([[expect.stringMatching(/^slipway-web-\d+ running$/)], "kept"]);
  expect(docker("run", "--rm", images.reference("1"), "wget", "-q", "-O", "-", `http://172.17.0.1:${direct}/`)).toBe(
    "kept\n",
  );

  const failed = await host.release([web("1", { command: ["sh", "-c", "echo lost >/srv/index.html; exit 3"] })]);
  expect(failed).toMatchObject({
    status: 1,
    last: expect.stringContaining("web is not healthy: its container ended with status 3"),
  });
  expect([host.containers(), await body()]).toEqual([[running], "lost"]);
});
