import { createServer } from "node:net";
import { STACK_LABEL } from "../values/engine-label.ts";
import { builderProblems } from "./builder-problems.ts";
import { foreignPlatformProblems } from "./foreign-platform.ts";
import type { PublishedPort, SynthesizedStack } from "./synthesized-stack.ts";
import type { Command, Tools } from "./tools.ts";

/** A container of the engine that publishes a port. */
interface Holder {
  readonly name: string;
  readonly stack: string;
}

/**
 * What stands in a stack's way outside of it, one line each with the remedy: the same stack from another folder, ports
 * that somebody else holds, builders that cannot, images of another processor, secrets that are not there, registries that are expected to exist and do not answer, an AWS that knows nobody here.
 *
 * @param hasState whether Terraform has a state of the stack, so that what is on the engine is its own
 */
export async function stackProblems(
  stack: SynthesizedStack,
  hasState: boolean,
  { terminal, engine, command, answers }: Pick<Tools, "terminal" | "engine" | "command" | "answers">,
): Promise<string[]> {
  const local = engine?.local ?? true;
  if (!local) terminal.note(`ports are not checked: the engine runs elsewhere, at ${engine?.endpoint}`);
  const ports = local ? await Promise.all(stack.ports.map((wanted) => portProblem(wanted, stack.name, command))) : [];
  const registries = await Promise.all(
    stack.existingRegistries.map(async (url) =>
      (await answers(`${url}/v2/`, { timeout: 8000 }))
        ? undefined
        : `registry ${url} does not answer: start it, or name another one in the stack`,
    ),
  );
  const stranger = hasState ? undefined : await unknownContainersProblem(stack.name, command);
  if (stranger) return [stranger];
  const builders = await builderProblems(stack, { engine, command });
  const foreign = builders.length > 0 ? [] : await foreignPlatformProblems(stack, { engine, command });
  const secrets = hasState ? [] : await missingSecrets(stack, command);
  return [...ports, ...registries, ...builders, ...foreign, ...secrets, await awsProblem(stack, command)].filter(
    (problem) => problem !== undefined,
  );
}

/** Why of a stack without state alone: secrets are asked for where a container's volume is new, and here all of them are. */
async function missingSecrets({ secretSteps, folder }: SynthesizedStack, { run }: Command): Promise<string[]> {
  const checks = secretSteps.map(({ command, told: { SLIPWAY_SERVICE, SLIPWAY_SECRETS } }) =>
    run("sh", ["-c", `${command} check`], {
      cwd: folder,
      env: { ...process.env, SLIPWAY_SERVICE, SLIPWAY_SECRETS },
      timeout: 20_000,
    }),
  );
  return (await Promise.all(checks))
    .filter(({ code }) => code !== 0)
    .map(({ stdout, stderr }) => (stdout || stderr).trim());
}

/** Why in one line, and before anything is built: the provider says the same in ten, after the build. */
async function awsProblem({ aws }: SynthesizedStack, { run }: Command): Promise<string | undefined> {
  if (!aws) return undefined;
  const place = ["--region", aws.region, ...(aws.profile === undefined ? [] : ["--profile", aws.profile])];
  const words = ["sts", "get-caller-identity", ...place, "--output", "text", "--query", "Account"];
  const { code, stdout, stderr } = await run("aws", words, { timeout: 30_000 });
  if (code === 0) return undefined;
  if (code === 127) return "the aws command is missing, and the apply asks AWS by it: https://aws.amazon.com/cli";
  const said = `${stdout}\n${stderr}`.trim().split("\n").at(-1) || "nothing";
  return `AWS takes no credentials from here, it said: ${said} Log in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID`;
}

async function unknownContainersProblem(stack: string, { run }: Command): Promise<string | undefined> {
  const filter = ["--filter", `label=${STACK_LABEL}=${stack}`];
  const { stdout } = await run("docker", ["ps", "-a", ...filter, "--format", "{{.Names}}"], { timeout: 20_000 });
  const [name] = stdout.split("\n").filter(Boolean);
  if (!name) return undefined;
  return `stack ${stack} is on this engine already (container ${name}), and this folder has no state of it: use the folder that deployed it, or take it away by npx slipway down ${stack}`;
}

async function portProblem(wanted: PublishedPort, stack: string, command: Command): Promise<string | undefined> {
  if (wanted.protocol !== "tcp") return undefined;
  const [holder] = await holdersOf(wanted.port, command);
  if (holder?.stack === stack) return undefined;
  const subject = `port ${wanted.port}, which ${wanted.wantedBy} publishes, is taken by`;
  if (holder?.stack)
    return `${subject} container ${holder.name} of stack ${holder.stack}: npx slipway down ${holder.stack}, or publish another port`;
  if (holder) return `${subject} container ${holder.name}: docker stop ${holder.name}, or publish another port`;
  const free = await isFree(wanted.port, wanted.address);
  return free ? undefined : `${subject} ${await processOn(wanted.port, command)}: stop it, or publish another port`;
}

async function holdersOf(port: number, { run }: Command): Promise<Holder[]> {
  const format = `{{.Names}}\t{{.Label "${STACK_LABEL}"}}`;
  const { stdout } = await run("docker", ["ps", "--filter", `publish=${port}/tcp`, "--format", format], {
    timeout: 20_000,
  });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => ({ name: line.split("\t")[0] ?? "", stack: line.split("\t")[1] ?? "" }));
}

/** Whether somebody could listen there; a port that only root may open counts as free, for the engine is root. */
export function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function processOn(port: number, { run }: Command): Promise<string> {
  const { stdout } = await run("ss", ["-Hltnp", `sport = :${port}`], { timeout: 5000 });
  const [, name, pid] = /users:\(\("([^"]+)",pid=(\d+)/.exec(stdout) ?? [];
  return name ? `${name}, process ${pid}` : "another program";
}
