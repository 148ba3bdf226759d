import type { Statement } from "../../dockerfile/statement.ts";
import type { Arguments, Tools } from "../tools.ts";
import { declaredStage } from "./declared-dockerfile.ts";
import type { DeclaredImage } from "./declared-images.ts";
import { createdAt } from "./human-age.ts";
import { humanSize } from "./human-size.ts";
import { ImageSources, platformFor } from "./image-sources.ts";
import { statementsOf } from "./layer-origin.ts";
import { type RegistryImage, registryImage } from "./registry-image.ts";
import { lastColumn, table } from "./table.ts";

/** A fact of an image, as it is declared and as the image has it. */
export interface ImageFact {
  readonly fact: string;
  /** Absent where the declaration leaves it to the base image. */
  readonly declared?: string;
  readonly actual: string;
}

/** What an image is made of, the declaration beside what the registry has. */
export async function inspectImage({ words = [], json }: Arguments, tools: Tools): Promise<number> {
  const sources = await ImageSources.open(tools);
  const image = sources.declared.find(words[0] as string);
  const found = await registryImage(sources.registry, image.place, image.wanted, platformFor(image));
  if (found === undefined) throw new Error(notThere(image));
  const facts = factsOf(image, found, sources.output);
  const { side, manifest, platforms } = found;
  const { config = {} } = side.configuration;
  if (json) {
    const environment = namesOf(config.Env);
    const { layers, platform, size } = side;
    const labels = config.Labels ?? {};
    const { path, name, version, contentId } = image;
    const { digest, mediaType } = manifest;
    const own = { path, name, version, contentId, digest, mediaType, id: side.configDigest, platform, platforms, size };
    console.log(JSON.stringify({ schema: 1, image: { ...own, environment, labels, layers, facts } }, null, 2));
    return 0;
  }
  const { terminal } = tools;
  terminal.line(image.path);
  terminal.line(`  ${image.name}`);
  terminal.line(`  ${manifest.digest}`);
  terminal.line(
    `  ${platforms.join(", ")}; ${humanSize(side.size)} in ${side.layers.length} layers; ${createdAt(side.configuration.created)}`,
  );
  const headers = ["", "DECLARED", "ACTUAL"];
  const lines = table(
    headers,
    facts.map(({ fact, declared = "-", actual }) => [fact, declared, actual]),
  );
  for (const line of lines) terminal.row(line, lastColumn(lines, headers));
  const labels = Object.entries(config.Labels ?? {}).sort();
  if (labels.length > 0) terminal.line("labels:");
  for (const [label, value] of labels) terminal.row(`  ${label}=${JSON.stringify(value)}`, 4);
  terminal.line("layers, from the base on:");
  // a whole digest is 71 columns wide: what stands behind it would be broken on a terminal of 80
  for (const line of table(
    ["SIZE", "DIGEST"],
    side.layers.map(({ digest, size }) => [humanSize(size), digest]),
  ))
    terminal.line(line);
  return 0;
}

export function notThere({ path, name, wanted, place }: DeclaredImage): string {
  const what = wanted.startsWith("sha256:") ? `${name}@${wanted}` : `${name}:${wanted}`;
  return `${path}: ${place.domain} does not have ${what}: npx slipway up builds and pushes what is declared`;
}

/** What is compared: what a container of the image is started with. */
function factsOf(image: DeclaredImage, { side }: RegistryImage, output: string): ImageFact[] {
  const { config = {} } = side.configuration;
  const stage = declaredStage(output, image);
  const words = (list: readonly string[] | null | undefined) =>
    list?.length ? `[${list.map((word) => JSON.stringify(word)).join(", ")}]` : "none";
  const ports =
    stage === undefined
      ? image.exposedPorts?.map((port) => `${port}/tcp`)
      : stage.exposedPorts.map(({ port, protocol }) => `${port}/${protocol}`);
  const workdir = stage?.last("WORKDIR");
  const own: Readonly<Record<string, string | undefined>> = {
    platform: image.platforms.join(", ") || undefined,
    user: stage?.user === "" ? "root" : stage?.user,
    ports: ports?.join(", ") || undefined,
    entrypoint: stage?.entrypoint && words(stage.entrypoint),
    command: stage?.cmd && words(stage.cmd),
    folder: workdir === undefined ? undefined : stage?.expand(workdir)[0],
    volumes: stage?.declaredVolumes.join(", ") || undefined,
    environment: stage && environmentOf(statementsOf(stage)).join(", "),
    "health check": stage?.healthCheck === undefined ? undefined : "declared",
    "stop signal": stage?.last("STOPSIGNAL") === undefined ? undefined : "declared",
  };
  const actual: Readonly<Record<string, string>> = {
    platform: side.platform,
    user: config.User || "root",
    ports: Object.keys(config.ExposedPorts ?? {}).join(", ") || "none",
    entrypoint: words(config.Entrypoint),
    command: words(config.Cmd),
    folder: config.WorkingDir || "/",
    volumes: Object.keys(config.Volumes ?? {}).join(", ") || "none",
    environment: namesOf(config.Env).join(", ") || "none",
    "health check": words(config.Healthcheck?.Test),
    "stop signal": config.StopSignal || "SIGTERM",
  };
  return Object.keys(actual).map((fact) => {
    const declared = own[fact] || undefined;
    return { fact, ...(declared === undefined ? {} : { declared }), actual: actual[fact] as string };
  });
}

function environmentOf(statements: readonly Statement[]): string[] {
  return statements.flatMap((each) => (each.keyword === "ENV" ? each.variables.map(({ name }) => name) : []));
}

/** Names alone: a value may be a secret that somebody built in. */
function namesOf(environment: readonly string[] | null | undefined): string[] {
  return (environment ?? []).map((entry) => entry.split("=", 1)[0] as string);
}
