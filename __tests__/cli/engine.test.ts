import { readInfo } from "../../src/cli/engine.mjs";
import { isDefaultEndpoint, isLocal } from "../../src/cli/engine-endpoint.cjs";
import { engineVariables } from "../../src/cli/program.mjs";

const SOCKET = "unix:///var/run/docker.sock";
const info = (stdout: object | string, stderr = "", timedOut = false) => ({
  code: 0,
  stdout: typeof stdout === "string" ? stdout : JSON.stringify(stdout),
  stderr,
  timedOut,
});

it("reads a running engine", () => {
  const document = {
    ServerVersion: "28.2.2",
    DockerRootDir: "/var/lib/docker",
    RegistryConfig: { Mirrors: ["http://127.0.0.1:5055/"] },
  };
  expect(readInfo(info(document), SOCKET)).toEqual({
    state: "running",
    endpoint: SOCKET,
    local: true,
    version: "28.2.2",
    root: "/var/lib/docker",
    mirrors: ["http://127.0.0.1:5055"],
    detail: "",
  });
});

it.each([
  ["containerd", [["driver-type", "io.containerd.snapshotter.v1"]]],
  [
    "graph driver",
    [
      ["Backing Filesystem", "extfs"],
      ["Supports d_type", "true"],
    ],
  ],
])("knows the image store: %s", (imageStore, DriverStatus) => {
  expect(readInfo(info({ ServerVersion: "29", DriverStatus }), SOCKET)).toMatchObject({ imageStore });
});

it.each([
  ["down", { ServerErrors: ["Cannot connect to the Docker daemon at unix:///x. Is it running?"] }, ""],
  ["down", "", "error during connect"],
  ["down", "not json", ""],
  ["denied", { ServerErrors: ["permission denied while trying to connect to the socket"] }, ""],
])("reads an engine that is %s", (state, stdout, stderr) => {
  expect(readInfo(info(stdout, stderr), SOCKET)).toMatchObject({ state, mirrors: [] });
});

it("says that an engine did not answer in time", () => {
  expect(readInfo(info("", "", true), "tcp://10.0.0.1:2375")).toMatchObject({
    state: "down",
    local: false,
    detail: "no answer within 20 s",
  });
});

it("knows what is local and what it may start itself", () => {
  expect([SOCKET, "unix:///run/user/1000/docker.sock", "tcp://10.0.0.1:2375", "ssh://me@host"].map(isLocal)).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect([SOCKET, "unix:///run/docker.sock", "unix:///run/user/1000/docker.sock"].map(isDefaultEndpoint)).toEqual([
    true,
    true,
    false,
  ]);
});

describe("what Terraform's provider is told", () => {
  const engine = (endpoint: string) => ({
    ...readInfo(info({ ServerVersion: "1" }), endpoint),
    context: "colima",
  });

  it("is nothing where its own choice is right", () => {
    expect(engineVariables(engine(SOCKET), {})).toEqual({});
    expect(engineVariables(undefined, {})).toEqual({});
  });

  it("is the socket of the chosen context", () => {
    const endpoint = "unix:///Users/.colima/docker.sock";
    expect(engineVariables(engine(endpoint), {})).toEqual({ DOCKER_HOST: endpoint });
  });

  it("is the context where certificates belong to it", () => {
    expect(engineVariables(engine("tcp://10.0.0.1:2376"), {})).toEqual({ DOCKER_CONTEXT: "colima" });
  });

  it("is left alone where the person chose by variable", () => {
    const env = { DOCKER_HOST: "tcp://10.0.0.1:2375" };
    expect(engineVariables(engine("tcp://10.0.0.1:2375"), env)).toEqual({});
  });
});
