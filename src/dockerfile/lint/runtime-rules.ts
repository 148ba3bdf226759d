import type { Keyword } from "../instructions/instruction.ts";
import type { Stage } from "../stage.ts";
import { eachInstruction, type LintSubject, plainWord, type Rule, where } from "./rule.ts";

export const RUNTIME_RULES: readonly Rule[] = [
  {
    id: "DL3000",
    buildCheck: "WorkdirRelativePath",
    severity: "warning",
    why: "where a relative WORKDIR leads is up to the base image",
    fix: "write the whole path, e.g. WORKDIR /app",
    *check({ stages }) {
      const settled = new Map<Stage | undefined, boolean>();
      for (const stage of stages) {
        let known = settled.get(stage.parent) ?? stage.base.kind === "scratch";
        for (const it of stage.instructions) {
          if (it.keyword !== "WORKDIR") continue;
          const path = stage.expand(it)[0] ?? it.path;
          if (!known && !/^["']?([/\\$]|[A-Za-z]:)/.test(path)) yield { line: it.range.start };
          known = true;
        }
        settled.set(stage, known);
      }
    },
  },
  {
    id: "DL3002",
    severity: "warning",
    why: "the container runs as root: whoever breaks into the program owns everything that it can reach",
    fix: "end with a USER that is not root, e.g. USER 1000",
    *check({ stages }) {
      const last = stages.at(-1);
      const user = last?.last("USER");
      if (user && /^(root|0)(:|$)/.test(last?.user ?? "")) yield { line: user.range.start };
    },
  },
  {
    id: "SW1040",
    severity: "info",
    why: "no USER is set, so the container runs as the base image's user, which is root unless that image says otherwise",
    fix: "add a USER that is not root, e.g. USER 1000",
    *check({ stages }) {
      const last = stages.at(-1);
      const runs = (["CMD", "ENTRYPOINT", "EXPOSE"] as const).some((keyword) => last?.last(keyword));
      if (!last || !runs || last.last("USER")) return;
      if (!/nonroot|unprivileged|rootless/.test(last.lowest.base.written)) yield { line: last.from.range.start };
    },
  },
  {
    id: "DL3025",
    buildCheck: "JSONArgsRecommended",
    severity: "warning",
    why: "a shell stands between the engine and the program: it passes on no signal, so a stop waits and then kills",
    fix: 'write the JSON form, e.g. CMD ["node", "app.js"]',
    *check({ stages }) {
      for (const it of stages.flatMap(({ instructions }) => instructions)) {
        if (it.keyword !== "CMD" && it.keyword !== "ENTRYPOINT" && it.keyword !== "HEALTHCHECK") continue;
        const text = it.command?.form === "shell" ? it.command.text : "";
        const start = it.keyword === "HEALTHCHECK" ? "HEALTHCHECK … CMD" : it.keyword;
        const exec = execForm(start, text);
        // A check that needs its shell, say for `|| exit 1`, is what everybody writes.
        if (it.keyword === "HEALTHCHECK" && exec.fix === undefined) continue;
        const why = it.keyword === "HEALTHCHECK" ? { why: "a shell starts for every check, which needs none" } : {};
        if (text !== "" && !/^exec\s/.test(text)) yield { line: it.range.start, ...why, ...exec };
      }
    },
  },
  onlyLast("DL4003", "CMD"),
  onlyLast("DL4004", "ENTRYPOINT"),
  onlyLast("DL3012", "HEALTHCHECK"),
  {
    id: "DL3057",
    severity: "ignore",
    why: "nobody can ask the container whether it is healthy",
    fix: "add a HEALTHCHECK, or declare the check where the container is run",
    *check({ stages }) {
      const last = stages.at(-1);
      if (last && !last.healthCheck) yield { line: last.from.range.start };
    },
  },
  {
    id: "DL4000",
    buildCheck: "MaintainerDeprecated",
    severity: "warning",
    why: "MAINTAINER is deprecated",
    fix: "write LABEL org.opencontainers.image.authors=…",
    check: where((it) => it.keyword === "MAINTAINER"),
  },
  {
    id: "DL3064",
    buildCheck: "SecretsUsedInArgOrEnv",
    severity: "warning",
    why: "what ENV and ARG hold stays readable in the image and its history",
    fix: "mount it: RUN --mount=type=secret,id=…; at run time, give it to the container",
    *check(subject) {
      for (const { names, line } of namesSet(subject)) if (names.some(isSecretName)) yield { line };
    },
  },
];

function onlyLast(id: string, keyword: Keyword): Rule {
  return {
    id,
    buildCheck: "MultipleInstructionsDisallowed",
    severity: "warning",
    why: `of several ${keyword} in a stage only the last one counts`,
    fix: "remove this one, or the later one",
    check: ({ stages }: LintSubject) =>
      stages.flatMap(({ instructions }) => {
        const all = instructions.filter((it) => it.keyword === keyword);
        return all.slice(0, -1).map(({ range }) => ({ line: range.start }));
      }),
  };
}

/** The JSON form of a command that needs no shell. */
function execForm(keyword: string, text: string): { readonly fix?: string } {
  if (text === "" || /[^\w\s./:@%+,=-]/.test(text) || /^\S*=/.test(text)) return {};
  return { fix: `write ${keyword} ${JSON.stringify(text.trim().split(/\s+/)).replaceAll('","', '", "')}` };
}

const SECRET_WORDS: ReadonlySet<string> = new Set(
  "APIKEY AUTH CREDENTIAL CREDENTIALS KEY PASSWORD PASSWD PASSPHRASE PWORD PWD SECRET SECRETS TOKEN".split(" "),
);
/** Keys that everybody may know. */
const PUBLIC_WORDS: ReadonlySet<string> = new Set(["PUBLIC", "GPG"]);
/** Last words that make a name tell about a secret: where it lies, who issues it. */
const ABOUT_WORDS: ReadonlySet<string> = new Set("FILE PATH DIR SOCK URL VERSION NAME HOST PORT TYPE".split(" "));

/** Whether a variable of this name holds a secret, as far as names tell. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, "$1_$2")
    .toUpperCase()
    .split(/[^A-Z\d]+/);
  if (name === "PWD" || name === "OLDPWD") return false;
  if (ABOUT_WORDS.has(words.at(-1) ?? "") || words.some((word) => PUBLIC_WORDS.has(word))) return false;
  return words.some((word) => SECRET_WORDS.has(word));
}

/** What ARG declares and ENV sets to something. */
function* namesSet(subject: LintSubject): Iterable<{ names: string[]; line: number }> {
  const { escapeMark } = subject;
  for (const it of subject.instructions) {
    if (it.keyword === "ARG") yield { names: it.args.map(({ name }) => name), line: it.range.start };
  }
  for (const it of eachInstruction(subject)) {
    if (it.keyword !== "ENV") continue;
    const set = it.variables.filter(({ value }) => plainWord(value, escapeMark).text !== "");
    yield { names: set.map(({ name }) => name), line: it.range.start };
  }
}
