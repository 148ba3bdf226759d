import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { nearest, refuseUnknownOptions } from "../../values/known-options.ts";
import { type CheckOptions, checkOptionsOf } from "../conversion/check-options.ts";
import type { Statement } from "../statement.ts";
import { BUILD_CHECK_RULES } from "./build-check-rules.ts";
import { BUILD_FAILURE_RULES } from "./build-failure-rules.ts";
import { COPY_RULES } from "./copy-rules.ts";
import { PACKAGE_RULES } from "./package-rules.ts";
import type { LintSubject, Rule, Severity } from "./rule.ts";
import { RUN_RULES } from "./run-rules.ts";
import { RUNTIME_RULES } from "./runtime-rules.ts";
import { STAGE_RULES } from "./stage-rules.ts";

/** Something in a Dockerfile that will cause trouble. */
export interface Finding {
  /** hadolint's id where it has the same rule, else one of ours (`SW…`). */
  readonly rule: string;
  /** BuildKit's name of the same check, where it has one. */
  readonly buildCheck?: string;
  /** Where the instruction starts. */
  readonly line: number;
  readonly severity: Severity;
  readonly why: string;
  readonly fix: string;
}

export interface LintOptions {
  /** Severities by rule id, or by BuildKit's name; `ignore` silences a rule. @default - each rule's own */
  readonly severity?: Readonly<Record<string, Severity | "ignore">>;
  /** Whether the context has an ignore file. @default - not known, and nothing is said about it */
  readonly hasIgnoreFile?: boolean;
  /** The stage that is built; what no build of it reaches is not said to fail. @default - the last one */
  readonly target?: string;
}

export const RULES: readonly Rule[] = [
  ...BUILD_FAILURE_RULES,
  ...BUILD_CHECK_RULES,
  ...COPY_RULES,
  ...PACKAGE_RULES,
  ...RUN_RULES,
  ...RUNTIME_RULES,
  ...STAGE_RULES,
];

/** What the rules find, in the order of the file. */
export function lint(subject: Omit<LintSubject, "hasIgnoreFile">, options: LintOptions = {}): Finding[] {
  refuseUnknownOptions("lint", options, { severity: true, hasIgnoreFile: true, target: true });
  const { severity: severities = {}, hasIgnoreFile } = options;
  checkSeverities(severities);
  const { instructions, build } = subject;
  const ignored = ignoredRules(instructions, build.checks);
  const findings = RULES.flatMap((rule) => {
    const { id, buildCheck } = rule;
    const byCheck = buildCheck === undefined ? undefined : severities[buildCheck];
    const severity = severities[id] ?? byCheck ?? rule.severity;
    if (severity === "ignore" || ignored.everywhere(rule)) return [];
    return [...rule.check({ ...subject, hasIgnoreFile })]
      .filter(({ line }) => !ignored.atLine(rule, line))
      .map(({ line, why = rule.why, fix = rule.fix }) => {
        return { rule: id, ...(buildCheck ? { buildCheck } : {}), line, severity, why, fix };
      });
  });
  return findings.sort((a, b) => a.line - b.line || (a.rule < b.rule ? -1 : 1));
}

const SEVERITIES: readonly unknown[] = ["error", "warning", "info", "ignore"];

/** Why: a rule that nobody knows, or a severity that is none, would leave the rule as it is in silence. */
function checkSeverities(severities: Readonly<Record<string, unknown>>): void {
  const ids = RULES.flatMap(({ id, buildCheck }) => (buildCheck ? [id, buildCheck] : [id]));
  for (const [got, severity] of Object.entries(severities)) {
    if (!ids.includes(got)) {
      const near = nearest(got, ids);
      const remedy = near ? `did you mean ${near}?` : undefined;
      throw new InvalidValueError({ subject: "lint rule", rule: "must be known", got, remedy });
    }
    if (SEVERITIES.includes(severity)) continue;
    const rule = "must be error, warning, info or ignore";
    throw new InvalidValueError({ subject: `severity of ${got}`, rule, got: severity });
  }
}

/** Which rules the file itself silences, by their own names or BuildKit's. */
export interface IgnoredRules {
  everywhere(rule: Rule): boolean;
  /** Whether it is silenced for the instruction that starts at `line`. */
  atLine(rule: Rule, line: number): boolean;
}

// "hadolint" | "slipway"  [ "global" ]  "ignore" "=" id { "," id }
const IGNORE =
  /^(?:hadolint|slipway)[ \t]+(global[ \t]+)?ignore[ \t]*=[ \t]*([A-Za-z0-9]+(?:[ \t]*,[ \t]*[A-Za-z0-9]+)*)/;

/**
 * Reads `# hadolint ignore=DL3006` and `# slipway ignore=DL3006` above an instruction, with no empty line between, and
 * the same with `global ignore` anywhere; and BuildKit's `# check=skip=JSONArgsRecommended`, at the head of the file or
 * above an instruction. Why `skip=all` leaves alone what only we know: it is asked of BuildKit's checks.
 */
function ignoredRules(instructions: readonly Statement[], checks: CheckOptions): IgnoredRules {
  const everywhere = new Set<string>();
  const byLine = new Map<number, { readonly names: ReadonlySet<string>; readonly skip: CheckOptions["skip"] }>();
  for (const { comments, range } of instructions) {
    const here = new Set<string>();
    let below = range.start;
    for (const { line, text } of comments.toReversed()) {
      const [, global, ids = ""] = IGNORE.exec(text) ?? [];
      const adjacent = line === below - 1;
      if (adjacent) below = line;
      for (const id of ids.split(/[ \t]*,[ \t]*/).filter((name) => name !== "")) {
        if (global) everywhere.add(id);
        else if (adjacent) here.add(id);
      }
    }
    byLine.set(range.start, { names: here, skip: checkOptionsOf(comments).skip });
  }
  const named = (names: ReadonlySet<string>, { id, buildCheck }: Rule) =>
    names.has(id) || (buildCheck !== undefined && names.has(buildCheck));
  const skipped = (skip: CheckOptions["skip"], rule: Rule) =>
    skip === "all" ? rule.buildCheck !== undefined : named(skip, rule);
  return {
    everywhere: (rule) => named(everywhere, rule) || skipped(checks.skip, rule),
    atLine: (rule, line) => {
      const here = byLine.get(line);
      return here !== undefined && (named(here.names, rule) || skipped(here.skip, rule));
    },
  };
}
