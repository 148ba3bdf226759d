import type { HostKind } from "../../compose/read-service.ts";
import type { Translation } from "../../compose/translated-service.ts";
import { DEFAULT_PORT } from "../../hosts/local/local-host-props.ts";
import { parameterName } from "./service-code.ts";

/** What the stack's first comment says. */
export function aboutLines(translation: Translation, host: HostKind, from: string | undefined): string[] {
  const what = from === undefined ? "A page" : `What ${from} declares`;
  const where = host === "local" ? "on this machine's Docker Engine" : "on a nano of AWS";
  const origin = from === undefined ? "" : " What has no equal here is a comment at its service.";
  return [
    `${what}, ${where}.${origin}`,
    "",
    ...secretLines(translation, host).map((line) => `Before: ${line}`),
    ...(host === "aws"
      ? ["Before: export SLIPWAY_AWS_ACCOUNT=123456789012 SLIPWAY_AWS_REGION=eu-west-1 SITE_NAME=…"]
      : []),
    "Run: npx slipway up",
  ];
}

/** How each secret is set, one line each. */
function secretLines({ stack, services }: Translation, host: HostKind): string[] {
  const lines = services.flatMap(({ secrets }) =>
    Object.entries(secrets).map(([key, { variable, file, hint }]) => {
      if (host === "local" && file !== undefined) return `${file} must hold the secret ${key}, outside of git`;
      const name = variable ?? key;
      if (host === "local") return `export ${name}=${hint === undefined ? "…" : `'${hint}'`}`;
      return `aws ssm put-parameter --type SecureString --name ${parameterName(stack, name)} --value ${hint === undefined ? "…" : `'${hint}'`}`;
    }),
  );
  return [...new Set(lines)];
}

/** What became of a compose file, for the terminal. */
export interface TranslationReport {
  /** Who is reached by which name. */
  readonly served: string;
  /** All that has no equal, and why. */
  readonly said: readonly string[];
}

export function translationReport({
  services,
  left,
  sites,
  notes,
  port = DEFAULT_PORT,
}: Translation): TranslationReport {
  const [main, ...others] = sites;
  const names = others.map(({ name, service }) => `; ${service} is ${name}`).join("");
  const at = main?.name.endsWith(".localhost") ? `${main.name}, port ${port}` : main?.name;
  const served =
    main === undefined
      ? "no port that the file publishes looks like the web: nothing is served by a name"
      : `${main.service} is what visitors reach, at ${at}${names}`;
  const bySaying = new Map<string, string[]>();
  for (const { composeName, notes: own } of services) {
    for (const { key, reason } of own) {
      const saying = `${key}: ${reason}`;
      bySaying.set(saying, [...(bySaying.get(saying) ?? []), composeName]);
    }
  }
  return {
    served,
    said: [
      ...notes.map(({ key, reason }) => `${key}: ${reason}`),
      ...left.flatMap((each) => [
        `${each.name} is left out`,
        ...each.notes.map(({ key, reason }) => `${each.name}: ${key}: ${reason}`),
      ]),
      ...[...bySaying].map(([saying, of]) => `${of.join(", ")}: ${saying}`),
    ],
  };
}

export interface NextSteps {
  readonly translation: Translation;
  readonly host: HostKind;
  /** Why images are not pinned; nothing where they are. */
  readonly pinned: string | undefined;
  /** The project's folder, from where the person is. */
  readonly folder: string;
  /** What a person has to do to files that are there. */
  readonly remarks: readonly string[];
}

/** How a line of them begins that is no command. */
export const REMARK = "  # ";

/** What to do next. */
export function nextLines({ translation, host, pinned, folder, remarks }: NextSteps): string[] {
  const steps = [
    ...(folder === "" ? [] : [`cd ${folder}`]),
    ...remarks.map((remark) => `# ${remark}`),
    "npm install",
    ...(pinned === undefined ? [] : [`# ${pinned}`, "npx slipway lock"]),
    ...secretLines(translation, host),
    ...(host === "aws" ? ["export SLIPWAY_AWS_ACCOUNT=123456789012 SLIPWAY_AWS_REGION=eu-west-1 SITE_NAME=…"] : []),
    "npx slipway up",
  ];
  return ["", "Next:", ...steps.map((step) => `  ${step}`)];
}
