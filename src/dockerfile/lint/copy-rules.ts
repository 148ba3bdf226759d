import type { Add, Copy } from "../instructions/instruction.ts";
import { findStage, type Stage } from "../stage.ts";
import type { Statement } from "../statement.ts";
import { type LintSubject, plainWord, type Rule, where } from "./rule.ts";
import { type ShellCommand, shellCommands } from "./shell-command.ts";

const ARCHIVE = /\.(tar|tgz|tbz2?|txz|tzst|tar\.(gz|bz2|xz|zst|lzma|Z)|gz|bz2|xz|zst)$/i;
const REMOTE = /^(https?|ftp|git|ssh):\/\/|^git@|^[\w.-]+\.[a-z]+\/.*\.git(#|$)/i;

export const COPY_RULES: readonly Rule[] = [
  {
    id: "DL3020",
    severity: "warning",
    why: "ADD also unpacks archives and fetches addresses; for files of the context that is only a surprise",
    fix: "use COPY",
    check: where((it) => it.keyword === "ADD" && addsLocalFiles(it)),
  },
  {
    id: "SW1010",
    severity: "warning",
    why: "what this address serves may change, and nothing would notice",
    fix: "add --checksum=sha256:…",
    check: where((it) => it.keyword === "ADD" && !it.checksum && it.sources.some(isDownload)),
  },
  {
    id: "DL3021",
    severity: "warning",
    why: "several sources need a folder as their destination, which older builders know by its slash alone",
    fix: "end the destination with a slash",
    check: where((it) => it.keyword === "COPY" && needsFolder(it)),
  },
  {
    id: "DL3022",
    severity: "warning",
    why: "no earlier stage has this name, so the builder looks for an image of that name on Docker Hub",
    fix: "name an earlier stage, or give the image a tag",
    check: ofCopyFrom((from, stage, stages) => !isEarlierStage(from, stage, stages) && !isImageName(from)),
  },
  {
    id: "DL3023",
    severity: "error",
    why: "the build fails: a stage cannot copy from itself",
    fix: "name an earlier stage",
    check: ofCopyFrom((from, stage, stages) => findStage(stages, from) === stage),
  },
  {
    id: "DL3045",
    severity: "warning",
    why: "where a relative destination lies is up to the base image",
    fix: "set WORKDIR first, or start the destination with a slash",
    check: relativeWithoutWorkdir,
  },
  {
    id: "DL3067",
    severity: "info",
    why: "the whole file system of another stage carries its tools and caches along",
    fix: "copy the folders that are needed",
    *check({ stages }) {
      for (const it of stages.flatMap(({ instructions }) => instructions)) {
        if (it.keyword !== "COPY" || !it.from || plainWord(it.destination).text !== "/") continue;
        const whole = it.sources.some((source) => plainWord(source).text === "/");
        if (whole && findStage(stages, it.from)) yield { line: it.range.start };
      }
    },
  },
  {
    id: "SW1011",
    severity: "warning",
    why: "every change of any file installs the dependencies again, because they come after the copy of everything",
    fix: "copy the list of dependencies alone, install, then copy the rest",
    check: copyBeforeInstall,
  },
  {
    id: "SW1012",
    severity: "warning",
    why: "the whole context is copied and nothing is kept out of it: .git, local builds and secrets go along",
    fix: "write a .dockerignore",
    check: (subject) =>
      subject.hasIgnoreFile === false
        ? where((it) => (it.keyword === "COPY" || it.keyword === "ADD") && copiesContext(it))(subject)
        : [],
  },
];

function addsLocalFiles({ sources, files }: Add): boolean {
  const paths = sources.map((path) => plainWord(path).text);
  return files.length > 0 || paths.some((path) => !path.includes("$") && !ARCHIVE.test(path) && !REMOTE.test(path));
}

function isDownload(path: string): boolean {
  return /^https?:/i.test(path) && !/\.git(#|\?|$)/.test(path);
}

function needsFolder({ sources, files, destination }: Copy): boolean {
  const { text } = plainWord(destination);
  return sources.length + files.length > 1 && !/[/\\]$|^\.{1,2}$|\$/.test(text);
}

function copiesContext(it: Copy | Add): boolean {
  const ownContext = it.keyword === "ADD" || !it.from;
  return ownContext && it.sources.some((path) => /^(\.?\/?|\.?\/?\*)$/.test(plainWord(path).text));
}

function isEarlierStage(from: string, stage: Stage, stages: readonly Stage[]): boolean {
  const found = findStage(stages, from);
  return found !== undefined && found.index < stage.index;
}

function isImageName(from: string): boolean {
  return /[:/@$]/.test(from);
}

function ofCopyFrom(breaks: (from: string, stage: Stage, stages: readonly Stage[]) => boolean): Rule["check"] {
  return function* ({ stages }) {
    for (const stage of stages) {
      for (const it of stage.instructions) {
        if (it.keyword === "COPY" && it.from && breaks(it.from, stage, stages)) yield { line: it.range.start };
      }
    }
  };
}

function* relativeWithoutWorkdir({ stages }: LintSubject) {
  const hasWorkdir = new Map<Stage | undefined, boolean>();
  for (const stage of stages) {
    let known = hasWorkdir.get(stage.parent) ?? stage.base.kind === "scratch";
    for (const it of stage.instructions) {
      known ||= it.keyword === "WORKDIR";
      if (it.keyword !== "COPY" || known) continue;
      if (!/^([/\\$]|[A-Za-z]:)/.test(plainWord(it.destination).text)) yield { line: it.range.start };
    }
    hasWorkdir.set(stage, known);
  }
}

function* copyBeforeInstall({ stages }: LintSubject) {
  for (const { instructions } of stages) {
    let copied: Statement | undefined;
    for (const it of instructions) {
      if ((it.keyword === "COPY" || it.keyword === "ADD") && copiesContext(it)) copied ??= it;
      if (it.keyword !== "RUN" || !shellCommands(it.command).some(installsDependencies)) continue;
      if (copied) yield { line: copied.range.start };
      break;
    }
  }
}

/** What installs the dependencies that a file of the project lists: the program, and how its arguments start. */
const INSTALLERS: readonly (readonly [program: RegExp, args: RegExp])[] = [
  [/^pip[\d.]*$/, /^install\b.* (-r|--requirement)\b/],
  [/^python[\d.]*$/, /^-m pip install\b.* (-r|--requirement)\b/],
  [/^npm$/, /^(ci|clean-install)\b|^(install|i)( -\S+)*$/],
  [/^yarn$/, /^install\b|^(-\S+( |$))*$/],
  [/^pnpm$/, /^(install|i)( -\S+)*$/],
  [/^(poetry|composer|bundle)$/, /^install\b/],
  [/^uv$/, /^sync\b/],
  [/^pipenv$/, /^(install|sync)\b/],
  [/^go$/, /^mod download\b/],
  [/^cargo$/, /^fetch\b/],
];

/** Whether `command` installs what a file of the project lists. */
function installsDependencies({ name, args }: ShellCommand): boolean {
  const text = args.join(" ");
  return INSTALLERS.some(([program, start]) => program.test(name) && start.test(text));
}
