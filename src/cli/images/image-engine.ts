import type Docker from "dockerode";
import type { Command } from "../tools.ts";

/** An image as an engine has it. */
export interface EngineImage {
  readonly id: string;
  /** `repository:tag`, as Docker shows it. */
  readonly tags: readonly string[];
  /** `repository@digest`. */
  readonly digests: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly size: number;
  readonly created?: string;
}

/** A container, running or not. */
export interface EngineContainer {
  readonly name: string;
  /** As it was asked for. */
  readonly image: string;
  readonly imageId: string;
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The engine does not answer; the message says which and why. */
export class EngineError extends Error {}

/** The images of an engine, by its own API. */
export class ImageEngine {
  /** The engine that the Docker client has chosen. Why it is asked: nothing else knows its contexts. */
  static async connect({ run }: Pick<Command, "run">, env: NodeJS.ProcessEnv = process.env): Promise<ImageEngine> {
    const words = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
    const chosen = env.DOCKER_HOST || (await run("docker", words, { timeout: 10_000 })).stdout.trim();
    const endpoint = chosen.split(/\s+/).at(-1) || "unix:///var/run/docker.sock";
    const client = clientFor(endpoint);
    try {
      await client.ping();
    } catch (error) {
      throw new EngineError(`the engine at ${endpoint} does not answer: ${(error as Error).message}`);
    }
    return new ImageEngine(client, endpoint);
  }

  constructor(
    readonly client: Docker,
    readonly endpoint: string,
  ) {}

  async images(): Promise<EngineImage[]> {
    const found = await this.client.listImages({ digests: true });
    return found.map(({ Id, RepoTags, RepoDigests, Labels, Size, Created }) => ({
      id: Id,
      tags: named(RepoTags),
      digests: named(RepoDigests),
      labels: Labels ?? {},
      size: Size,
      created: new Date(Created * 1000).toISOString(),
    }));
  }

  /** When it was made, in milliseconds since 1970. Why asked of each: the list has seconds, in which there may be several builds. */
  async createdAt(id: string): Promise<number> {
    return Date.parse((await this.client.getImage(id).inspect()).Created);
  }

  async containers(): Promise<EngineContainer[]> {
    const found = await this.client.listContainers({ all: true });
    return found.map(({ Id, Names, Image, ImageID, State, Labels }) => ({
      name: (Names[0] ?? Id).replace(/^\//, ""),
      ...{ image: Image, imageId: ImageID, state: State, labels: Labels ?? {} },
    }));
  }

  /** Where it looks for Docker Hub's images first. */
  async mirrors(): Promise<string[]> {
    const { RegistryConfig } = (await this.client.info()) as { RegistryConfig?: { Mirrors?: string[] | null } };
    return RegistryConfig?.Mirrors ?? [];
  }

  /** What it runs, e.g. `linux/amd64`. */
  async platform(): Promise<string> {
    const { Os, Arch } = await this.client.version();
    return `${Os}/${Arch}`;
  }
}

function named(names: readonly string[] | null | undefined): string[] {
  return (names ?? []).filter((name) => !name.includes("<none>"));
}

/** Loaded when an engine is asked: no other verb needs it. */
function clientFor(endpoint: string): Docker {
  const Client = require("dockerode") as typeof Docker;
  const [, scheme = "", rest = ""] = /^(\w+):\/\/(.*)$/.exec(endpoint) ?? [];
  if (scheme === "unix" || scheme === "npipe") return new Client({ socketPath: rest });
  if (scheme !== "tcp" && scheme !== "ssh")
    throw new EngineError(`the engine's address must begin with unix://, tcp:// or ssh://, got ${endpoint}`);
  // Its own reading of this variable knows certificates, users and agents.
  const before = process.env.DOCKER_HOST;
  process.env.DOCKER_HOST = endpoint;
  try {
    return new Client();
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = before;
  }
}
