import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { foreignPlatformProblems } from "../../src/cli/foreign-platform.ts";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import { RecordedCommand } from "./recorded-command.ts";

const RUNS = "FROM debian\nRUN true\n";
const COPIES = "FROM debian\nCOPY . /\n";
const CROSS = "FROM --platform=$BUILDPLATFORM golang AS build\nRUN go build\nFROM scratch\nCOPY --from=build /a /a\n";
const PROBLEM =
  "cats/image is built for linux/arm64, and neither the engine (linux/amd64) nor its builder runs steps of that: docker run --privileged --rm tonistiigi/binfmt --install arm64 teaches the engine, docker buildx use chooses a builder that can";
const NO_BUILDX = { "docker buildx inspect": { code: 1, stderr: "docker: unknown command: docker buildx" } };

function problems(
  dockerfile: string,
  {
    platform = "linux/arm64" as string | undefined,
    step = undefined as Record<string, string> | undefined,
    answers = NO_BUILDX as ConstructorParameters<typeof RecordedCommand>[0],
    engine = { platform: "linux/x86_64", local: true } as object,
    kernel = [] as readonly string[],
  } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-stack-"));
  mkdirSync(join(folder, "contexts/1"), { recursive: true });
  writeFileSync(join(folder, "contexts/1/Dockerfile"), dockerfile);
  const image = {
    "//": { metadata: { path: "cats/image/Resource" } },
    build: { context: "contexts/1", dockerfile: "Dockerfile", platform },
  };
  const environment = { SLIPWAY_CONTEXT: "contexts/1", SLIPWAY_DOCKERFILE: "Dockerfile", ...step };
  const build = { ...image, build: undefined, provisioner: [{ "local-exec": { environment } }] };
  const resource = step ? { terraform_data: { build } } : { docker_image: { image } };
  const stack = new SynthesizedStack("cats", folder, { resource } as never);
  const command = new RecordedCommand(answers);
  return foreignPlatformProblems(stack, { engine: engine as never, command }, (path) => kernel.includes(path));
}

const inspected = (platforms: string) => ({
  "docker buildx inspect": `Name:   default\nDriver: docker\n\nNodes:\nName:      default\nStatus:    running\nPlatforms: ${platforms}\n`,
});

test.each<[string, ReturnType<typeof problems>, string[]]>([
  ["steps of another processor", problems(RUNS), [PROBLEM]],
  ["files alone", problems(COPIES), []],
  [
    "steps that nobody has read",
    problems(RUNS, { step: { SLIPWAY_CONTEXT: undefined, SLIPWAY_PLATFORMS: "linux/arm64" } as never }),
    [],
  ],
  ["steps of the machine that builds", problems(CROSS), []],
  ["the engine's own platform", problems(RUNS, { platform: "linux/amd64" }), []],
  ["what the engine's processor understands", problems(RUNS, { platform: "linux/386" }), []],
  [
    "another variant of the engine's processor",
    problems(RUNS, { platform: "linux/arm/v7", engine: { platform: "linux/aarch64" } }),
    [],
  ],
  ["an engine that says nothing of itself", problems(RUNS, { engine: { local: true } }), []],
  [
    "a builder that emulates",
    problems(RUNS, { answers: inspected("linux/amd64*, linux/amd64/v2, linux/arm64, linux/riscv64") }),
    [],
  ],
  [
    "a builder that does not",
    problems(RUNS, { answers: inspected("linux/amd64*, linux/amd64/v2, linux/386") }),
    [PROBLEM],
  ],
  ["a kernel that emulates", problems(RUNS, { kernel: ["/proc/sys/fs/binfmt_misc/qemu-aarch64"] }), []],
  [
    "a kernel that is not the engine's",
    problems(RUNS, {
      kernel: ["/proc/sys/fs/binfmt_misc/qemu-aarch64"],
      engine: { platform: "linux/x86_64", local: false },
    }),
    [PROBLEM],
  ],
  [
    "several platforms, of which the engine runs one",
    problems(RUNS, { step: { SLIPWAY_PLATFORMS: "linux/amd64,linux/arm64" } }),
    [PROBLEM],
  ],
  [
    "several platforms, of which two are missing",
    problems(RUNS, { step: { SLIPWAY_PLATFORMS: "linux/arm64,linux/riscv64" } }),
    [
      PROBLEM.replace("linux/arm64", "linux/arm64, linux/riscv64").replace(
        "--install arm64",
        "--install arm64,riscv64",
      ),
    ],
  ],
  [
    "several platforms and a builder of its own that emulates",
    problems(RUNS, {
      step: { SLIPWAY_PLATFORMS: "linux/amd64,linux/arm64", SLIPWAY_BUILDER: "farm" },
      answers: { "docker buildx inspect farm": "Platforms: linux/amd64*, linux/arm64\n", ...NO_BUILDX },
    }),
    [],
  ],
])("an image with %s", async (_, found, expected) => {
  expect(await found).toEqual(expected);
});
