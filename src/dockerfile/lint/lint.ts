import { BASE_IMAGE_RULES } from "./base-image-rules.ts";
import { BUILD_FAILURE_RULES } from "./build-failure-rules.ts";
import { COPY_RULES } from "./copy-rules.ts";
import { ignoredRules } from "./ignore-comment.ts";
import { PACKAGE_RULES } from "./package-rules.ts";
import type { LintSubject, Rule, Severity } from "./rule.ts";
import { RUN_RULES } from "./run-rules.ts";
import { RUNTIME_RULES } from "./runtime-rules.ts";
import { SECRET_RULES } from "./secret-rules.ts";
import { STAGE_RULES } from "./stage-rules.ts";

/** Something in a Dockerfile that will cause trouble. */
export interface Finding {
  /** hadolint's id where it has the same rule, else one of ours (`SW…`). */
  readonly rule: string;
  /** Where the instruction starts. */
  readonly line: number;
  readonly severity: Severity;
  readonly why: string;
  readonly fix: string;
}

export interface LintOptions {
  /** Severities by rule id; `ignore` silences a rule. @default - each rule's own */
  readonly severity?: Readonly<Record<string, Severity | "ignore">>;
  /** Whether the context has an ignore file. @default - not known, and nothing is said about it */
  readonly hasIgnoreFile?: boolean;
}

export const RULES: readonly Rule[] = [
  ...BASE_IMAGE_RULES,
  ...BUILD_FAILURE_RULES,
  ...COPY_RULES,
  ...PACKAGE_RULES,
  ...RUN_RULES,
  ...RUNTIME_RULES,
  ...SECRET_RULES,
  ...STAGE_RULES,
];

/** What the rules find, in the order of the file. */
export function lint(subject: Omit<LintSubject, "hasIgnoreFile">, options: LintOptions = {}): Finding[] {
  const { severity: severities = {}, hasIgnoreFile } = options;
  const { instructions } = subject;
  const ignored = ignoredRules(instructions);
  const findings = RULES.flatMap((rule) => {
    const severity = severities[rule.id] ?? rule.severity;
    if (severity === "ignore" || ignored.everywhere.has(rule.id)) return [];
    return [...rule.check({ ...subject, hasIgnoreFile })]
      .filter(({ line }) => !ignored.atLine(line).has(rule.id))
      .map(({ line, fix = rule.fix }) => ({ rule: rule.id, line, severity, why: rule.why, fix }));
  });
  return findings.sort((a, b) => a.line - b.line || (a.rule < b.rule ? -1 : 1));
}
