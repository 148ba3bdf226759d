import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type EndedChild, endOf } from "../ended-child.ts";
import { docker } from "./project.ts";
import { request } from "./request-stream.ts";

jest.setTimeout(300_000);

const ROOT = resolve(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "slipway-commands-"));
const deployed = new Set<string>();

function run(program: string, ...words: string[]): Promise<EndedChild> {
  const env = { ...process.env, NO_COLOR: "1" };
  const child = spawn(program, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], env });
  return endOf(child);
}

async function up(stack: string): Promise<string> {
  const { status, output } = await run("npm", "run", "--silent", "up", "--", stack);
  // Only what this folder has a state of is its own to take away; another folder's stack of that name is not.
  if (existsSync(join(folder, `terraform.${stack}.tfstate`))) deployed.add(stack);
  if (status !== 0) throw new Error(output);
  return output;
}

/** What the engine holds of a stack: by label, and images by the name of its registry. */
function leftovers(stack: string, registry: string): string[] {
  const label = ["--filter", `label=dev.slipway.stack=${stack}`];
  const images = docker("images", "--format", "{{.Repository}}:{{.Tag}}").split("\n");
  return [
    docker("ps", "-aq", ...label),
    docker("network", "ls", "-q", ...label),
    docker("volume", "ls", "-q", ...label),
    docker("images", "-aq", ...label),
    ...images.filter((name) => name.startsWith(`${registry}/`)),
  ].filter(Boolean);
}

beforeAll(async () => {
  for (const stack of ["cats", "netflix"]) {
    const [name] = docker("ps", "-a", "--format", "{{.Names}}", "--filter", `label=dev.slipway.stack=${stack}`).split(
      "\n",
    );
    if (name)
      throw new Error(
        `stack ${stack} is up on this engine (${name}), and these tests need its name and ports: take it down first`,
      );
  }
  const listed = await new Promise<string>((done) => {
    const git = spawn("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
    let text = "";
    git.stdout.setEncoding("utf8").on("data", (more) => {
      text += more;
    });
    git.once("close", () => done(text));
  });
  for (const path of listed.split("\0").filter((name) => /^(src|stacks|scripts|[^/]+$)/.test(name))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(ROOT, path), join(folder, path));
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  // Older than what is installed, whatever the checkout's times are: an npm ci in here would empty the checkout's folder.
  utimesSync(join(folder, "package-lock.json"), 0, 0);
});

afterAll(async () => {
  for (const stack of deployed) await run("npm", "run", "--silent", "down", "--", stack);
  rmSync(folder, { recursive: true, force: true });
});

test("a port that somebody else holds is named, and nothing is made", async () => {
  const server = createServer();
  await new Promise<void>((done, fail) => server.once("error", fail).listen(8888, "127.0.0.1", done));
  const { status, output } = await run("npm", "run", "--silent", "up");
  await new Promise((done) => server.close(done));
  expect(output).toMatch(
    /port 8888, which cats\/host\/Nginx\S* publishes, is taken by .*: stop it, or publish another port/,
  );
  expect(status).toBe(3);
  expect(leftovers("cats", "localhost:5001")).toEqual([]);
});

test("npm run up serves the page by its name, says how to see it, and changes nothing when nothing changed", async () => {
  const output = await up("cats");
  expect(output).toMatch(
    /> terraform plan\n[^>]*\ncats: 1 host is created, 1 service is created[^>]*> terraform apply\n/,
  );
  expect(output).toContain("\nhttp://cats.localhost:8888/\ncurl -H 'Host: cats.localhost' http://127.0.0.1:8888/\n");
  const page = await request(8888, "cats.localhost");
  expect(page.status).toBe(200);
  expect(page.body).toContain("<html");

  const before = docker("ps", "-q", "--no-trunc", "--filter", "label=dev.slipway.stack=cats");
  const again = await up("cats");
  expect(again).toContain("\ncats: nothing changes\n");
  expect(again).toContain("\ncats is up, nothing had to change\n");
  expect(again).not.toContain("> terraform init");
  expect(docker("ps", "-q", "--no-trunc", "--filter", "label=dev.slipway.stack=cats")).toBe(before);
});

test("a service that somebody stopped by hand is served again once it is up", async () => {
  const filter = ["--filter", "label=dev.slipway.construct=cats/host/cats/Container"];
  docker("stop", docker("ps", "-q", ...filter));
  expect((await request(8888, "cats.localhost")).status).toBe(502);
  expect(await up("cats")).toContain("cats/host/cats/Container does not run: a new container takes its place");
  expect((await request(8888, "cats.localhost")).status).toBe(200);
  expect(docker("ps", "-aq", ...filter).split("\n")).toHaveLength(1);
  expect(await up("cats")).toContain("\ncats is up, nothing had to change\n");
});

test("another folder does not take the stack over", async () => {
  rmSync(join(folder, "elsewhere"), { recursive: true, force: true });
  const state = join(folder, "terraform.cats.tfstate");
  cpSync(state, `${state}.kept`);
  rmSync(state);
  const { status, output } = await run("npm", "run", "--silent", "up");
  cpSync(`${state}.kept`, state);
  expect(output).toContain("stack cats is on this engine already");
  expect(status).toBe(3);
});

test("cdktf's own command line deploys the same stack, and finds nothing to change", async () => {
  const { status, output } = await run("npx", "--no-install", "cdktf", "deploy", "cats", "--auto-approve");
  expect({ status, output }).toMatchObject({ status: 0 });
  expect(output).toMatch(/No changes\. Your infrastructure matches the configuration|0 added, 0 changed, 0 destroyed/);
});

test("npm run up -- netflix serves the catalogue's JSON through the front end", async () => {
  await up("netflix");
  const answer = await request(8889, "netflix.devops-days-upes.com", "/api/discover?type=movie&genre=28");
  expect(answer.status).toBe(200);
  const titles = JSON.parse(answer.body).map(({ title }: { title: string }) => title);
  expect(titles).toContain("Cold Start");
});

test.each([
  ["cats", "localhost:5001"],
  ["netflix", "localhost:5002"],
])("npm run down -- %s leaves nothing of it, and says what it keeps", async (stack, registry) => {
  if (!deployed.has(stack)) throw new Error(`${stack} was not deployed here, so there is nothing of ours to take away`);
  const { status, output } = await run("npm", "run", "--silent", "down", "--", stack);
  expect({ status, output }).toMatchObject({ status: 0 });
  deployed.delete(stack);
  expect(leftovers(stack, registry)).toEqual([]);
  expect(output).toMatch(new RegExp(`\\n${stack}: all of it goes\\n {2}${stack}/\\S+: .*\\d docker_`));
  expect(existsSync(join(folder, `terraform.${stack}.tfstate.slipway.json`))).toBe(false);
  expect(output).toMatch(/\nkept, for other stacks .*\n {2}docker\.io\/library\/nginx/);
});
