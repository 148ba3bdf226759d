import type { RehearsalReport } from "./rehearsal.ts";

/** The report as a person reads it: times, memory, what was looked at, and what was not the real thing. */
export function reportText(
  { timings, checks, memory, diagnostics }: RehearsalReport,
  emulated: readonly string[],
  left: readonly string[],
): string {
  const width = Math.max(0, ...timings.map(({ step }) => step.length));
  const failed = checks.filter(({ ok }) => !ok).length;
  return [
    ...diagnostics,
    "times",
    ...timings.map(({ step, seconds }) => `  ${step.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s`),
    ...(memory
      ? [
          `memory: ${memory.peakAnonymousMiB} MiB of ${memory.limitMiB} MiB at the peak, not counting what can be dropped; ${memory.oomKills} OOM kills`,
        ]
      : []),
    "checks",
    ...checks.map(({ what, ok, seen }) => `  ${ok ? "ok    " : "FAILED"} ${what} (${seen})`),
    "emulated, or standing in",
    ...emulated.map((line) => `  - ${line}`),
    ...(left.length > 0 ? ["could not be taken away", ...left.map((line) => `  ${line}`)] : []),
    `${checks.length - failed} checks passed, ${failed} failed`,
  ].join("\n");
}
