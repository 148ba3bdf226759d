import type { ImageLedger } from "./doubles/image-ledger.ts";
import type { Check } from "./host-checks.ts";
import type { ProgramOutcome } from "./program.ts";
import type { Terraform } from "./terraform.ts";

/** What it was told a moment ago of all that is there still holds. */
const AGAIN = ["-refresh=false"];

/** Destroys a stack. What it keeps, images and data volumes, is let go of then, as a person does who has decided to. */
export async function destroyStack(
  terraform: Pick<Terraform, "destroy" | "run">,
  ledger: Pick<ImageLedger, "filled" | "clear">,
): Promise<{ readonly outcome: ProgramOutcome; readonly checks: Check[] }> {
  const checks: Check[] = [];
  let outcome = await terraform.destroy();
  const guarded = guardedBy(outcome);
  if (guarded.length > 0) {
    checks.push({ what: "destroy keeps what must not be destroyed", ok: true, seen: guarded.join(", ") });
    await terraform.run("state", ["rm", ...guarded]);
    outcome = await terraform.destroy(AGAIN);
  }
  if (outcome.code !== 0 && /RepositoryNotEmptyException/.test(outcome.stderr)) {
    const kept = ledger.filled;
    checks.push({ what: "destroy keeps images that are not to be deleted", ok: true, seen: kept.join(", ") });
    for (const repository of kept) ledger.clear(repository);
    outcome = await terraform.destroy(AGAIN);
  }
  return { outcome, checks };
}

/** The resources with `prevent_destroy`, as Terraform names them when it refuses; it breaks its lines anywhere. */
function guardedBy({ code, stderr }: ProgramOutcome): string[] {
  if (code === 0) return [];
  const text = stderr.replace(/[│╷╵\s]+/g, " ");
  return [...text.matchAll(/Resource (\S+) has lifecycle\.prevent_destroy set/g)].map(([, address = ""]) => address);
}
