import type { Construct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import type { Platform } from "../values/platform.ts";

/** A push that a repository is asked for, with all that is known before it happens. */
export interface ImagePush {
  /** The construct that the steps of the push belong to. */
  readonly scope: Construct;
  /**
   * The built image as the engine calls it: host, path and the content's tag; a literal.
   * @default - the build pushed it under all of its tags itself, and its digest alone is asked for
   */
  readonly builtName?: string;
  readonly contentId: string;
  /** Tags that stand for this content for good, the content's own first. */
  readonly fixedTags: readonly string[];
  /** Tags that stood for another release until now. */
  readonly mutableTags: readonly string[];
  /** @default - the engine's own platform */
  readonly platform?: Platform;
  /** What must have happened before. */
  readonly dependsOn: TerraformDependency[];
}
