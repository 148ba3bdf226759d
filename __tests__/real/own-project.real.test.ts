import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PublishedPackage } from "./published-package.ts";

/** npm's installation, and two deploys. */
jest.setTimeout(600_000);

let published: PublishedPackage;
const projects: string[] = [];

beforeAll(async () => {
  published = await PublishedPackage.start();
});
afterEach(async () => {
  // What a test that failed has left, on ports that the next one needs.
  for (const project of projects.splice(0)) await inProject(project, "npx slipway down").catch(() => {});
});
afterAll(() => published?.stop());

/** The stand-ins for registries are the package's own, which looks by itself whether it needs them. */
const inProject = (project: string, commands: string) => published.run(commands, project, { SLIPWAY_OFFLINE: "1" });

test.each([
  ["slipway", "cdktf"],
  ["slipway-cdktn", "cdktn"],
])("a project that %s begins is deployed, changed, reviewed, tested, taken back and taken away", async (name, core) => {
  const folder = mkdtempSync(join(published.folder, `${core}-`));
  const stack = `shop-${core}`;
  const project = join(folder, stack);
  const page = async () => inProject(project, `curl -fsS -H 'Host: ${stack}.localhost' http://127.0.0.1:8888/`);

  const began = await inProject(folder, `npx --yes --package ${name} slipway init ${stack} --host local`);
  expect(began).toMatch(new RegExp(`\\n {2}cd ${stack}\\n {2}npm install\\n(.*\\n)* {2}npx slipway up\\n`));
  projects.push(project);
  const { dependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining([core, name]));

  const up = await inProject(project, "npm install --no-fund --no-audit\nnpx slipway up");
  expect(up).toMatch(new RegExp(`^${stack} is up\\b.*\\n(.*\\n)*.*http://${stack}\\.localhost:8888/`, "m"));
  expect(await page()).toContain(`<h1>${stack}</h1>`);

  const html = join(project, "app/index.html");
  const first = readFileSync(html, "utf8");
  writeFileSync(html, first.replace("</h1>", ", open on Sundays</h1>"));
  const changed = await inProject(project, "npx slipway up");
  expect(changed).toContain("1 service rolls in place");
  expect(await page()).toContain(`<h1>${stack}, open on Sundays</h1>`);

  // verbs that prepare nothing find the stand-ins that up has made, and say so
  expect(await inProject(project, "npx slipway review 2>&1")).toMatch(
    /OFFLINE: base images are stand-ins(.*\n)*.*index\.html/,
  );
  expect(await inProject(project, "npx slipway diff")).toContain("**nothing changes**");
  expect(await inProject(project, "npx slipway list")).toMatch(new RegExp(`^${stack}  deployed  `, "m"));
  expect(await inProject(project, "npx slipway images")).toContain("web");
  // a test of one's own is no verb: it is told of the stand-ins, as any other program is
  expect(await inProject(project, 'eval "$(npx slipway env)"\nnpm test\nnpm run check')).toMatch(/pass 2\n/);
  expect(await inProject(project, "npx slipway status 2>&1")).toMatch(
    /^ {2}web {2}healthy, [0-9a-f]{12}, running since /m,
  );
  // this kind of host keeps no releases to go back to, and says what to do in place of that
  const refusal = await inProject(project, "npx slipway rollback 2>&1 && exit 9 || test $? = 1");
  expect(refusal).toMatch(/git revert.*deploy/);
  writeFileSync(html, first);
  expect(await inProject(project, "npx slipway up")).toContain("1 service rolls in place");
  expect(await page()).toContain(`<h1>${stack}</h1>`);
  await inProject(project, "npx slipway down");
  projects.pop();
  expect(await inProject(project, `docker ps --all --quiet --filter name=${stack}-`)).toBe("");
});
