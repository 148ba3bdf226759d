import type { RemoteContext } from "../values/remote-context.ts";
import type { BuildOptions } from "./build-options.ts";
import type { BuildSecret } from "./image-dockerfile.ts";
import type { PulledImage } from "./pulled-image.ts";
import type { IRepository } from "./registry.ts";

/** An image as it is to be built and pushed, all of it checked. */
export interface DeclaredBuild {
  readonly repository: IRepository;
  readonly contentId: string;
  /** The staged folder, relative to the stack's; of a context that is kept elsewhere it holds the Dockerfile alone. */
  readonly context?: string;
  /** The Dockerfile's path in it, or in what is kept elsewhere where nothing is staged. */
  readonly dockerfile: string;
  /** What is built instead of the staged folder. */
  readonly remote?: RemoteContext;
  readonly args: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly options: BuildOptions;
  readonly noCache?: boolean;
  readonly secrets: readonly BuildSecret[];
  readonly bases: readonly PulledImage[];
  /** Host, port and path that pushes go to. */
  readonly pushUri: string;
  /** The content's own tag first, and the version's. */
  readonly fixedTags: readonly string[];
  /** Tags that stood for another release until now. */
  readonly mutableTags: readonly string[];
}
