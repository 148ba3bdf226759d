import { existsSync } from "node:fs";
import type { IConstruct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import { literal } from "../terraform/literal.ts";

/** A secret that a build step mounts: from a variable of the deployer's environment, or from a file. */
export interface BuildSecret {
  /** The id by which `RUN --mount=type=secret,id=…` asks for it. */
  readonly id: string;
  /** The name of an environment variable of the machine that deploys. */
  readonly env?: string;
  /** A file outside the build context, relative to the working directory. */
  readonly file?: string;
}

/**
 * The provider's blocks for `secrets`: names and paths only, never what they hold.
 *
 * @throws {ConstructError} unless each has exactly one source, an id of its own, and a file that exists
 */
export function buildSecretBlocks(
  scope: IConstruct,
  secrets: readonly BuildSecret[],
  fromStack: (path: string) => string,
) {
  const seen = new Set<string>();
  return secrets.map(({ id, env, file }) => {
    const property = `secrets[${id}]`;
    literal(scope, property, [id, env, file]);
    if (seen.has(id)) throw new ConstructError(scope, property, "is declared twice: one secret has one id");
    seen.add(id);
    if ((env === undefined) === (file === undefined)) {
      throw new ConstructError(
        scope,
        property,
        `needs exactly one of env and file, got env ${env ?? "unset"} and file ${file ?? "unset"}`,
      );
    }
    if (file !== undefined && !existsSync(file)) {
      throw new ConstructError(scope, property, { subject: "secret file", rule: "must exist", got: file });
    }
    return env === undefined ? { id, src: fromStack(file as string) } : { id, env };
  });
}
