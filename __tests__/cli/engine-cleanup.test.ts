import { EngineCleanup, namesIn } from "../../src/cli/engine-cleanup.ts";
import { RecordedCommand } from "./recorded-command.ts";

const LABEL = "--filter label=dev.slipway.stack=cats";
const IMAGES = "docker images --digests --format {{.Repository}}:{{.Tag}} {{.Repository}}@{{.Digest}}";
const SYNTHESIZED = { ownRegistries: ["localhost:5001"], pulledImages: ["nginx@sha256:1", "gone@sha256:2"] };

const engine = (more = {}) =>
  new RecordedCommand({
    "docker ps -a": "cats-nginx\ncats-app\n",
    "docker network ls": "cats-network\n",
    "docker volume ls": "",
    [`docker images ${LABEL}`]: "localhost:5001/cats:1.0.0 localhost:5001/cats@<none>\n<none>:<none> <none>@<none>\n",
    [IMAGES]:
      "localhost:5001/tools:1 localhost:5001/tools@sha256:3\nnginx:1 nginx@sha256:1\nlocalhost:50010/x:1 <none>@<none>\n",
    "docker images -a": "1234\n",
    "docker image inspect --format {{.Id}} gone": { code: 1 },
    ...more,
  });

it("removes by label, then what was pushed to the stack's own registry", async () => {
  const command = engine();
  const { removed, failures } = await new EngineCleanup("cats", command).run(SYNTHESIZED);
  expect(removed).toEqual([
    "container cats-nginx",
    "container cats-app",
    "network cats-network",
    "image localhost:5001/cats:1.0.0",
    "image localhost:5001/tools:1",
    "image localhost:5001/tools@sha256:3",
    "image 1234",
  ]);
  expect(failures).toEqual([]);
  const removals = command.asked.filter((line) => / rmi? /.test(line));
  expect(removals).toEqual([
    "docker rm -f -v cats-nginx",
    "docker rm -f -v cats-app",
    "docker network rm cats-network",
    "docker rmi -f localhost:5001/cats:1.0.0",
    "docker rmi -f localhost:5001/tools:1",
    "docker rmi -f localhost:5001/tools@sha256:3",
    "docker rmi -f 1234",
  ]);
});

it("lists by the stack's label only", async () => {
  const command = engine();
  await new EngineCleanup("cats", command).run(SYNTHESIZED);
  const lists = command.asked.filter((line) => /^docker (ps|network ls|volume ls|images -a)/.test(line));
  expect(lists).toHaveLength(4);
  for (const list of lists) expect(list).toContain(LABEL);
});

it("keeps what is only pulled, and says so where it is there", async () => {
  const { kept } = await new EngineCleanup("cats", engine()).run(SYNTHESIZED);
  expect(kept).toEqual(["nginx@sha256:1"]);
});

it("does not fail over what went in the meantime, and reports what stays", async () => {
  const command = engine({
    "docker rm -f -v cats-app": { code: 1, stderr: "Error: No such container: cats-app" },
    "docker network rm": { code: 1, stderr: "network cats-network has active endpoints\n" },
  });
  const { removed, failures } = await new EngineCleanup("cats", command).run(SYNTHESIZED);
  expect(removed).not.toContain("container cats-app");
  expect(failures).toEqual(["network cats-network: network cats-network has active endpoints"]);
});

it("fails when the engine cannot be asked", async () => {
  const cleanup = new EngineCleanup("cats", engine({ "docker ps -a": { code: 1, stderr: "no engine" } }));
  await expect(cleanup.run()).rejects.toThrow("docker ps -a failed\nno engine");
});

it("reads names out of image lists", () => {
  expect(namesIn(["b:1 b@sha256:2", "a:<none> a@sha256:1", "<none>:<none> <none>@<none>", "b:1 b@<none>"])).toEqual([
    "a@sha256:1",
    "b:1",
    "b@sha256:2",
  ]);
});
