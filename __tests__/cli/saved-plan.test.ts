import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeMachine, makeProject, type TerraformSays } from "./fake-machine.ts";
import { inProcess } from "./in-process.ts";

const RESOURCES = {
  resource: {
    docker_container: { web: { "//": { metadata: { path: "cats/host/web/Container" } } } },
    docker_volume: { data: { "//": { metadata: { path: "cats/data/Resource" } } } },
  },
};
const change = (address: string, actions: readonly string[], more: object = {}) => ({
  ...{ address, mode: "managed", provider_name: "registry.terraform.io/kreuzwerker/docker" },
  change: { actions, ...more },
});
const CREATES = { resource_changes: [change("docker_container.web", ["create"])] };
const UPDATES = { resource_changes: [change("docker_container.web", ["update"])] };
const LOSES = {
  resource_changes: [change("docker_container.web", ["no-op"]), change("docker_volume.data", ["delete", "create"])],
};

/** What a stack says of itself whose page is of that digest. */
const described = (digest: string) => ({
  format: 1,
  stack: "cats",
  findings: [],
  constructs: [
    {
      path: "cats/host",
      kind: "host",
      release: {
        services: [{ name: "web", image: "cats/image", health: {}, secrets: {}, memoryMiB: 64 }],
        sites: [],
        drainSeconds: 10,
      },
    },
    { path: "cats/image", kind: "image", repository: "a.b/c", reference: `a.b/c@sha256:${digest}`, platforms: [] },
  ],
});
const declare = (project: string, digest: string) =>
  writeFileSync(join(project, "declared.json"), JSON.stringify(described(digest)));

/** A project of one stack, on a machine with a Terraform that says that. */
function machineOf(says: TerraformSays) {
  const project = makeProject(RESOURCES);
  const machine = new FakeMachine().docker().engineUp().terraform(says);
  const state = (text: string) => writeFileSync(join(project, "terraform.cats.tfstate"), text);
  const slipway = (...words: string[]) => inProcess(machine, project, words);
  return { project, machine, state, slipway, up: (...words: string[]) => slipway("up", ...words) };
}
const stateOf = (serial: number, ...resources: object[]) => JSON.stringify({ lineage: "a", serial, resources });
const folderOf = (project: string) => join(project, "cdktf.out/stacks/cats");
const plansIn = (project: string) => readdirSync(folderOf(project)).filter((name) => name.endsWith(".tfplan"));

describe("the saved plan", () => {
  it("is of its owner alone, is what is applied, and is gone afterwards", async () => {
    const { project, machine, up } = machineOf({ planned: CREATES });
    expect(await up()).toMatchObject({ code: 0, stderr: "" });
    const [plan, show, apply] = machine.calls("terraform").slice(-3);
    const file = /-out=(\S+)/.exec(plan ?? "")?.[1] as string;
    expect(file.startsWith(folderOf(project))).toBe(true);
    expect([show, apply]).toEqual([
      `terraform -chdir=${folderOf(project)} show -json -no-color ${file}`,
      `terraform -chdir=${folderOf(project)} apply -input=false -json ${file}`,
    ]);
    expect(readFileSync(join(machine.folder, "plans"), "utf8")).toMatch(/^-rw-------/);
    expect(plansIn(project)).toEqual([]);
  });

  it.each<[string, TerraformSays]>([
    ["the plan fails", { planCode: 1 }],
    ["the plan cannot be shown", { whenShown: "exit 1" }],
    ["nobody agrees", { planned: LOSES }],
    ["the apply fails", { planned: CREATES, code: 1 }],
  ])("is gone when %s", async (_, says) => {
    const { project, machine, up } = machineOf(says);
    expect((await up()).code).toBe(1);
    expect(readFileSync(join(machine.folder, "plans"), "utf8")).toMatch(/^-rw-------/);
    expect(plansIn(project)).toEqual([]);
  });

  it.each<[string, TerraformSays, number | null]>([
    ["a signal ends it", { planned: CREATES, whenApplied: "kill -TERM $PPID; while kill -0 $PPID; do :; done" }, null],
    ["Ctrl-C ends it", { planned: CREATES, code: 1, whenApplied: "kill -INT $PPID" }, 130],
  ])("is gone when %s", async (_, says, code) => {
    const { project, machine } = machineOf(says);
    expect((await machine.start(project, ["up"])).code).toBe(code);
    expect(readFileSync(join(machine.folder, "plans"), "utf8")).toMatch(/^-rw-------/);
    expect(plansIn(project)).toEqual([]);
  });

  it("goes with the next run where a run was killed without a word, and stays where that run is still at work", async () => {
    const { project, up } = machineOf({});
    await up();
    const ended = spawnSync("true").pid;
    const running = `slipway-${process.pid}-0123456789ab.tfplan`;
    for (const name of [`slipway-${ended}-0123456789ab.tfplan`, running])
      writeFileSync(join(folderOf(project), name), "");
    await up();
    expect(plansIn(project)).toEqual([running]);
  });

  it("is not another one that was made meanwhile", async () => {
    const { machine, up } = machineOf({ planned: CREATES, whenShown: 'cat "$file" >/dev/null; rm "$file"' });
    const { code, stderr } = await up();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "slipway: another slipway planned this stack here meanwhile, and nothing was changed: start anew\n",
    });
    expect(machine.calls("terraform").filter((line) => line.includes(" apply "))).toEqual([]);
  });

  it("says what to do where the state is another by now", async () => {
    const diagnostic = { severity: "error", summary: "Saved plan is stale", detail: "The given plan file" };
    const { up } = machineOf({ planned: CREATES, apply: [{ type: "diagnostic", diagnostic }], code: 1 });
    expect((await up()).stderr).toContain("what to do: somebody else deployed meanwhile: deploy again");
  });

  it("tells nobody its values, nor leaves them anywhere", async () => {
    const values = { before: { env: ["P=hunter2"] }, after: { env: ["P=hunter2"] } };
    const planned = { resource_changes: [change("docker_container.web", ["update"], values)] };
    const { project, up } = machineOf({ planned });
    const failing = machineOf({ planned, whenShown: `cat '${join(project, "secret")}'; exit 1` });
    writeFileSync(join(project, "secret"), "hunter2");
    const said = [await up("--verbose"), await failing.up()];
    expect(said.map(({ code }) => code)).toEqual([0, 1]);
    expect(JSON.stringify(said)).not.toContain("hunter2");
    const left = readdirSync(project, { recursive: true, encoding: "utf8", withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== "secret")
      .filter((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), "utf8").includes("hunter2"));
    expect(left).toEqual([]);
  });
});

describe("what is shown before", () => {
  const held = "cats/host is held at version 4 since yesterday: other content ends it";
  const warning = { severity: "warning", summary: "Check block assertion failed", detail: held };
  const checks = [
    {
      address: { kind: "check", name: "Hold", to_display: "check.Hold" },
      status: "fail",
      instances: [{ address: { to_display: "check.Hold" }, status: "fail", problems: [{ message: held }] }],
    },
  ];

  it("is the verdict and a check that warns, once and first, then what rolls, then the apply", async () => {
    const { project, state, up, machine } = machineOf({ planned: CREATES });
    declare(project, "1");
    state(stateOf(1, {}));
    await up();
    machine.terraform({ planned: { ...UPDATES, checks }, plan: [{ type: "diagnostic", diagnostic: warning }] });
    declare(project, "2");
    const { code, stdout } = await up();
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\ncats: 1 service rolls in place, nobody notices\n {2}warning {2}cats\/host is held at version 4 since yesterday: other content ends it\n {2}rolled {3}cats\/host web \(image\), away 0 s\n> terraform apply\n/,
    );
    expect(stdout.split(held)).toHaveLength(2);
  });

  it("compares with what was deployed, not with what was synthesized since", async () => {
    const { project, machine, state, up, slipway } = machineOf({ planned: CREATES });
    declare(project, "1");
    state(stateOf(1, {}));
    expect((await up()).stdout).toContain("\ncats: 1 host is created, 1 service is created\n");
    declare(project, "2");
    await slipway("list");
    machine.terraform({ planned: UPDATES, code: 1 });
    const rolls = "\ncats: 1 service rolls in place, nobody notices\n";
    expect((await up()).stdout).toContain(rolls);
    machine.terraform({ planned: UPDATES });
    expect((await up()).stdout).toContain(rolls);
    machine.terraform({ planned: { resource_changes: [change("docker_container.web", ["no-op"])] } });
    expect((await up()).stdout).toContain("\ncats: nothing changes\n");
  });

  it("says where the state was changed by other means", async () => {
    const { project, machine, state, up } = machineOf({ planned: CREATES });
    declare(project, "1");
    state(stateOf(1, {}));
    await up();
    state(stateOf(2, {}));
    machine.terraform({ planned: UPDATES });
    expect((await up()).stdout).toContain("the state of cats has changed since the last up that ended well");
    expect((await up()).stdout).not.toContain("has changed since");
  });

  it("is Terraform's plan alone where it was deployed by other means, and says so", async () => {
    const { project, state, up } = machineOf({ planned: UPDATES });
    declare(project, "1");
    state(stateOf(1, {}));
    const { code, stdout } = await up();
    expect(code).toBe(0);
    expect(stdout).toContain(
      "\ncats: Terraform's plan says what changes\n  updates  cats/host/web/Container\n  what is deployed of cats is not described here",
    );
  });
});

describe("a volume that would go", () => {
  it("is asked about before up makes it anew, though all is on the engine here", async () => {
    const { machine, up } = machineOf({ planned: LOSES });
    const { code, stdout } = await up();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /\n {2}deletes {2}cats\/data\/Resource \(docker_volume\), with all that it holds\nnobody can be asked here whether to deploy cats \(deletes cats\/data\/Resource \(docker_volume\)\): add --auto-approve\n$/,
    );
    expect(machine.calls("terraform").filter((line) => line.includes(" apply "))).toEqual([]);
    expect((await up("--auto-approve")).code).toBe(0);
  });
});

describe("down", () => {
  const GOES = { resource_changes: [change("docker_container.web", ["delete"])] };

  it("shows what goes and what is kept, applies that plan, and forgets what was deployed", async () => {
    const { project, machine, state, up, slipway } = machineOf({ planned: CREATES });
    declare(project, "1");
    state(stateOf(1, {}));
    await up();
    const kept = join(project, "terraform.cats.tfstate.slipway.json");
    expect(existsSync(kept)).toBe(true);
    machine.terraform({ planned: GOES });
    const labels = { "dev.slipway.volume": "redis", "dev.slipway.volume.host": "cats/host" };
    const docker = readFileSync(join(machine.bin, "docker"), "utf8").split("\n").slice(2).join("\n");
    machine.program(
      "docker",
      `case "$*" in
        *dev.slipway.volume.stack=cats*) echo cats-redis; exit ;;
        "volume inspect cats-redis") echo '${JSON.stringify([{ Labels: labels }])}'; exit ;;
        "system df"*) echo '[]'; exit ;;
      esac\n${docker}`,
    );
    const { code, stdout } = await slipway("down");
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain(
      "\ncats: all of it goes\n  cats/host: 1 docker_container\n  kept: volume cats-redis, with what services wrote there\n> terraform destroy\n",
    );
    expect(machine.calls("terraform").at(-1)).toMatch(/ apply -input=false -json \S+\.tfplan$/);
    expect([existsSync(kept), plansIn(project)]).toEqual([false, []]);
  });

  it("asks where a volume goes that is no host's", async () => {
    const planned = { resource_changes: [change("docker_volume.data", ["delete"])] };
    const { machine, state, up, slipway } = machineOf({ planned: CREATES });
    await up();
    state(stateOf(1, {}));
    machine.terraform({ planned });
    const { code, stdout } = await slipway("down");
    expect(code).toBe(1);
    expect(stdout).toContain("  cats/data/Resource (docker_volume), with all that it holds\n");
    expect(stdout).toContain("nobody can be asked here whether to take cats away (deletes cats/data/Resource");
    expect((await slipway("down", "--auto-approve")).code).toBe(0);
  });
});

it("down asks where a volume goes of which Terraform knows nothing", async () => {
  const { project, machine, slipway } = machineOf({});
  declare(project, "1");
  const volumes = "cats-data\\tcats/data\\ncats-files\\tcats/host/NginxFiles\\n";
  machine.program(
    "docker",
    `case "$*" in
    context*) echo "default unix:///var/run/docker.sock" ;;
    info*) echo '{"ServerVersion":"99.0","RegistryConfig":{}}' ;;
    "volume ls --filter label=dev.slipway.stack=cats"*) [ -e '${machine.folder}/cleaned up' ] || printf '${volumes}' ;;
    "volume ls --format {{.Name}}"*) printf 'cats-data\\n' ;;
    "volume rm"*) touch '${machine.folder}/cleaned up' ;;
  esac`,
  );
  const { code, stdout } = await slipway("down");
  expect(code).toBe(1);
  expect(stdout).toContain(
    "\nnobody can be asked here whether to take cats away (deletes volume cats-data): add --auto-approve\n",
  );
  expect(machine.calls("docker").filter((line) => / rm /.test(line))).toEqual([]);
  expect((await slipway("down", "--auto-approve")).code).toBe(0);
  expect(machine.calls("docker")).toContain("docker volume rm cats-data");
});

describe("diff", () => {
  it("reviews against what is deployed, whatever was synthesized since", async () => {
    const { project, state, up, slipway } = machineOf({ planned: CREATES });
    declare(project, "1");
    state(stateOf(1, {}));
    await up();
    const diff = (...words: string[]) => slipway("diff", ...words);
    expect((await diff("cats")).stdout).toContain("The same as what is deployed.");
    declare(project, "2");
    await diff();
    const { code, stdout } = await diff("--fail-on", "downtime");
    expect(code).toBe(0);
    expect(stdout).toContain("**1 service rolls in place, nobody notices**");
    expect(stdout).toContain("Compared with what is deployed.");
  });

  it("says that it is not deployed, and reviews against nothing", async () => {
    const { project, slipway } = machineOf({});
    declare(project, "1");
    const { code, stdout } = await slipway("diff", "cats");
    expect(code).toBe(0);
    expect(stdout).toContain("cats is not deployed from here, so this is a review against nothing");
    expect(stdout).toContain("1 host is created");
  });
});
