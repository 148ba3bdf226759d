import { nearest } from "../../values/nearest-word.cjs";
import { Refusal } from "../dockerfile-error.ts";
import { lowerCase, trimSpace } from "../syntax/go-text.ts";
import { chompTabs, readHeredocSource } from "../syntax/heredoc.ts";
import type { Assignment } from "../syntax/instruction-words.ts";
import { readHealthcheck } from "./healthcheck.ts";
import type { Add, Arg, Copy, From, InlineFile, Instruction, Keyword, Onbuild, Transfer } from "./instruction.ts";
import { type InstructionSource, readCommand, readFlags } from "./instruction-source.ts";
import { readRun } from "./read-run.ts";

type Reader = (source: InstructionSource) => Instruction;

const READERS: Readonly<Record<Keyword, Reader>> = {
  ADD: readAdd,
  ARG: readArg,
  CMD: (source) => withoutFlags(source, { keyword: "CMD", command: readCommand(source, source.args) }),
  COPY: readCopy,
  ENTRYPOINT: (source) => withoutFlags(source, { keyword: "ENTRYPOINT", command: readCommand(source, source.args) }),
  ENV: (source) => withoutFlags(source, { keyword: "ENV", variables: readPairs(source) }),
  EXPOSE: (source) => withoutFlags(source, { keyword: "EXPOSE", ports: atLeastOne(source) }),
  FROM: readFrom,
  HEALTHCHECK: readHealthcheck,
  LABEL: (source) => withoutFlags(source, { keyword: "LABEL", labels: readPairs(source) }),
  MAINTAINER: (source) => withoutFlags(source, { keyword: "MAINTAINER", name: exactlyOne(source) }),
  ONBUILD: readOnbuild,
  RUN: readRun,
  SHELL: readShell,
  STOPSIGNAL: (source) => ({ keyword: "STOPSIGNAL", signal: exactlyOne(source) }),
  USER: (source) => withoutFlags(source, { keyword: "USER", user: exactlyOne(source) }),
  VOLUME: readVolume,
  WORKDIR: (source) => withoutFlags(source, { keyword: "WORKDIR", path: exactlyOne(source) }),
};

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map(
  (Object.keys(READERS) as Keyword[]).map((keyword) => [keyword.toLowerCase(), keyword]),
);

/** What `source` says. @throws Refusal where BuildKit's instruction layer refuses it */
export function readInstruction(source: InstructionSource): Instruction {
  const keyword = KEYWORDS.get(lowerCase(source.keyword));
  if (keyword === undefined) {
    const meant = nearest(source.keyword.toUpperCase(), [...KEYWORDS.values()]);
    throw new Refusal("this is no instruction", source.keyword, meant && `did you mean ${meant}?`);
  }
  try {
    return READERS[keyword](source);
  } catch (error) {
    throw error instanceof Refusal ? error.inside(keyword) : error;
  }
}

function withoutFlags<T extends Instruction>(source: InstructionSource, instruction: T): T {
  readFlags(source.flags, {});
  return instruction;
}

function exactlyOne(source: InstructionSource): string {
  const [only] = source.args;
  if (only === undefined || source.args.length > 1) throw new Refusal("takes one argument", source.args.length);
  return only;
}

function atLeastOne(source: InstructionSource): readonly string[] {
  if (source.args.length === 0) throw new Refusal("needs at least one argument", "");
  return source.args;
}

function readFrom(source: InstructionSource): From {
  const [image, as, name] = source.args;
  const named = source.args.length === 3 && as?.toUpperCase() === "AS";
  if (image === undefined || (source.args.length !== 1 && !named)) {
    throw new Refusal("takes an image, or an image AS a name", source.args.join(" "));
  }
  const stage = name === undefined ? undefined : lowerCase(name);
  if (stage !== undefined && !/^[a-z][-a-z0-9_.]*$/.test(stage)) {
    throw new Refusal("names a stage by a letter, then letters, digits, - _ and .", name);
  }
  const { platform } = readFlags(source.flags, { platform: "text" });
  return { keyword: "FROM", image, ...(stage ? { as: stage } : {}), ...(platform ? { platform } : {}) };
}

/** ARG's flags are words that upstream never looks at. */
function readArg(source: InstructionSource): Arg {
  const args = atLeastOne(source).map((word) => {
    const equals = word.indexOf("=");
    if (equals === 0) throw new Refusal("needs a name before the =", "=");
    return equals < 0 ? { name: word } : { name: word.slice(0, equals), value: word.slice(equals + 1) };
  });
  return { keyword: "ARG", args };
}

function readPairs(source: InstructionSource): Assignment[] {
  const args = atLeastOne(source);
  const pairs: Assignment[] = [];
  for (let at = 0; at < args.length; at += 3) {
    const [name = "", value = "", sign] = args.slice(at, at + 3);
    if (name === "") throw new Refusal("needs a name before the =", "=");
    pairs.push({ name, value, ...(sign === "" ? { legacy: true } : {}) });
  }
  return pairs;
}

function readShell(source: InstructionSource): Instruction {
  const argv = atLeastOne(source);
  if (!source.json) throw new Refusal("takes a JSON array", argv.join(" "), 'write ["/bin/bash", "-c"]');
  return withoutFlags(source, { keyword: "SHELL", argv });
}

function readVolume(source: InstructionSource): Instruction {
  const paths = atLeastOne(source).map((path) => trimSpace(path));
  if (paths.includes("")) throw new Refusal("takes no empty path", "");
  return withoutFlags(source, { keyword: "VOLUME", paths });
}

/** The builder looks at what the trigger is called, and at the rest only when somebody builds upon the image. */
function readOnbuild(source: InstructionSource): Onbuild {
  const { trigger } = source;
  if (!trigger) throw new Refusal("needs an instruction", "");
  const name = trimSpace(trigger.keyword).toUpperCase();
  if (["ONBUILD", "MAINTAINER", "FROM"].includes(name)) throw new Refusal(`takes no ${name}`, trigger.keyword);
  readFlags(source.flags, {});
  const instruction = readTrigger({ ...trigger, heredocs: source.heredocs });
  return { keyword: "ONBUILD", ...(instruction ? { trigger: instruction } : {}) };
}

function readTrigger(source: InstructionSource): Onbuild["trigger"] {
  try {
    const instruction = readInstruction(source);
    const { keyword } = instruction;
    return keyword === "FROM" || keyword === "ONBUILD" || keyword === "MAINTAINER" ? undefined : instruction;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

function readCopy(source: InstructionSource): Copy {
  needTwo(source);
  const flags = readFlags(source.flags, {
    chown: "text",
    from: "text",
    chmod: "text",
    link: "boolean",
    exclude: "texts",
    parents: "boolean",
  });
  const { from, parents = false } = flags;
  return { keyword: "COPY", ...readTransfer(source, flags), parents, ...(from ? { from } : {}) };
}

function readAdd(source: InstructionSource): Add {
  needTwo(source);
  const flags = readFlags(source.flags, {
    chown: "text",
    chmod: "text",
    link: "boolean",
    "keep-git-dir": "boolean",
    checksum: "text",
    unpack: "boolean",
    exclude: "texts",
  });
  const { checksum, unpack, "keep-git-dir": keepGitDir } = flags;
  return {
    keyword: "ADD",
    ...readTransfer(source, flags),
    ...(checksum ? { checksum } : {}),
    ...(keepGitDir === undefined ? {} : { keepGitDir }),
    ...(unpack === undefined ? {} : { unpack }),
  };
}

function needTwo(source: InstructionSource): void {
  if (source.args.length < 2) throw new Refusal("needs a source and a destination", source.args.join(" "));
}

interface TransferFlags {
  readonly chown?: string;
  readonly chmod?: string;
  readonly link?: boolean;
  readonly exclude?: readonly string[];
}

function readTransfer(source: InstructionSource, flags: TransferFlags): Transfer {
  const destination = source.args.at(-1) ?? "";
  if (readHeredocSource(destination)) throw new Refusal("takes no heredoc as its destination", destination);
  const contents = new Map(source.heredocs.map(({ name, content }) => [name, content]));
  const sources: string[] = [];
  const files: InlineFile[] = [];
  for (const word of source.args.slice(0, -1)) {
    const sign = readHeredocSource(word);
    if (!sign) {
      sources.push(word);
      continue;
    }
    const content = contents.get(sign.name) ?? "";
    files.push({ name: sign.name, content: sign.chomp ? chompTabs(content) : content, expand: sign.expand });
  }
  const { chown, chmod, link = false, exclude = [] } = flags;
  return { sources, files, destination, link, exclude, ...(chown ? { chown } : {}), ...(chmod ? { chmod } : {}) };
}
