import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { projectName, readComposeFile } from "../../compose/compose-file.ts";
import type { HostKind } from "../../compose/read-service.ts";
import { slipwayName } from "../../compose/slipway-name.ts";
import { translate } from "../../compose/translate.ts";
import type { Translation } from "../../compose/translated-service.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import type { Arguments, Tools } from "../tools.ts";
import { ignoreFiles } from "./ignore-file.ts";
import { imageReferences } from "./image-references.ts";
import { pinImages } from "./pinned-images.ts";
import { projectFiles, stackModule } from "./project-files.ts";
import { aboutLines, nextLines, REMARK, translationReport } from "./report.ts";
import { stackCode } from "./stack-code.ts";
import { starterApp, starterTranslation } from "./starter.ts";
import { testCode } from "./test-code.ts";
import type { WrittenFile } from "./written-file.ts";

/** A project as it is written. */
export interface WrittenProject {
  readonly translation: Translation;
  readonly files: readonly WrittenFile[];
}

/** Writes a project into a directory: a stack of one page, or what a compose file declares. Never over what is there. */
export async function init(asked: Arguments, tools: Tools): Promise<number> {
  const { terminal } = tools;
  const directory = resolve(asked.operand ?? ".");
  const composeFile = asked.from === undefined ? undefined : readComposeFile(asked.from);
  const host = await chosenHost(asked, tools);
  const translation = composeFile
    ? translate(composeFile, { host, directory, ...domainOf(host, projectName(composeFile)) })
    : starter(slipwayName(basename(directory)), host);
  const files = writtenFiles(translation, host, asked.from === undefined ? undefined : basename(asked.from));
  const ignored = ignoreFiles(translation, directory);
  files.push(...(composeFile === undefined ? [] : ignored.files));
  refuseOverwriting(files, directory, asked);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, { flag: "wx" });
  }
  terminal.line(`wrote in ${directory}:`);
  terminal.note(files.map(({ path }) => path).join(", "));
  const { served, said } = translationReport(translation);
  terminal.headline(served);
  if (said.length > 0) terminal.line("What has no equal here, or is another thing, as a comment in the stack, too:");
  for (const line of said) terminal.note(line);
  const pinned = await pinImages(imageReferences(translation, host, directory), directory, tools);
  const folder = relative(process.cwd(), directory);
  const next = nextLines({ translation, host, pinned, folder, remarks: ignored.remarks });
  for (const line of next) {
    if (line.startsWith(REMARK)) terminal.remark(line.slice(REMARK.length));
    else terminal.line(line);
  }
  return 0;
}

/** All files of a project. @param from the compose file's name */
export function writtenFiles(translation: Translation, host: HostKind, from?: string): WrittenFile[] {
  const { stack } = translation;
  const module = stackModule(stack);
  const code = stackCode({ translation, host, about: aboutLines(translation, host, from) });
  return [
    ...projectFiles({ stack, host }),
    { path: `${module}.ts`, text: code },
    { path: `${module}.test.ts`, text: testCode(translation, host) },
    ...(from === undefined ? starterApp(stack) : []),
  ];
}

/** The stack of one page. */
export function starter(stack: string, host: HostKind): Translation {
  const translation = starterTranslation(stack);
  const { domain } = domainOf(host, stack);
  return domain === undefined ? translation : { ...translation, sites: [{ name: domain, service: "web" }] };
}

/** On AWS the name that is served is a variable; this is what it is without one. */
function domainOf(host: HostKind, name: string): { readonly domain?: string } {
  return host === "aws" ? { domain: `${slipwayName(name)}.example.com` } : {};
}

async function chosenHost({ host }: Arguments, { terminal }: Tools): Promise<HostKind> {
  if (host !== undefined) return host as HostKind;
  const answer = await terminal.ask(
    "Where is it to run: on this machine's Docker Engine, or on AWS? [local/aws, Enter is local] ",
  );
  const meant = (["local", "aws"] as const).find((each) => each.startsWith((answer ?? "").trim().toLowerCase()));
  if (meant !== undefined) return meant;
  throw new InvalidValueError({
    ...{ subject: "host", rule: "must be local or aws", got: answer },
    remedy: "start anew, or write --host local or --host aws",
  });
}

function refuseOverwriting(files: readonly WrittenFile[], directory: string, { from }: Arguments): void {
  const there = files.map(({ path }) => path).filter((path) => existsSync(join(directory, path)));
  if (there.length === 0) return;
  const other = basename(directory) === "deploy" ? "deploy-2" : "deploy";
  const words = ["npx slipway init", ...(from === undefined ? [] : ["--from", from]), other].join(" ");
  throw new Error(
    `${directory} has ${there.join(", ")} already: nothing is written, for nothing is written over; name another directory, e.g. ${words}`,
  );
}
