import { readPortSpecs } from "../image-config.ts";
import { mountProblem } from "../instructions/read-run.ts";
import type { Statement } from "../statement.ts";
import { eachInstruction, type LintSubject, plainWord, type Rule, where } from "./rule.ts";

/** What the builder's reader takes and its later steps refuse. */
export const BUILD_FAILURE_RULES: readonly Rule[] = [
  {
    id: "DL3011",
    severity: "error",
    why: "the build fails: a port is a number from 0 to 65535, with tcp, udp or sctp",
    fix: "write e.g. EXPOSE 8080 or EXPOSE 53/udp",
    check: ofPorts((spec) => spec === undefined),
  },
  {
    id: "SW1002",
    severity: "warning",
    why: "EXPOSE names the container's port; what it says of the host is dropped",
    fix: "name the container's port only, and publish it where the container is run",
    check: ofPorts((spec) => spec?.mapped ?? false),
  },
  {
    id: "SW1003",
    severity: "error",
    why: "the build fails: the base image's name is no image reference",
    fix: "write [registry/]name[:tag][@digest]",
    *check({ stages }) {
      for (const { base } of stages) {
        if (base.kind === "image" && base.name !== undefined && !base.reference) yield { line: base.line };
      }
    },
  },
  {
    id: "SW1004",
    severity: "error",
    why: "the build fails: a variable or a quote in this instruction cannot be read",
    fix: "close every quote and ${, and escape a dollar sign that means itself",
    *check({ instructions, escapeMark }) {
      for (const it of instructions) {
        if (expandedWords(it).some((word) => plainWord(word, escapeMark).problem)) yield { line: it.range.start };
      }
    },
  },
  {
    id: "SW1005",
    severity: "error",
    why: "FROM sees only arguments that stand before the first FROM, so this variable is empty",
    fix: "declare it with ARG above the first FROM",
    check: undeclaredInFrom,
  },
  {
    id: "SW1006",
    severity: "error",
    why: "the build fails at this mount",
    fix: "give the mount a type and the fields that the type has",
    *check(subject) {
      for (const it of eachInstruction(subject)) {
        const problem = it.keyword === "RUN" ? it.mounts.map(mountProblem).find((reason) => reason) : undefined;
        if (problem) yield { line: it.range.start, fix: `mend it: ${problem}` };
      }
    },
  },
  {
    id: "SW1007",
    severity: "error",
    why: "the build fails: COPY --from takes no variable",
    fix: "name a stage FROM the variable, and copy from that stage",
    check: where((it) => it.keyword === "COPY" && plainWord(it.from ?? "").variables.size > 0),
  },
  {
    id: "SW1008",
    severity: "error",
    why: "whoever builds upon this image fails: the trigger is no instruction that the builder takes",
    fix: "write it as it would stand in a Dockerfile",
    check: where((it) => it.keyword === "ONBUILD" && it.trigger === undefined),
  },
  {
    id: "SW1009",
    severity: "warning",
    why: "an empty line inside a continued instruction will become an error",
    fix: "remove the empty line, or make it a comment",
    check: where((it) => it.emptyContinuations.length > 0),
  },
];

/** Variables that the builder declares itself. */
const PREDEFINED = /^(BUILD|TARGET)(PLATFORM|OS|OSVERSION|ARCH|VARIANT)$|^TARGETSTAGE$/;

function* undeclaredInFrom({ instructions, stages, escapeMark }: LintSubject) {
  const first = stages[0]?.from.range.start ?? 0;
  const declared = new Set(
    instructions.flatMap((it) =>
      it.keyword === "ARG" && it.range.start < first ? it.args.map(({ name }) => plainWord(name, escapeMark).text) : [],
    ),
  );
  for (const { from } of stages) {
    const used = [from.image, from.platform ?? ""].flatMap((word) => [...plainWord(word, escapeMark).variables]);
    if (used.some((name) => !declared.has(name) && !PREDEFINED.test(name))) yield { line: from.range.start };
  }
}

function ofPorts(breaks: (spec: ReturnType<typeof readPortSpecs>[number]) => boolean): Rule["check"] {
  return function* ({ stages }) {
    for (const stage of stages) {
      for (const it of stage.instructions) {
        if (it.keyword !== "EXPOSE") continue;
        const specs = stage.expand(it).flatMap((text) => (text === undefined ? [] : readPortSpecs(text)));
        if (specs.some(breaks)) yield { line: it.range.start };
      }
    }
  };
}

/** The words of `instruction` in which the builder replaces variables. */
function expandedWords(instruction: Statement): readonly string[] {
  switch (instruction.keyword) {
    case "FROM":
      return [instruction.image, instruction.platform ?? ""];
    case "ARG":
      return instruction.args.flatMap(({ name, value = "" }) => [name, value]);
    case "ENV":
      return instruction.variables.flatMap(({ name, value }) => [name, value]);
    case "LABEL":
      return instruction.labels.flatMap(({ name, value }) => [name, value]);
    case "COPY":
    case "ADD":
      return [...instruction.sources, instruction.destination, instruction.chown ?? "", instruction.chmod ?? ""];
    case "WORKDIR":
      return [instruction.path];
    case "USER":
      return [instruction.user];
    case "EXPOSE":
      return instruction.ports;
    case "VOLUME":
      return instruction.paths;
    case "STOPSIGNAL":
      return [instruction.signal];
    default:
      return [];
  }
}
