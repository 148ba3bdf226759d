import { spawnSync } from "node:child_process";
import { utimesSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AskedHost } from "../../src/cli/asked-host.ts";
import { outputTail, run } from "../../src/cli/command.mjs";
import { tellHost } from "../../src/cli/host-answer.ts";
import type { StatusReport } from "../../src/cli/status-report.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { pageServer } from "./page-server.ts";
import { docker, Project, waitFor } from "./project.ts";
import { request, requestStream } from "./request-stream.ts";

jest.setTimeout(180_000);

const VERSION_TAG = resolve(__dirname, "../../src/docker/version-tag.sh");
const PORT = 8901;
const NAME = "page.localhost";
const DOCKERFILE = `FROM python:3.12.8-slim-bookworm
WORKDIR /app
RUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = "$(printf 'open %s' sesame)"
COPY server.py .
USER nobody
EXPOSE 5000
CMD ["python3", "server.py"]
`;
const SECRET = "open sesame";
process.env.SLIPWAY_TEST_TOKEN = SECRET;
const server = (body: string) =>
  pageServer(`
body, status = os.environ.get("BODY", "${body}"), 200
if self.path == "/upstream":
    body, status = fetched(os.environ["UPSTREAM"])
if self.path == "/reader":
    body = os.environ.get("TEXT", "")
`);
const body = async () => (await request(PORT, NAME)).body;

/** The ids of the stack's images that the engine has. */
const images = () => {
  const label = "label=dev.slipway.stack=slipway-test";
  return [...new Set(docker("image", "ls", "--quiet", "--no-trunc", "--filter", label).split("\n"))].sort();
};
const served = async () => docker("image", "inspect", "--format", "{{.Id}}", await project.output("reference"));
/** Of each version that was served, in their order. */
const versions: string[] = [];

const project = new Project("local.ts", "slipway-test", {
  Dockerfile: DOCKERFILE,
  "server.py": server("one"),
  ".dockerignore": "*.md\n",
});

beforeAll(() => project.cleanUp());
afterAll(async () => {
  await project.destroy();
  await project.cleanUp();
});

describe("a directory becomes a served name", () => {
  test("from nothing: one apply, then the page by name; nobody else's name is answered", async () => {
    await project.synth();
    await project.init();
    const run = await project.apply();
    expect(run.output).toContain("Apply complete!");
    expect(run.status).toBe(0);
    expect(await body()).toBe("one");
    await expect(request(PORT, "other.localhost")).rejects.toThrow(/socket hang up/);
  });

  test("what runs is the digest that was pushed", async () => {
    const reference = await project.output("reference");
    expect(reference).toMatch(/^localhost:5901\/page@sha256:[0-9a-f]{64}$/);
    const running = docker("ps", "--quiet", "--filter", "label=dev.slipway.construct=slipway-test/host/page/Container");
    versions.push(await served());
    expect(docker("inspect", "--format", "{{.Image}}", running)).toBe(versions[0]);
  });

  test("what a version's tag stands for is asked of the registry itself", async () => {
    const format = '{{index .Config.Labels "dev.slipway.content"}}';
    const content = docker("image", "inspect", "--format", format, await project.output("reference"));
    const check = (tag: string, of: string) => {
      const env = { ...process.env, SLIPWAY_TAG: tag, SLIPWAY_CONTENT: of, SLIPWAY_LABEL: "dev.slipway.content" };
      const { status, stdout } = spawnSync("sh", [VERSION_TAG], { encoding: "utf8", env });
      return { status, stdout };
    };
    const [page, other] = ["localhost:5901/page:1.0.0", "0".repeat(64)];
    expect(check(page, content)).toEqual({ status: 0, stdout: "" });
    expect(check(page, other)).toEqual({
      status: 1,
      stdout: expect.stringContaining(`${page} stands for other content (built from ${content}): nothing was pushed`),
    });
    for (const free of ["localhost:5901/page:9.9.9", "localhost:5901/nothing:1.0.0"])
      expect(check(free, other)).toEqual({ status: 0, stdout: "" });
    const nobody = check("localhost:5909/page:1.0.0", other);
    expect(nobody).toEqual({ status: 0, stdout: expect.stringContaining("which cannot be told: ") });
  });

  test("the build's secret is in no file that synth or Terraform wrote, and in no layer", async () => {
    expect(await project.synth()).not.toContain(SECRET);
    expect(project.state()).not.toContain(SECRET);
    expect(docker("history", "--no-trunc", await project.output("reference"))).not.toContain(SECRET);
  });

  test("again with nothing changed, or a file touched: nothing to do", async () => {
    const before = project.containers();
    expect(await project.plan()).toMatchObject({ status: 0 });
    utimesSync(join(project.directory, "app/server.py"), new Date(), new Date());
    project.write("NOTES.md", "ignored");
    await project.synth();
    expect(await project.plan()).toMatchObject({ status: 0 });
    expect(project.containers()).toEqual(before);
  });

  test("the host is asked by the engine: its status, its services' logs, and a site that is switched off and on", async () => {
    const host = { kind: "local", path: "slipway-test/host", nginx: "slipway-test-host-nginx" } as const;
    const tools = { command: { run, outputTail } } as unknown as Tools;
    const tell = (...words: string[]) => tellHost({ host } as AskedHost, words, tools);
    const status = async () => JSON.parse((await tell("status", "--json")).stdout) as StatusReport;
    expect(await status()).toMatchObject({
      healthy: true,
      serving: { release: expect.stringMatching(/^[0-9a-f]{64}$/) },
      services: expect.arrayContaining([
        expect.objectContaining({
          name: "page",
          healthy: true,
          state: "running",
          restarts: 0,
          memory: expect.stringContaining("iB / "),
        }),
      ]),
      maintenance: [],
    });
    expect(await tell("logs", "page", "5")).toMatchObject({ code: 0 });
    expect(await tell("logs", "nobody", "5")).toMatchObject({ code: 1, stderr: expect.stringContaining("but: page") });
    expect(await tell("maintenance", NAME, "on")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("answers 503"),
    });
    expect((await request(PORT, NAME)).status).toBe(503);
    expect((await status()).maintenance).toEqual([{ site: NAME, since: expect.stringMatching(/^20.*Z$/) }]);
    expect(await tell("maintenance", "other.localhost", "on")).toMatchObject({ code: 1 });
    expect(await tell("maintenance", NAME, "off")).toMatchObject({ code: 0, stdout: `${NAME}: is served again\n` });
    expect(await body()).toBe("one");
  });

  test("the same tree elsewhere synthesizes to the same bytes", async () => {
    const clone = project.clone();
    expect(await clone.synth()).toBe(await project.synth());
    await clone.destroy();
  });

  test("one byte changed: built, pushed, released, served, and no request fails", async () => {
    const nginx = docker("ps", "--quiet", "--filter", "name=slipway-test-host-nginx");
    const stream = requestStream(PORT, NAME);
    project.write("server.py", server("two"));
    await project.synth();
    const run = await project.apply();
    expect(run).toMatchObject({ status: 0 });
    expect(run.output).toMatch(/localhost:5901\/page:1\.0\.0 stood for other content \(built from \w{64}\) and moves/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const answers = await stream.stop();
    expect(answers.failed).toEqual([]);
    expect([...answers.bodies.keys()]).toEqual(["one", "two"]);
    versions.push(await served());
    expect(images()).toEqual([...versions].sort());
    expect(docker("ps", "--quiet", "--filter", "name=slipway-test-host-nginx")).toBe(nginx);
    expect(project.containers()).toHaveLength(3);
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a command, variables, a memory and a CPU limit that are taken away go away, in a container of its own", async () => {
    const page = await body();
    const settings = { command: ["python3", "server.py", "now"], env: { BODY: "declared" }, memoryMiB: 200, cpus: 1 };
    await project.synth({ SLIPWAY_TEST_SETTINGS: JSON.stringify(settings) });
    expect(await project.apply()).toMatchObject({ status: 0 });
    expect(await body()).toBe("declared");
    for (const taken of Object.keys(settings)) {
      await project.synth({ SLIPWAY_TEST_SETTINGS: JSON.stringify({ ...settings, [taken]: undefined }) });
      const plan = await project.plan();
      expect({ taken, status: plan.status }).toEqual({ taken, status: 2 });
      expect(plan.output).toMatch(/# docker_container\.host_page_Container_\w+ must be replaced/);
      expect(plan.output).not.toContain("will be updated in-place");
    }
    await project.synth();
    expect(await project.apply()).toMatchObject({ status: 0 });
    expect(await body()).toBe(page);
    const running = docker("ps", "--quiet", "--filter", "label=dev.slipway.construct=slipway-test/host/page/Container");
    const format =
      "{{json .Config.Cmd}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.PidsLimit}} {{json .Config.Env}}";
    const inspected = docker("inspect", "--format", format, running);
    expect(inspected).toMatch(/^\["python3","server.py"\] 268435456 0 512 /);
    expect(inspected).not.toContain("BODY=");
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a build that breaks fails the apply with the reason, and the old page is served on", async () => {
    const stream = requestStream(PORT, NAME);
    project.write("Dockerfile", `${DOCKERFILE}RUN echo no such compiler >&2 && false\n`);
    await project.synth();
    const run = await project.apply();
    expect(run.status).toBe(1);
    expect(run.output).toMatch(/exit code: 1|returned a non-zero code: 1/);
    const answers = await stream.stop();
    expect(answers.failed).toEqual([]);
    expect([...answers.bodies.keys()]).toEqual(["two"]);
    project.write("Dockerfile", DOCKERFILE);
  });

  test("a container that never gets healthy fails the apply with its own last words, twice, and the old page is served on", async () => {
    const stream = requestStream(PORT, NAME);
    project.write("server.py", `import sys\nsys.exit("database url missing")\n`);
    await project.synth();
    for (const time of ["first", "again"]) {
      const run = await project.apply();
      expect({ time, status: run.status }).toEqual({ time, status: 1 });
      expect(run.output).toContain("database url missing");
      expect(run.output).toContain("page is not healthy: its container ended with status 1");
    }
    const answers = await stream.stop();
    expect(answers.failed).toEqual([]);
    expect([...answers.bodies.keys()]).toEqual(["two"]);
  });

  test("the next good version is served; what failed is gone, and images that none of the last three releases had", async () => {
    project.write("server.py", server("three"));
    await project.synth();
    const run = await project.apply();
    expect(run).toMatchObject({ status: 0 });
    expect(run.output).toMatch(
      /removed the image localhost:5901\/page:sha-\w{64}, which none of the last 3 releases had/,
    );
    expect(await body()).toBe("three");
    versions.push(await served());
    expect(images()).toEqual(versions.slice(1).sort());
    expect(project.containers()).toHaveLength(3);
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a second service finds the first by its url on the very first release, and text with templates arrives as text", async () => {
    await project.synth({ SLIPWAY_TEST_SECOND: "1" });
    const run = await project.apply();
    expect(run).toMatchObject({ status: 0 });
    expect((await request(PORT, NAME, "/reader")).body).toBe('${HOME} %{x} "quoted"');
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("an apply killed while it waits is finished by the next one", async () => {
    const page = await body();
    const count = project.containers().length;
    project.write("server.py", `import time\ntime.sleep(4)\n${server("four")}`);
    await project.synth();
    const apply = project.startApply();
    const done = new Promise((resolve) => apply.on("exit", resolve));
    await waitFor(() => project.containers().length > count);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    apply.kill("SIGKILL");
    await done;
    expect(await body()).toBe(page);
    const finish = await project.apply();
    expect(finish.output).toContain("Apply complete!");
    expect(await body()).toBe("four");
    versions.push(await served());
    expect(images()).toEqual(versions.slice(2).sort());
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("destroy leaves no container, network or volume", async () => {
    expect(await project.terraform("destroy", "-auto-approve")).toMatchObject({ status: 0 });
    expect(project.onEngine()).toEqual([]);
  });
});
