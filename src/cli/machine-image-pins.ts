import type { Terminal, Tools } from "./tools.ts";

/** The id of each machine image, by region and by the dated parameter that says it. */
export type MachineImagePins = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** As the synth says what it would like to have pinned, see `Lockfile.machineImage`. */
const ASKED = /^machine-image (\S+) (\S+)$/;
const IMAGE_ID = /^ami-[0-9a-f]{8,17}$/;
const SECONDS = 30;

/** The lines of a collecting synth that ask for a machine image, as region and parameter. */
export function askedMachineImages(lines: readonly string[]): [region: string, parameter: string][] {
  return lines.flatMap((line) => {
    const [, region, parameter] = ASKED.exec(line) ?? [];
    return region === undefined || parameter === undefined ? [] : [[region, parameter]];
  });
}

/**
 * What is asked for, with its id. What is known stays as it is and costs no question: the parameter of one date never
 * changes. Where AWS does not answer, for want of credentials or of its CLI, nothing is pinned, and that is said:
 * Terraform then asks the parameter itself.
 */
export async function pinMachineImages(
  asked: readonly [region: string, parameter: string][],
  known: MachineImagePins,
  { command, terminal }: Pick<Tools, "command"> & { readonly terminal: Pick<Terminal, "note"> },
): Promise<MachineImagePins> {
  const pins: Record<string, Record<string, string>> = {};
  for (const [region, parameter] of asked) {
    const id = known[region]?.[parameter] ?? (await idOf(region, parameter, command));
    if (IMAGE_ID.test(id)) pins[region] = { ...pins[region], [parameter]: id };
    else terminal.note(`${parameter} of ${region} is not pinned, Terraform asks for it: ${id}`);
  }
  return pins;
}

/** The id, or why there is none. */
async function idOf(region: string, parameter: string, command: Tools["command"]): Promise<string> {
  const words = ["ssm", "get-parameter", "--region", region, "--name", parameter];
  const options = { timeout: SECONDS * 1000, env: { ...process.env, AWS_PAGER: "" } };
  const answer = await command.run("aws", [...words, "--query", "Parameter.Value", "--output", "text"], options);
  if (answer.code === 0) return answer.stdout.trim();
  return answer.timedOut ? `AWS did not answer within ${SECONDS} s` : command.outputTail(answer, 1);
}

/** One line for each id that comes, goes or changes. */
export function machineImageDifference(before: MachineImagePins, after: MachineImagePins): string[] {
  const flat = (pins: MachineImagePins) =>
    new Map(
      Object.entries(pins).flatMap(([region, ids]) => Object.entries(ids).map(([p, id]) => [`${p} ${region}`, id])),
    );
  const [was, is] = [flat(before), flat(after)];
  return [
    ...[...was.keys()].filter((name) => !is.has(name)).map((name) => `- ${name}: no stack asks for it`),
    ...[...is].filter(([name, id]) => was.get(name) !== id).map(([name, id]) => `+ ${name} ${id}`),
  ].sort();
}
