import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FakeMachine, makeProject } from "./fake-machine.ts";

jest.setTimeout(60_000);

const error = {
  type: "diagnostic",
  diagnostic: { severity: "error", summary: "failed to solve: exit code: 1", address: "docker_image.image" },
};
const image = (build: object) => ({
  resource: {
    docker_image: {
      image: {
        "//": { metadata: { path: "cats/image/Resource" } },
        // as a built image is synthesized
        build: { context: "ctx", dockerfile: "File", build_args: {}, secrets: [], ...build },
      },
    },
  },
});

const SAYS = `i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo "line $i"; done; echo "File:3 >>> RUN pip install nope" >&2`;

async function up(build: object, says = `[ "$DOCKER_BUILDKIT" = 1 ] || exit 2; ${SAYS}`, before = "") {
  const project = makeProject(image(build));
  const app = join(project, "app.js");
  writeFileSync(
    app,
    `${readFileSync(app, "utf8")}fs.mkdirSync(out + "/stacks/cats/ctx", { recursive: true }); fs.writeFileSync(out + "/stacks/cats/ctx/File", "FROM scratch\\n# why\\nRUN pip \\\\\\n  install nope\\n");`,
  );
  const machine = new FakeMachine()
    .docker()
    .engineUp()
    .terraform({ apply: [error], code: 1 });
  const docker = readFileSync(join(machine.bin, "docker"), "utf8").split("\n").slice(2).join("\n");
  machine.program("docker", `${before}if [ "$1" = build ]; then ${says}; exit 1; fi\n${docker}`);
  return { machine, project, ...(await machine.slipway(project, ["up"])) };
}

it("shows the last 30 lines of what the engine says, the Dockerfile's line among them", async () => {
  const { code, stdout, stderr, machine, project } = await up({ target: "web", build_args: { A: "b c" } });
  expect(code).toBe(1);
  const folder = join(project, "cdktf.out/stacks/cats");
  expect(machine.calls("docker").filter((line) => line.startsWith("docker build "))).toEqual([
    `docker build --file ${folder}/ctx/File --target web --build-arg A=b c ctx`,
  ]);
  expect(stdout).toContain("> build cats/image/Resource once more, to show what it said\n  line 12\n");
  expect(stdout).toContain("  line 40\n  File:3 >>> RUN pip install nope\n");
  expect(stderr).toBe("slipway: error: cats/image/Resource: failed to solve: exit code: 1\n");
});

it("of Docker's former builder, which counts steps, says the Dockerfile's line", async () => {
  const former = '[ "$1" = buildx ] && exit 1; ';
  const says = `[ "$DOCKER_BUILDKIT" = 0 ] || exit 2; echo "Step 1/2 : FROM scratch"; echo "Step 2/2 : RUN pip install nope"; echo "DEPRECATED: The legacy builder is deprecated" >&2; echo "            Install buildx" >&2; echo >&2; printf "\\\\033[91mpip: not found\\\\033[0m\\\\n" >&2; echo "returned a non-zero code: 1" >&2`;
  const { stdout } = await up({}, says, former);
  expect(stdout).not.toMatch(/DEPRECATED|Install buildx/);
  expect(stdout).toContain("\n  pip: not found\n");
  expect(stdout).toContain("\n  returned a non-zero code: 1\n  File:3: RUN pip   install nope\n");
});

it.each([[{ build_args: { A: "${var.a}" } }], [{ secrets: [{ id: "npm" }] }]])(
  "asks nothing of the engine for a build that it cannot repeat: %j",
  async (build) => {
    const { machine } = await up(build);
    expect(machine.calls("docker").filter((line) => line.startsWith("docker build "))).toEqual([]);
  },
);
