import { servicesMemory } from "../../aws/nano/memory-fit.ts";
import type { HostKind } from "../../compose/read-service.ts";
import type { TranslatedService, Translation } from "../../compose/translated-service.ts";
import type { Text } from "../../compose/variable-text.ts";
import { DEFAULT_MEMORY_MIB } from "../../values/memory-limit.ts";
import { type Code, call, object, printed, quoted } from "./code.ts";
import { commentLines } from "./comment.ts";
import { importLine } from "./import-line.ts";
import { memoryOf, parameterName, serviceCode } from "./service-code.ts";
import { serviceConst } from "./text-code.ts";

/** What is written as a stack. */
export interface StackSource {
  readonly translation: Translation;
  readonly host: HostKind;
  /** What the file's first comment says. */
  readonly about: readonly string[];
}

const SIZES = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"];
const DATA_VOLUME_GIB = 10;

const WITH_VARIABLES = `
/** A local engine gives a secret as a file, and this image reads a variable: a shell makes the one of the other. */
function withVariables(names: readonly string[], command: readonly string[]): string[] {
  const read = names.map((name) => \`export \${name}="$(cat /run/secrets/\${name})"\`);
  return ["sh", "-c", \`\${read.join(" && ")} && exec "$@"\`, "sh", ...command];
}
`;

/** The text of the file that declares the stack. */
export function stackCode(source: StackSource): string {
  const body = bodyLines(source);
  const text = body.join("\n");
  const withVariables = text.includes("withVariables(") ? WITH_VARIABLES : "";
  return [
    "/**",
    ...source.about.flatMap((line) => commentLines(line, " * ", "")),
    " */",
    ...importLines(source, text),
    "",
    `export class ${stackClass(source.translation.stack)} extends TerraformStack {`,
    "  constructor(scope: Construct, id: string) {",
    "    super(scope, id);",
    "    useLocalBackend(this);",
    ...body,
    "  }",
    "}",
    withVariables,
  ].join("\n");
}

/** What the program calls the class of the stack. */
export function stackClass(stack: string): string {
  return `${stack.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}Stack`;
}

function bodyLines(source: StackSource): string[] {
  const { translation, host } = source;
  const { services, left, sites, stack } = translation;
  const used = usedServices(source);
  const isBuilt = services.some(({ image }) => image.kind !== "pulled");
  const lines = ["", ...hostLines(source, isBuilt)];
  if (services.some(({ profiles }) => profiles.length > 0))
    lines.push('    const profiles = (process.env.COMPOSE_PROFILES ?? "").split(",");');
  for (const { key, reason } of translation.notes) lines.push(...commentLines(`${key}: ${reason}`, "    // "));
  for (const service of services) lines.push("", ...serviceLines(service, used, { stack, host }));
  for (const { name, notes } of left) {
    lines.push("", `    // ${name} is left out`);
    for (const { key, reason } of notes) lines.push(...commentLines(`${key}: ${reason}`, "    // "));
  }
  if (sites.length > 0) lines.push("", ...siteLines(source));
  return lines;
}

function hostLines({ translation, host }: StackSource, isBuilt: boolean): string[] {
  const { services, port } = translation;
  const lines: string[] = [];
  const prefix = services.length === 0 ? "" : "const host = ";
  const statement = (prefix: string, code: Code) =>
    lines.push(`    ${prefix}${printed(code, 4, 4 + prefix.length, 1)};`);
  if (host === "local") {
    if (isBuilt)
      statement("const registry = ", call("new SelfHostedRegistry", "this", '"registry"', object({ port: "5001" })));
    const given = port === undefined ? [] : [object({ port: String(port) })];
    statement(prefix, call("new LocalHost", "this", '"host"', ...given));
    return lines;
  }
  statement(
    "",
    call(
      "new AwsAccount",
      "this",
      '"aws"',
      object({
        account: 'process.env.SLIPWAY_AWS_ACCOUNT ?? "123456789012"',
        region: 'process.env.SLIPWAY_AWS_REGION ?? "eu-west-1"',
      }),
    ),
  );
  if (isBuilt) statement("const registry = ", call("new EcrRegistry", "this", '"registry"'));
  lines.push(
    "    // TLS by Let's Encrypt, whose terms you agree to by this variable: export ACME_EMAIL=ops@example.com",
  );
  lines.push("    const { ACME_EMAIL: email, ACME_DIRECTORY: directory, ACME_CA_FILE: caFile } = process.env;");
  const hasVolumes = services.some(({ mounts }) => Object.values(mounts).some(({ kind }) => kind === "volume"));
  statement(
    prefix,
    call(
      "new NanoHost",
      "this",
      '"host"',
      object({
        instanceType: `process.env.SLIPWAY_INSTANCE_TYPE ?? ${quoted(instanceType(services))}`,
        tls: "email ? Tls.acme({ email, agreeToTerms: true, directory, caFile }) : undefined",
        dataVolume: hasVolumes ? object({ sizeGiB: String(DATA_VOLUME_GIB) }) : undefined,
      }),
    ),
  );
  return lines;
}

/** The smallest type that has the memory of all services, of the processor that an image asks for. */
function instanceType(services: readonly TranslatedService[]): string {
  const wanted = services.reduce((sum, service) => sum + (memoryOf(service) ?? DEFAULT_MEMORY_MIB), 0);
  const size = SIZES.find((each) => (servicesMemory({ isBurstable: true, size: each }) ?? 0) >= wanted) ?? "2xlarge";
  const isX86 = services.some(({ image }) => "platform" in image && /amd64/.test(image.platform ?? ""));
  return `${isX86 ? "t3" : "t4g"}.${size}`;
}

function serviceLines(
  service: TranslatedService,
  used: ReadonlySet<string>,
  place: { readonly stack: string; readonly host: HostKind },
): string[] {
  const { name, notes, secrets, profiles } = service;
  const indent = profiles.length > 0 ? "      " : "    ";
  const lines = notes.flatMap(({ key, reason }) => commentLines(`${key}: ${reason}`, `${indent}// `));
  for (const [key, { variable = key, hint }] of Object.entries(secrets)) {
    if (hint === undefined) continue;
    const what =
      place.host === "local" ? `export ${variable}='${hint}'` : `${parameterName(place.stack, variable)} is ${hint}`;
    lines.push(...commentLines(`${key}: ${what}`, `${indent}// `));
  }
  const prefix = used.has(name) ? `const ${serviceConst(name)} = ` : "";
  const code = serviceCode(service, place);
  lines.push(`${indent}${prefix}${printed(code, indent.length, indent.length + prefix.length, 1)};`);
  lines.push(...halvesOf(name, used, indent));
  if (profiles.length === 0) return lines;
  const asked = profiles.map((profile) => `profiles.includes(${quoted(profile)})`).join(" || ");
  return [`    if (${asked}) {`, ...lines, "    }"];
}

/** Name and port of a service apart, where a neighbour wants them so. */
function halvesOf(name: string, used: ReadonlySet<string>, indent: string): string[] {
  const [hasName, hasPort] = [used.has(`${name} name`), used.has(`${name} port`)];
  if (!hasName && !hasPort) return [];
  const id = serviceConst(name);
  const halves = hasName ? `${id}Name = ""${hasPort ? `, ${id}Port = ""` : ""}` : `, ${id}Port = ""`;
  return [`${indent}const [${halves}] = ${id}.addressFrom(host).split(":");`];
}

/** The services that the program names again, and which halves of their addresses. */
function usedServices({ translation: { services, sites } }: StackSource): ReadonlySet<string> {
  const used = new Set(sites.map(({ service }) => service));
  const look = (text: Text): void => {
    for (const part of text) {
      if (typeof part === "string") continue;
      if (part.kind === "variable") look(part.fallback ?? []);
      else {
        used.add(part.service);
        if (part.form === "name" || part.form === "port") used.add(`${part.service} ${part.form}`);
      }
    }
  };
  for (const { env, command, entrypoint, health, mounts, before = [], dependsOn } of services) {
    for (const text of [...Object.values(env), ...(command?.words ?? []), ...(entrypoint?.words ?? [])]) look(text);
    for (const text of health?.command ?? []) look(text);
    for (const name of [...before, ...dependsOn]) used.add(name);
    for (const mount of Object.values(mounts))
      if (mount.kind === "file") for (const { service } of mount.addresses ?? []) used.add(service);
  }
  return used;
}

function siteLines({ translation: { sites }, host }: StackSource): string[] {
  const [main, ...others] = sites;
  if (main === undefined) return [];
  const name = (site: string) =>
    host === "local"
      ? quoted(site)
      : site === main.name
        ? "domain"
        : `\`${site.slice(0, -main.name.length)}\${domain}\``;
  const routes = (service: string) => object({ "/": serviceConst(service) });
  const lines = host === "aws" ? [`    const domain = process.env.SITE_NAME ?? ${quoted(main.name)};`] : [];
  const more = host === "local" ? [object({ defaultSite: "true" })] : [];
  const site = printed(call("host.serve", name(main.name), routes(main.service), ...more), 4, 17, 1);
  lines.push(`    const site = ${site};`);
  for (const other of others)
    lines.push(`    ${printed(call("host.serve", name(other.name), routes(other.service)), 4, 4, 1)};`);
  lines.push("", '    new TerraformOutput(this, "url", { value: host.urlOf(site) });');
  if (host === "aws") lines.push('    new TerraformOutput(this, "address", { value: host.publicIp });');
  return lines;
}

const OF_AWS = ["AwsAccount", "EcrRegistry", "NanoHost", "Secret"];
const OF_SLIPWAY = [
  "BuiltImage",
  "Dockerfile",
  "HealthCheck",
  "LocalHost",
  "Mount",
  "Platform",
  "PulledImage",
  "Secret",
  "SelfHostedRegistry",
  "Tls",
];

function importLines({ host }: StackSource, text: string): string[] {
  const uses = (name: string) => new RegExp(`(?<![\\w"])${name}[.(]`).test(text);
  const core = ["TerraformOutput", "TerraformStack"].filter((name) => name === "TerraformStack" || uses(name));
  const own = OF_SLIPWAY.filter((name) => uses(name) && !(host === "aws" && OF_AWS.includes(name)));
  return [
    ...(uses("readFileSync") ? ['import { readFileSync } from "node:fs";'] : []),
    importLine(core, "cdktf"),
    'import type { Construct } from "constructs";',
    importLine([...own, "useLocalBackend"], "slipway"),
    ...(host === "aws" ? [importLine(OF_AWS.filter(uses), "slipway/aws")] : []),
  ];
}
