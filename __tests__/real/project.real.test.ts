import { docker, Project } from "./project.ts";

const RUN = `slipway-left-${process.pid}`;
const labels = (stack: string) => ["--label", `slipway-test-left=${RUN}`, "--label", `dev.slipway.stack=${stack}`];
const OTHER = `${RUN}-other`;
const application = { Dockerfile: `FROM scratch\nCOPY Dockerfile /\nCMD ["/none"]\n` };
const [project, neighbour] = [RUN, OTHER].map((stack) => new Project("local.ts", stack, application)) as [
  Project,
  Project,
];

/** What a run leaves that is killed between its first apply and its end. */
function leave(stack: string): void {
  docker("network", "create", ...labels(stack), stack);
  docker("volume", "create", ...labels(stack), stack);
  docker("build", "--quiet", ...labels(stack), "--tag", `${stack}:1`, `${project.directory}/app`);
  docker("create", ...labels(stack), "--name", stack, "--network", stack, "--volume", `${stack}:/kept`, `${stack}:1`);
}

const left = (stack: string) =>
  [
    ["ps", "--all", "--format", "{{.Names}}"],
    ["network", "ls", "--format", "{{.Name}}"],
    ["volume", "ls", "--format", "{{.Name}}"],
    ["images", "--format", "{{.Repository}}"],
  ].map((words) => docker(...words, "--filter", `label=dev.slipway.stack=${stack}`));

afterAll(async () => {
  for (const each of [project, neighbour]) {
    await each.cleanUp();
    each.remove();
  }
});

test("what a killed run has left of a stack goes before the stack is deployed again, and nothing of another stack", async () => {
  for (const stack of [RUN, OTHER]) leave(stack);
  expect(left(RUN)).toEqual([RUN, RUN, RUN, RUN]);
  await project.cleanUp();
  expect(left(RUN)).toEqual(["", "", "", ""]);
  expect(project.onEngine()).toEqual([]);
  expect(left(OTHER)).toEqual([OTHER, OTHER, OTHER, OTHER]);
  expect(neighbour.onEngine()).toHaveLength(3);
});
