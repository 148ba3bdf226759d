import { knownImage } from "../../compose/known-image.ts";
import type { HostKind } from "../../compose/read-service.ts";
import type {
  HealthSource,
  ImageSource,
  MountSource,
  SecretReference,
  TranslatedService,
  Words,
} from "../../compose/translated-service.ts";
import { plainText, type Text } from "../../compose/variable-text.ts";
import { type Code, type CodeObject, call, object, quoted } from "./code.ts";
import { serviceConst, textCode } from "./text-code.ts";

/** What a service's code needs besides the service. */
export interface ServicePlace {
  readonly stack: string;
  readonly host: HostKind;
}

/** `host.run("web", { … })` or `host.task(…)`. */
export function serviceCode(service: TranslatedService, place: ServicePlace): Code {
  const { name, before, dependsOn, image, port, command, entrypoint, env, secrets, health, mounts, options } = service;
  return call(
    before === undefined ? "host.run" : "host.task",
    quoted(name),
    object({
      image: imageCode(name, image, place),
      port: port === undefined ? undefined : String(port),
      entrypoint: entrypoint && wordsCode(entrypoint),
      command: command && wordsCode(command),
      env: orNothing(map(env, textCode)),
      secrets: orNothing(map(secrets, (secret, key) => secretCode(secret, key, place))),
      health: health && healthCode(health),
      mounts: orNothing(map(mounts, mountCode)),
      ...Object.fromEntries(Object.entries(options).map(([key, value]) => [key, literal(value)])),
      dependsOn: dependsOn.length > 0 ? { list: dependsOn.map(serviceConst) } : undefined,
      before: before && before.length > 0 ? { list: before.map(serviceConst) } : undefined,
    }),
  );
}

function imageCode(name: string, image: ImageSource, { stack, host }: ServicePlace): Code {
  const id = quoted(`${name}-image`);
  const platform = host === "local" && "platform" in image ? image.platform : undefined;
  const own = platform === undefined ? undefined : call("Platform.parse", quoted(platform));
  const forHost = host === "aws" ? "host.platform" : own;
  if (image.kind === "pulled")
    return call("new PulledImage", "this", id, object({ image: textCode(image.image), platform: forHost }));
  const repository = call("registry.repository", quoted(`${stack}/${name}`));
  if (image.kind === "layered") {
    const copies = image.copies.map(({ from, to }) => call("copy", quoted(from), quoted(to)));
    const dockerfile = { chain: [call("Dockerfile.from", textCode(image.image)), ...copies, call("toDockerfile")] };
    return call(
      "new BuiltImage",
      "this",
      id,
      object({ context: quoted(image.context), dockerfile, repository, platform: forHost }),
    );
  }
  return call(
    "new BuiltImage",
    "this",
    id,
    object({
      context: quoted(image.context),
      dockerfile:
        image.inline === undefined
          ? image.dockerfile && quoted(image.dockerfile)
          : call("Dockerfile.parse", { lines: image.inline.split("\n") }),
      repository,
      version: image.version && quoted(image.version),
      args: orNothing(map(image.args, textCode)),
      target: image.target && quoted(image.target),
      labels: orNothing(map(image.labels, textCode)),
      network: image.network && quoted(image.network),
      noCache: image.noCache && "true",
      platform: forHost,
    }),
  );
}

function wordsCode({ words, variables }: Words): Code {
  const list: Code = { list: words.map(textCode) };
  return variables.length === 0 ? list : call("withVariables", { list: variables.map(quoted) }, list);
}

function secretCode({ variable, file, asFile }: SecretReference, key: string, { stack, host }: ServicePlace): Code {
  if (host === "local") {
    if (file !== undefined) return call("Secret.fromFile", quoted(file));
    return call("Secret.fromEnvironment", quoted(variable ?? key));
  }
  const name = quoted(parameterName(stack, variable ?? key));
  return asFile
    ? call("Secret.fromParameter", name, object({ as: quoted("file") }))
    : call("Secret.fromParameter", name);
}

/** What Parameter Store calls a secret of the stack. */
export function parameterName(stack: string, variable: string): string {
  return `/${stack}/${variable.toLowerCase().replaceAll("_", "-")}`;
}

function healthCode({ path, command, runningSeconds, times }: HealthSource): Code {
  if (runningSeconds !== undefined) return call("HealthCheck.running", String(runningSeconds));
  const options = orNothing(map(times, String));
  const given = options === undefined ? [] : [options];
  if (path !== undefined) return call("HealthCheck.http", quoted(path), ...given);
  if (command === undefined) return call("HealthCheck.tcp", ...given);
  return call("HealthCheck.command", { list: command.map(textCode) }, ...given);
}

function mountCode(mount: MountSource): Code {
  if (mount.kind === "file") return call("Mount.file", fileCode(mount));
  if (mount.kind === "tmpfs") {
    return mount.sizeMiB === undefined
      ? call("Mount.tmpfs")
      : call("Mount.tmpfs", object({ sizeMiB: String(mount.sizeMiB) }));
  }
  const words = object({
    shared: mount.kind === "volume" && mount.shared ? "true" : undefined,
    readOnly: mount.readOnly ? "true" : undefined,
  });
  const given = words.properties.length === 0 ? [] : [words];
  return mount.kind === "volume"
    ? call("Mount.volume", quoted(mount.volume), ...given)
    : call("Mount.hostPath", quoted(mount.source), ...given);
}

function fileCode({ file, addresses = [] }: MountSource & { readonly kind: "file" }): Code {
  const read = call("readFileSync", quoted(file), quoted("utf8"));
  const told = addresses.map(({ text, service }) => {
    const address = `${serviceConst(service)}.addressFrom(host)`;
    return call("replaceAll", quoted(text), text.startsWith("//") ? `\`//\${${address}}\`` : address);
  });
  return told.length === 0 ? read : { chain: [read, ...told] };
}

function literal(value: unknown): Code {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return { list: value.map(literal) };
  if (typeof value === "object" && value !== null) return map(value as Record<string, unknown>, literal);
  return String(value);
}

function map<T>(values: Readonly<Record<string, T>>, code: (value: T, key: string) => Code): CodeObject {
  return { properties: Object.entries(values).map(([key, value]) => [key, code(value, key)]) };
}

function orNothing(code: CodeObject): CodeObject | undefined {
  return code.properties.length === 0 ? undefined : code;
}

/** Texts of an image that are known, for whoever sums up memory. */
export function memoryOf({ options, image }: TranslatedService): number | undefined {
  const { memoryMiB } = options;
  if (typeof memoryMiB === "number") return memoryMiB;
  return image.kind === "built" ? undefined : knownImage(plainText(image.image as Text))?.memoryMiB;
}
