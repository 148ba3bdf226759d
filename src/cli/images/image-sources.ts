import { Platform } from "../../values/platform.ts";
import { synthAll } from "../chosen-stack.ts";
import { DockerCredentials } from "../docker-credentials.ts";
import { RegistryContent } from "../registry-content.ts";
import { RegistrySession } from "../registry-session.ts";
import type { Tools } from "../tools.ts";
import { type DeclaredImage, DeclaredImages } from "./declared-images.ts";
import { ImageEngine } from "./image-engine.ts";

/** Where the verbs about images look: what is declared, the registries, the engine. */
export class ImageSources {
  /** Synthesizes, so that it is what is declared now. @param stack of this stack alone */
  static async open(tools: Tools, stack?: string): Promise<ImageSources> {
    const output = await synthAll(tools);
    return new ImageSources(tools, output, DeclaredImages.read(output, stack));
  }

  readonly credentials = DockerCredentials.read();
  readonly registry: RegistryContent;
  private asked?: Promise<ImageEngine>;

  constructor(
    readonly tools: Tools,
    readonly output: string,
    readonly declared: DeclaredImages,
  ) {
    // As the engine finds them: where it has a mirror, that is what people can reach.
    const mirrors = () =>
      this.engine().then(
        (engine) => engine.mirrors(),
        () => [],
      );
    this.registry = registryContent(tools, this.credentials, mirrors);
  }

  /** @throws where it does not answer */
  engine(): Promise<ImageEngine> {
    this.asked ??= ImageEngine.connect(this.tools.command);
    return this.asked;
  }
}

/** The registries, as a verb asks them that needs no declaration. */
export function registryContent(
  { request }: Pick<Tools, "request">,
  credentials: DockerCredentials,
  mirrors?: () => Promise<readonly string[]>,
): RegistryContent {
  return new RegistryContent(new RegistrySession(request, credentials, undefined, mirrors));
}

/** The platform of an image that is looked at where it has several: the first that is declared, else this machine's. */
export function platformFor({ platforms: [first] }: Pick<DeclaredImage, "platforms">): Platform {
  return first === undefined
    ? Platform.custom("linux", process.arch === "x64" ? "amd64" : process.arch)
    : Platform.parse(first);
}
