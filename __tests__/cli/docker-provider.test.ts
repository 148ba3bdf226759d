import { dockerProviderProblems } from "../../src/cli/docker-provider.ts";
import type { ImageBuild } from "../../src/cli/image-build.ts";
import type { Engine } from "../../src/cli/tools.ts";
import { RecordedCommand } from "./recorded-command.ts";

const SOCKET = "unix:///var/run/docker.sock";
const REMOTE = "tcp://10.0.0.1:2376";
const BUILD: ImageBuild = { path: "cats/image", platforms: [], dockerfile: "FROM scratch\n" };

interface Case {
  readonly host?: string;
  readonly version?: string;
  readonly endpoint?: string;
  readonly engine?: Partial<Engine>;
  readonly env?: NodeJS.ProcessEnv;
  readonly builds?: readonly ImageBuild[];
  /** Where every context leads. */
  readonly context?: string;
}

function problems({ host, version, endpoint = SOCKET, engine = {}, env = {}, builds = [BUILD], context = "" }: Case) {
  const command = new RecordedCommand({ "docker context inspect": `${context}\n` });
  return dockerProviderProblems(
    { engineHost: host, builds: [...builds] },
    version,
    { engine: { endpoint, version: "29.0.0", ...engine } as Engine, command },
    env,
  );
}

const ELSEWHERE = (version: string) =>
  `cats/image would be built at ${SOCKET}, where the docker command goes, and looked for at ${REMOTE}, which the stack declares: Terraform's Docker provider ${version} builds like the docker command: export DOCKER_HOST=${REMOTE}`;
const OLD = (engine: string, provider: string) =>
  `cats/image cannot be built: Docker Engine ${engine} with the containerd image store takes no build context from Terraform's Docker provider ${provider}: let Terraform have provider 4.0.0 or newer (a pin or a mirror keeps it at this one), or bring the engine to 27.5.0, or turn its containerd image store off`;
const OVERRIDDEN = (wanted: string, who: string) =>
  `Terraform's Docker provider goes to ${REMOTE}, where DOCKER_CONTEXT=remote leads, not to ${wanted}, which ${who}: unset DOCKER_CONTEXT; export DOCKER_HOST=${wanted}`;

const containerd = (version: string): Partial<Engine> => ({ version, imageStore: "containerd" });

test.each<[string, Case, string[]]>([
  ["another engine than the client's", { host: REMOTE, version: "4.5.0" }, [ELSEWHERE("4.5.0")]],
  ["the same by a version from source", { host: REMOTE, version: "4.5.0+main.1" }, [ELSEWHERE("4.5.0+main.1")]],
  ["another engine, nothing to build", { host: REMOTE, version: "4.5.0", builds: [] }, []],
  [
    "another engine, where a step with buildx builds",
    { host: REMOTE, version: "4.5.0", builds: [{ ...BUILD, buildx: { needs: "" } }] },
    [],
  ],
  ["another engine, by a provider that builds where it is told", { host: REMOTE, version: "4.4.1" }, []],
  ["another engine, by a provider that nobody knows", { host: REMOTE }, []],
  ["the client's own engine", { host: REMOTE, version: "4.5.0", endpoint: REMOTE }, []],
  ["the default socket by its other name", { host: "unix:///run/docker.sock", version: "4.5.0" }, []],
  ["no address", { version: "4.5.0", endpoint: REMOTE }, []],
  [
    "an address that DOCKER_CONTEXT overrides",
    { host: SOCKET, endpoint: REMOTE, env: { DOCKER_CONTEXT: "remote" }, builds: [] },
    [OVERRIDDEN(SOCKET, "the stack declares")],
  ],
  [
    "the address of DOCKER_CONTEXT",
    { host: REMOTE, version: "4.5.0", endpoint: REMOTE, env: { DOCKER_CONTEXT: "remote" } },
    [],
  ],
  [
    "DOCKER_HOST that DOCKER_CONTEXT overrides for the provider alone",
    { version: "3.9.0", env: { DOCKER_CONTEXT: "remote", DOCKER_HOST: SOCKET }, context: REMOTE },
    [OVERRIDDEN(SOCKET, "DOCKER_HOST names")],
  ],
  [
    "DOCKER_HOST and DOCKER_CONTEXT that agree",
    { version: "4.5.0", env: { DOCKER_CONTEXT: "x", DOCKER_HOST: SOCKET }, context: SOCKET },
    [],
  ],
  [
    "the containerd store of an older engine",
    { version: "3.9.0", engine: containerd("26.1.5+dfsg1") },
    [OLD("26.1.5+dfsg1", "3.9.0")],
  ],
  ["the containerd store, by buildx", { version: "4.0.0", engine: containerd("26.1.5") }, []],
  ["the containerd store of an engine of today", { version: "3.9.0", engine: containerd("28.5.2") }, []],
  [
    "a graph driver of an older engine",
    { version: "3.9.0", engine: { version: "26.1.5", imageStore: "graph driver" } },
    [],
  ],
  ["an older containerd store, nothing to build", { version: "3.9.0", engine: containerd("26.1.5"), builds: [] }, []],
])("a stack with %s", async (_, given, expected) => {
  expect(await problems(given)).toEqual(expected);
});
