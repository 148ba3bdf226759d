import { Refusal } from "../dockerfile-error.ts";
import { chompTabs, readHeredocSource } from "../syntax/heredoc.ts";
import { readFlags } from "./flags.ts";
import type { Add, Copy, InlineFile, Transfer } from "./instruction.ts";
import type { InstructionSource } from "./instruction-source.ts";

export function readCopy(source: InstructionSource): Copy {
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

export function readAdd(source: InstructionSource): Add {
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
