import type { Check } from "./host-checks.ts";
import { errors, plannedText, type Terraform } from "./terraform.ts";

/** A change of a stack that serves. */
export interface RehearsedChange {
  /** E.g. `the next version`. */
  readonly what: string;
  /** Declares it. @default - the stack stays as it is declared */
  readonly declare?: () => Promise<void>;
  /** The beginning of the one resource that is made anew. @default - none but what the declaration says */
  readonly replaced?: string;
  /** What none of the changed resources may begin with, by its address or by its name alone. */
  readonly untouched: string;
}

/** What no other environment of the app may touch: a machine that is made anew is away for minutes. */
const MACHINES = "aws_instance.";

/** The stack as its app declares it by further variables: the next version, for one. */
export function nextDeclaration(
  variables: Readonly<Record<string, string>>,
  declare: (more: Readonly<Record<string, string>>) => Promise<unknown>,
): RehearsedChange {
  const what = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return { what: what.join(" "), declare: async () => void (await declare(variables)), untouched: MACHINES };
}

/** Plans a change, applies that plan, and looks at what it touched. @throws when the apply fails */
export async function rehearseChange(terraform: Terraform, change: RehearsedChange): Promise<Check[]> {
  const { what, declare, replaced, untouched } = change;
  await declare?.();
  const words = replaced === undefined ? [] : [`-replace=${await addressOf(terraform, replaced)}`];
  const { planned, outcome } = await terraform.applyPlanned(words);
  const touched = planned.filter(({ address }) => `.${address}`.includes(`.${untouched}`));
  const { code, stdout, stderr } = outcome;
  if (code !== 0) throw new Error(`${what}: terraform apply failed\n${errors(`${stdout}\n${stderr}`)}`);
  const again = await terraform.plan();
  return [
    {
      what: `${what} changes something, and nothing of ${untouched}*`,
      ok: planned.length > 0 && touched.length === 0,
      seen: (touched.length > 0 ? touched : planned).map(plannedText).join("; ") || "no action",
    },
    {
      what: `a plan after ${what} is empty`,
      ok: again.length === 0,
      seen: again.map(plannedText).join("; ") || "no action",
    },
  ];
}

async function addressOf(terraform: Terraform, beginning: string): Promise<string> {
  const { stdout } = await terraform.run("state", ["list"]);
  const found = stdout.split("\n").filter((address) => address.startsWith(beginning));
  if (found.length !== 1) throw new Error(`${found.length} resources begin with ${beginning}, expected one`);
  return found[0] as string;
}
