import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_OPERATION } from "../hosts/local/local-scripts.ts";
import { packedScript } from "../rollout/packed-script.ts";
import { inFileName } from "../values/server-name.ts";
import type { AskedHost, HostAnswer } from "./asked-host.ts";
import type { DeclaredHost } from "./declared-hosts.ts";
import { localStatus } from "./local-status.ts";
import { swarmLogs, swarmStatus } from "./swarm-status.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import { TerraformRun } from "./terraform-run.ts";
import type { Tools } from "./tools.ts";

const NOT_NOW = 75;
const LONGEST: Readonly<Record<string, number>> = { rollback: 7200 };
const USUAL_SECONDS = 300;
const AWS = join(__dirname, "../aws");
const SSH = join(__dirname, "../hosts/ssh");

/** Tells a host one word of its own: a nano by Run Command, a host on the local engine by the engine. */
export function tellHost({ stack, host }: AskedHost, words: readonly string[], tools: Tools): Promise<HostAnswer> {
  // a wildcard's star is nothing that a host takes
  const plain = words.map(inFileName);
  if (host.kind === "nano") return tellNano(stack, host, plain, tools);
  if (host.kind === "swarm") return tellSwarm(host, plain, tools);
  return host.kind === "ssh" ? tellServer(host, plain, tools) : tellLocal(host, plain, tools);
}

type NanoHost = DeclaredHost & { readonly kind: "nano" };
type SshHost = DeclaredHost & { readonly kind: "ssh" };
type SwarmHost = DeclaredHost & { readonly kind: "swarm" };
type LocalHost = DeclaredHost & { readonly kind: "local" };

async function tellNano(
  stack: SynthesizedStack,
  host: NanoHost,
  words: readonly string[],
  tools: Tools,
): Promise<HostAnswer> {
  const terraform = tools.terraform ?? (await tools.findTerraform()).tool;
  const values = await new TerraformRun(stack, { ...tools, terraform }).show();
  const [instance, document] = [values(host.instance)?.id, values(host.document)?.name];
  if (typeof instance !== "string" || typeof document !== "string") {
    return { code: NOT_NOW, stdout: "", stderr: `${host.path}: is not deployed: Terraform's state does not have it\n` };
  }
  const { region = "", profile, role } = stack.aws ?? {};
  const env = {
    ...process.env,
    SLIPWAY_AWS_CLI: join(AWS, "aws-cli.sh"),
    SLIPWAY_RUN_COMMAND: join(AWS, "nano/run-command.sh"),
    SLIPWAY_HOST: host.path,
    SLIPWAY_INSTANCE: instance,
    SLIPWAY_DOCUMENT: document,
    SLIPWAY_REGION: region,
    SLIPWAY_SECONDS: `${LONGEST[words[0] ?? ""] ?? USUAL_SECONDS}`,
    SLIPWAY_PAUSE: process.env.SLIPWAY_PAUSE ?? "1",
    ...(role === undefined ? {} : { SLIPWAY_ROLE: role }),
    ...(profile === undefined ? {} : { AWS_PROFILE: profile }),
  };
  return tools.command.run("sh", [join(AWS, "nano/tell.sh"), ...words], { env, cwd: tmpdir() });
}

/** By the deployer's own ssh, whose configuration counts, from the folder where the person stands. */
function tellServer({ connection }: SshHost, words: readonly string[], tools: Tools): Promise<HostAnswer> {
  const env = { ...process.env, ...connection, SLIPWAY_SSH: join(SSH, "ssh.sh") };
  return tools.command.run("sh", [join(SSH, "tell.sh"), ...words], { env });
}

/** Why not the rest: what a swarm knows of a service is its version now and the one before, none of a release. */
async function tellSwarm({ path, engine }: SwarmHost, words: readonly string[], tools: Tools): Promise<HostAnswer> {
  const env = { ...process.env, ...(engine === undefined ? {} : { DOCKER_HOST: engine }) };
  const docker = (args: readonly string[]) => tools.command.run("docker", args, { env });
  const [verb = "", service = "", lines = ""] = words;
  if (verb === "status") return swarmStatus(path, docker);
  if (verb === "logs") return swarmLogs(path, service, lines, docker);
  const why =
    verb === "maintenance"
      ? "a SwarmHost has no maintenance: route the site to a service that says so, and deploy"
      : "a SwarmHost keeps no earlier releases, for a swarm knows services alone: revert the change (git revert) and deploy";
  return { code: 1, stdout: "", stderr: `${path}: ${why}\n` };
}

async function tellLocal(host: LocalHost, words: readonly string[], tools: Tools): Promise<HostAnswer> {
  const [verb] = words;
  if (verb === "rollback" || verb === "releases") {
    const why = `${host.path}: a host on the local engine keeps no earlier releases, for Terraform removes their containers: revert the change (git revert) and deploy\n`;
    return { code: 1, stdout: "", stderr: why };
  }
  const env = {
    ...process.env,
    SLIPWAY_NGINX: host.nginx,
    ...(host.engine === undefined ? {} : { DOCKER_HOST: host.engine }),
  };
  const answer = await tools.command.run("sh", ["-c", packedScript(LOCAL_OPERATION), "slipway", ...words], { env });
  if (verb !== "status" || answer.code !== 0) return answer;
  const report = await localStatus(host.path, answer.stdout, (args) => tools.command.run("docker", args, { env }));
  return { code: report.healthy ? 0 : 1, stdout: `${JSON.stringify(report)}\n`, stderr: "" };
}
