import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import { STREAMED } from "../../src/docker/buildx-build.ts";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { emulateArm64, staticBusyBox } from "../../src/rehearsal/machine/foreign-processor.ts";
import { DockerConfiguration } from "./docker-configuration.ts";
import { docker, Project } from "./project.ts";
import { request } from "./request-stream.ts";

jest.setTimeout(180_000);

/** An engine of another version runs this file, too; one without this store cannot build so, and is to say it. */
const hasContainerdStore = docker("info", "--format", "{{.DriverStatus}}").includes("io.containerd.snapshotter");

// No base image: those of a machine without a registry are of its own processor alone.
const DOCKERFILE = `FROM scratch
ARG TARGETARCH
COPY busybox-$TARGETARCH /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox mkdir /page && /bin/busybox uname -m >/page/index.html"]
EXPOSE 8080
STOPSIGNAL SIGINT
CMD ["/bin/busybox", "httpd", "-f", "-p", "8080", "-h", "/page"]
`;
const cache = cacheFolder();
const cleanup = new Cleanup();
const environment = { ...process.env };
const project = new Project("multi-platform.ts", "slipway-platforms", { Dockerfile: DOCKERFILE });
const log = () => {};
let configuration: DockerConfiguration;

beforeAll(async () => {
  configuration = await DockerConfiguration.withBuildx();
  process.env.DOCKER_CONFIG = configuration.folder;
});
afterAll(async () => {
  await project.destroy();
  // Kernel-wide, so it must not outlive the test.
  expect(await cleanup.run()).toEqual([]);
  process.env = { ...environment };
  configuration.remove();
});

if (hasContainerdStore) describe("an image of two platforms", anImageOfTwoPlatforms);
else test("an engine that can build for one platform only says so, and what helps", itIsRefused);

function itIsRefused() {
  const context = mkdtempSync(join(tmpdir(), "slipway-context-"));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY Dockerfile /\n");
  const { status, stdout } = spawnSync(
    "sh",
    [resolve(__dirname, "../../src/docker/buildx-build.sh"), "--platform", "linux/amd64,linux/arm64"],
    {
      encoding: "utf8",
      env: {
        ...process.env,
        SLIPWAY_CONTEXT: context,
        SLIPWAY_DOCKERFILE: "Dockerfile",
        SLIPWAY_PUSH: "localhost:1/page",
        SLIPWAY_CONTENT: "0",
        SLIPWAY_LABEL: "dev.slipway.content",
        SLIPWAY_FIXED: "sha-0",
        SLIPWAY_NEEDS: "several platforms",
        SLIPWAY_STREAMED: STREAMED,
      },
    },
  );
  expect(status).toBe(1);
  expect(stdout).toContain("what the tag sha-0 stands for cannot be told: ");
  expect(stdout).toMatch(
    /localhost:1\/page: this builder cannot do it \(several platforms\): let the engine use the containerd /,
  );
}

function anImageOfTwoPlatforms() {
  let reference = "";
  let step = "";

  beforeAll(async () => {
    await emulateArm64(cache, log, cleanup, "platforms");
    copyFileSync(await staticBusyBox("amd64", cache, log), join(project.directory, "app/busybox-amd64"));
    copyFileSync(await staticBusyBox("arm64", cache, log), join(project.directory, "app/busybox-arm64"));
    await project.cleanUp();
    const { resource } = JSON.parse(await project.synth());
    step = Object.keys(resource.terraform_data).find((name) => name.startsWith("image_")) ?? "";
    await project.init();
  });

  test("is built, its steps run on both, and pushed as one index whose digest is what runs", async () => {
    const { status, output } = await project.apply();
    expect(output).toContain("localhost:5903/page: has sha-");
    expect(status).toBe(0);
    expect((await project.plan()).status).toBe(0);
    reference = await project.output("reference");
    const words = ["buildx", "imagetools", "inspect", "--raw", reference];
    const manifest = JSON.parse(spawnSync("docker", words, { encoding: "utf8", env: process.env }).stdout);
    expect(manifest).toMatchObject({
      manifests: [{ platform: { architecture: "amd64" } }, { platform: { architecture: "arm64" } }],
    });
    expect(await request(8903, "page.localhost")).toEqual({ status: 200, body: "x86_64\n" });
  });

  test.each([
    ["amd64", "x86_64\n"],
    ["arm64", "aarch64\n"],
  ])("has a side for %s, which an engine pulls by that digest", (architecture, built) => {
    docker("pull", "--quiet", "--platform", `linux/${architecture}`, reference);
    const container = docker("create", "--platform", `linux/${architecture}`, reference);
    const copied = join(configuration.folder, `index-${architecture}`);
    docker("cp", `${container}:/page/index.html`, copied);
    docker("rm", container);
    expect(readFileSync(copied, "utf8")).toBe(built);
  });

  test("is adopted where the registry has it, and goes without a trace", async () => {
    const again = `terraform_data.${step}`;
    const words = ["apply", "-auto-approve", `-replace=${again}`, `-target=${again}`] as const;
    const { status, output } = await project.terraform(...words);
    expect(output).toMatch(/adopts the tag sha-[0-9a-f]{64}, built from the same content/);
    expect([status, await project.output("reference")]).toEqual([0, reference]);
    expect((await project.terraform("destroy", "-auto-approve")).status).toBe(0);
    expect(project.onEngine()).toEqual([]);
  });
}
