import { createHash } from "node:crypto";
import { appendFileSync } from "node:fs";
import { basename, isAbsolute, join, normalize, relative, resolve } from "node:path";
import type { Construct } from "constructs";
import { BuildContext } from "../context/build-context.ts";
import { type ContentInputs, contentId } from "../context/content-id.ts";
import { dockerfilePath } from "../context/context-dockerfile.ts";
import type { Dockerfile } from "../dockerfile/dockerfile.ts";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { stackDirectory } from "../terraform/stack-of.ts";
import { stagedFile } from "../terraform/staged-file.ts";
import { RemoteContext } from "../values/remote-context.ts";
import { howToFindCommit } from "../values/remote-url.ts";
import type { BuiltImageProps } from "./built-image-props.ts";
import type { DeclaredBuild } from "./declared-build.ts";
import { requireBuildFile } from "./image-dockerfile.ts";

/** What an image is built of, as far as synth can know it. */
export interface ImageContext {
  /** Undefined where the Dockerfile is in a context that is kept elsewhere. */
  readonly dockerfileText?: string;
  /** Whether an ignore file counts; nobody knows of a context that is kept elsewhere. */
  readonly hasIgnoreFile?: boolean;
  withDockerfileText(text: string): ImageContext;
  contentId(inputs: ContentInputs): string;
  /** Puts what the build needs into the synthesized output, and says where. */
  stage(contentId: string): Pick<DeclaredBuild, "context" | "dockerfile" | "remote">;
}

/**
 * What an image is built of, for people: a folder of the project by its path. Why one that lies elsewhere by its name
 * alone: where it lies is another thing on each machine.
 */
export function contextName(context: string | RemoteContext): string {
  if (typeof context !== "string") return context.url;
  const path = isAbsolute(context) ? relative(process.cwd(), context) : normalize(context);
  const name = isAbsolute(context) && path.startsWith("..") ? basename(context) : path.replace(/(?<=.)[/\\]$/, "");
  return name.split("\\").join("/") || ".";
}

/** @throws {ConstructError} for a context or a Dockerfile that cannot be built */
export function openImageContext(
  scope: Construct,
  { context, dockerfile = "Dockerfile" }: Pick<BuiltImageProps, "context" | "dockerfile">,
): ImageContext {
  if (typeof dockerfile !== "string" && typeof dockerfile?.text !== "string") {
    const rule = "must be a path in the context, or a Dockerfile";
    throw new ConstructError(scope, "dockerfile", { subject: "dockerfile", rule, got: dockerfile });
  }
  const own = typeof dockerfile === "string" ? requireLiteral(scope, "dockerfile", dockerfile) : dockerfile;
  if (context instanceof RemoteContext) return openRemote(scope, context, own);
  const directory = requireLiteral(scope, "context", context);
  refuseUrl(scope, directory);
  const options = typeof own === "string" ? { dockerfile: own } : { dockerfileText: own.text };
  return inFolder(
    scope,
    atProperty(scope, "context", () => BuildContext.open(directory, options)),
  );
}

function inFolder(scope: Construct, context: BuildContext): ImageContext {
  const { dockerfileText, hasIgnoreFile, dockerfile } = context;
  return {
    dockerfileText,
    hasIgnoreFile,
    withDockerfileText: (text) => inFolder(scope, context.withDockerfileText(text)),
    contentId: (inputs) => context.contentId(inputs),
    stage: (id) => {
      const staged = `contexts/${id}`;
      context.stage(resolve(stackDirectory(scope), staged));
      tellLeftOut(id, context);
      return { context: staged, dockerfile };
    },
  };
}

/** Says what an ignore file keeps out of a build, where a verb asks the synth for it: what is staged does not show it. */
function tellLeftOut(id: string, { directory, excluded, ignore }: BuildContext): void {
  const told = process.env.SLIPWAY_CONTEXTS_COLLECT;
  if (told === undefined) return;
  const leftOut = excluded.map(({ path, folder, line, pattern }) => ({ path, folder, line, pattern }));
  appendFileSync(told, `${JSON.stringify({ contentId: id, directory, ignoreFile: ignore.file, leftOut })}\n`);
}

function openRemote(scope: Construct, context: RemoteContext, dockerfile: string | Dockerfile): ImageContext {
  const { file } = context.token ?? {};
  if (file !== undefined) requireBuildFile(scope, "context.token", file);
  return typeof dockerfile === "string"
    ? elsewhere(
        scope,
        context,
        atProperty(scope, "dockerfile", () => dockerfilePath(dockerfile)),
      )
    : elsewhere(scope, context, "Dockerfile", dockerfile.text);
}

/** Known by what pins it: what the pin stands for is the same wherever it is fetched from. */
function elsewhere(scope: Construct, remote: RemoteContext, dockerfile: string, text?: string): ImageContext {
  return {
    dockerfileText: text,
    withDockerfileText: (changed) => elsewhere(scope, remote, dockerfile, changed),
    contentId: (inputs) => {
      const tree = createHash("sha256").update(JSON.stringify([remote.pin, text ?? null]));
      return contentId(tree.digest(), dockerfile, inputs);
    },
    stage: () => {
      if (text === undefined) return { dockerfile, remote };
      const file = stagedFile(scope, dockerfile, text);
      return { context: join(file, ".."), dockerfile, remote };
    },
  };
}

/** Docker takes a URL in place of a folder; here it has to be pinned, and by options. */
function refuseUrl(scope: Construct, context: unknown): void {
  if (typeof context !== "string" || !/^(?:[a-z+]+:\/\/|[\w.-]+@[\w.-]+:)/i.test(context)) return;
  const [url = "", fragment = ""] = context.split("#", 2);
  const [ref] = fragment.split(":", 1);
  const isGit = fragment !== "" || /^(?:git|ssh):|\.git$|^[\w.-]+@/.test(url);
  const remedy = isGit
    ? `write RemoteContext.git with the commit; ${howToFindCommit(url, ref)}`
    : "write RemoteContext.archive with its checksum, or RemoteContext.git for a repository";
  const rule = "must be a directory, or a RemoteContext that is pinned";
  throw new ConstructError(scope, "context", { subject: "build context", rule, got: context, remedy });
}

/** What the step that fetches it is told: where it is, what it must be, and where a token is found, never the token. */
export function remoteEnvironment(scope: Construct, remote: RemoteContext): Record<string, string> {
  const { source, url, host, folder, token } = remote;
  const pin: Record<string, string> =
    source.kind === "git"
      ? { SLIPWAY_REMOTE_GIT: source.commit }
      : { SLIPWAY_REMOTE_SHA256: source.checksum.replace(/^sha256:/, "") };
  const file = token?.file === undefined ? undefined : relative(stackDirectory(scope), resolve(token.file));
  return {
    ...pin,
    SLIPWAY_REMOTE_URL: url,
    SLIPWAY_REMOTE_HOST: host,
    ...(folder === undefined ? {} : { SLIPWAY_REMOTE_FOLDER: folder }),
    ...(token?.env === undefined ? {} : { SLIPWAY_TOKEN_VARIABLE: token.env }),
    ...(file === undefined ? {} : { SLIPWAY_TOKEN_FILE: file }),
  };
}
