import { type Rule, where } from "./rule.ts";

/** What BuildKit's own checks warn of and hadolint has no name for. */
export const BUILD_CHECK_RULES: readonly Rule[] = [
  {
    id: "SW1002",
    buildCheck: "ExposeInvalidFormat",
    severity: "warning",
    why: "EXPOSE names the container's port; what it says of the host is dropped",
    fix: "name the container's port only, and publish it where the container is run",
    check: ofCheck("ExposeInvalidFormat"),
  },
  {
    id: "SW1005",
    buildCheck: "UndefinedArgInFrom",
    severity: "warning",
    why: "FROM sees only arguments that stand before the first FROM, so this variable is empty",
    fix: "declare it with ARG above the first FROM",
    check: ofCheck("UndefinedArgInFrom"),
  },
  {
    id: "SW1008",
    severity: "warning",
    why: "whoever builds upon this image fails: the trigger is no instruction that the builder takes",
    fix: "write it as it would stand in a Dockerfile",
    check: where((it) => it.keyword === "ONBUILD" && it.trigger === undefined),
  },
  {
    id: "SW1009",
    buildCheck: "NoEmptyContinuation",
    severity: "warning",
    why: "an empty line inside a continued instruction will become an error",
    fix: "remove the empty line, or make it a comment",
    check: where((it) => it.emptyContinuations.length > 0),
  },
  {
    id: "SW1041",
    buildCheck: "UndefinedVar",
    severity: "warning",
    why: "this variable is set nowhere, so it is empty",
    fix: "declare it with ARG or set it with ENV, or correct its name",
    check: ofCheck("UndefinedVar"),
  },
  {
    id: "SW1042",
    buildCheck: "LegacyKeyValueFormat",
    severity: "info",
    why: "a name and a value with a blank between them are the old form, which takes one pair and every blank",
    fix: "write name=value",
    check: ofCheck("LegacyKeyValueFormat"),
  },
];

/** A breach wherever BuildKit's `check` warns. */
function ofCheck(check: string): Rule["check"] {
  return function* ({ build }) {
    for (const line of new Set(build.warnings.filter((it) => it.check === check).map((it) => it.line))) yield { line };
  };
}
