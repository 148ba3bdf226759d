import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builderProblems } from "../../src/cli/builder-problems.ts";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import type { Engine } from "../../src/cli/tools.ts";
import { RecordedCommand } from "./recorded-command.ts";

const SEVERAL = { SLIPWAY_PLATFORMS: "linux/amd64,linux/arm64", SLIPWAY_NEEDS: "several platforms" };
const SOCKET = "unix:///var/run/docker.sock";

function problems(
  step: Record<string, string> | undefined,
  answers: ConstructorParameters<typeof RecordedCommand>[0],
  { imageStore = "graph driver", host }: { imageStore?: string; host?: string } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-stack-"));
  mkdirSync(join(folder, "contexts/1"), { recursive: true });
  writeFileSync(join(folder, "contexts/1/Dockerfile"), "FROM scratch\nCOPY . /\n");
  const environment = { SLIPWAY_CONTEXT: "contexts/1", SLIPWAY_DOCKERFILE: "Dockerfile", ...step };
  const metadata = { "//": { metadata: { path: "cats/image/Resource" } } };
  const resource = step
    ? { terraform_data: { build: { ...metadata, provisioner: [{ "local-exec": { environment } }] } } }
    : { docker_image: { build: { ...metadata, build: { context: "contexts/1", dockerfile: "Dockerfile" } } } };
  const provider = { docker: [{ host }] };
  return builderProblems(new SynthesizedStack("cats", folder, { resource, provider } as never), {
    engine: { endpoint: SOCKET, imageStore } as Engine,
    command: new RecordedCommand(answers),
  });
}

const driver = (name: string) => ({ "docker buildx inspect": `Name: it\nDriver: ${name}\n` });
const MISSING = { code: 1, stderr: "docker: unknown command: docker buildx" };
const MISSING_BUILDX =
  "cats/image is built by docker buildx (several platforms), which docker has not here: install docker-buildx-plugin, or docker-buildx on Debian and Ubuntu";

test.each<[string, ReturnType<typeof problems>, string[]]>([
  ["the provider builds, and buildx is not asked for", problems(undefined, { docker: MISSING }), []],
  ["there is no buildx", problems(SEVERAL, { "docker buildx": MISSING }), [MISSING_BUILDX]],
  [
    "the engine has no containerd store",
    problems(SEVERAL, driver("docker")),
    [
      'cats/image needs a builder for several platforms, and the engine is none without the containerd image store: turn that store on, or make a builder by docker buildx create --name slipway --driver docker-container --driver-opt network=host and declare builder: "slipway"',
    ],
  ],
  ["the engine has one", problems(SEVERAL, driver("docker"), { imageStore: "containerd" }), []],
  [
    "the engine is the client's by its address",
    problems(SEVERAL, { docker: MISSING }, { host: SOCKET }),
    [MISSING_BUILDX],
  ],
  ["the engine is another than the client's", problems(SEVERAL, { docker: MISSING }, { host: "tcp://a:1" }), []],
  ["the builder is a container", problems(SEVERAL, driver("docker-container")), []],
  ["every builder can do it", problems({}, driver("docker")), []],
  [
    "the builder is not there",
    problems(
      { ...SEVERAL, SLIPWAY_BUILDER: "farm" },
      { "docker buildx inspect farm": { code: 1, stderr: 'ERROR: no builder "farm" found' } },
    ),
    ["cats/image names the builder farm, which is not there: docker buildx create --name farm"],
  ],
])("where %s", async (_, found, expected) => {
  expect(await found).toEqual(expected);
});
