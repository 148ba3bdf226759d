import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Terminal } from "./tools.ts";

/**
 * Whether a change may be made: yes where all of the stack is on an engine of one's own, by `--auto-approve`, or where a
 * person says so. Why AWS alone is asked about: what it makes costs money, and others may use it.
 */
export async function isApproved(
  what: string,
  { aws }: Pick<SynthesizedStack, "aws">,
  autoApprove: boolean | undefined,
  terminal: Terminal,
): Promise<boolean> {
  if (!aws || autoApprove) return true;
  const place = `AWS, region ${aws.region}${aws.profile === undefined ? "" : `, profile ${aws.profile}`}`;
  if (!terminal.interactive) {
    terminal.fail(`nobody can be asked here whether to ${what} (${place}): add --auto-approve`);
    return false;
  }
  if (await terminal.confirm(`${what} (${place})?`)) return true;
  terminal.fail("nothing was changed");
  return false;
}
