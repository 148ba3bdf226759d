import { mkdtempSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run as runCommand } from "../../src/cli/command.mjs";
import { STACK_LABEL as CLEANUP_LABEL } from "../../src/cli/engine-cleanup.ts";
import { isFree, stackProblems } from "../../src/cli/stack-preflight.ts";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import { STACK_LABEL } from "../../src/docker/docker-engine.ts";
import { LocalHost, PulledImage, Secret } from "../../src/index.ts";
import { synthesize } from "../../src/testing/index.ts";
import { RecordedCommand } from "./recorded-command.ts";

const servers: Server[] = [];

function take(): Promise<number> {
  const server = createServer();
  servers.push(server);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

function stackWith(port: number, registry?: string) {
  const container = {
    "//": { metadata: { path: "cats/host/Nginx" } },
    ports: [{ external: port, internal: 80, ip: "127.0.0.1" }],
  };
  return new SynthesizedStack("cats", "/x", {
    provider: { docker: [{ registry_auth: registry ? [{ address: registry }] : [] }] },
    resource: { docker_container: { nginx: container } },
  } as never);
}

const notes: string[] = [];
const terminal = { note: (text: string) => notes.push(text) } as never;

function problems(stack: SynthesizedStack, command = new RecordedCommand({}), more: object = {}, hasState = true) {
  return stackProblems(stack, hasState, { terminal, command, answers: async () => true, ...more });
}

it("is content with a free port", async () => {
  const port = await take();
  servers.pop()?.close();
  expect(await problems(stackWith(port))).toEqual([]);
});

it("names the program that holds a port", async () => {
  const port = await take();
  const ss = `LISTEN 0 511 127.0.0.1:${port} 0.0.0.0:* users:(("python3",pid=4711,fd=3))`;
  expect(await problems(stackWith(port), new RecordedCommand({ ss }))).toEqual([
    `port ${port}, which cats/host/Nginx publishes, is taken by python3, process 4711: stop it, or publish another port`,
  ]);
  expect(await problems(stackWith(port), new RecordedCommand({ ss: { code: 127 } }))).toEqual([
    `port ${port}, which cats/host/Nginx publishes, is taken by another program: stop it, or publish another port`,
  ]);
});

it("lets the stack's own containers hold its ports", async () => {
  const port = await take();
  const command = new RecordedCommand({ [`docker ps --filter publish=${port}/tcp`]: "cats-host-nginx\tcats\n" });
  expect(await problems(stackWith(port), command)).toEqual([]);
});

it("names the container that holds a port, though nobody listens on it here", async () => {
  const docker = (line: string) => new RecordedCommand({ "docker ps --filter publish=8888/tcp": line });
  expect(await problems(stackWith(8888), docker("netflix-nginx\tnetflix\n"))).toEqual([
    "port 8888, which cats/host/Nginx publishes, is taken by container netflix-nginx of stack netflix: npx slipway down netflix, or publish another port",
  ]);
  expect(await problems(stackWith(8888), docker("grafana\t\n"))).toEqual([
    "port 8888, which cats/host/Nginx publishes, is taken by container grafana: docker stop grafana, or publish another port",
  ]);
});

it("does not look at this machine's ports for an engine elsewhere", async () => {
  const port = await take();
  const engine = { local: false, endpoint: "tcp://10.0.0.1:2375" };
  expect(await problems(stackWith(port), new RecordedCommand({}), { engine })).toEqual([]);
  expect(notes).toContain("ports are not checked: the engine runs elsewhere, at tcp://10.0.0.1:2375");
});

it("names a registry that does not answer", async () => {
  const asked: string[] = [];
  const answers = async (url: string) => {
    asked.push(url);
    return false;
  };
  expect(await problems(stackWith(0, "http://localhost:5009"), new RecordedCommand({}), { answers })).toEqual([
    "registry http://localhost:5009 does not answer: start it, or name another one in the stack",
  ]);
  expect(asked).toEqual(["http://localhost:5009/v2/"]);
});

it("does not take over a stack that another folder deployed", async () => {
  const command = new RecordedCommand({ "docker ps -a --filter label=dev.slipway.stack=cats": "cats-host-nginx\n" });
  expect(await problems(stackWith(0), command, {}, false)).toEqual([
    "stack cats is on this engine already (container cats-host-nginx), and this folder has no state of it: use the folder that deployed it, or take it away by npx slipway down cats",
  ]);
  expect(await problems(stackWith(0), command)).toEqual([]);
});

it("knows free from taken", async () => {
  const port = await take();
  expect(await isFree(port, "127.0.0.1")).toBe(false);
  expect(await isFree(port, "0.0.0.0")).toBe(false);
  servers.pop()?.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await isFree(port, "127.0.0.1")).toBe(true);
});

it("cleans up and looks by the label that the constructs write", () => {
  expect(CLEANUP_LABEL).toBe(STACK_LABEL);
});

describe("a stack on AWS", () => {
  const stack = new SynthesizedStack("shop", "/x", {
    provider: { aws: [{ region: "eu-west-1", profile: "team" }] },
  } as never);
  const sts = "aws sts get-caller-identity --region eu-west-1 --profile team --output text --query Account";

  it("is content with credentials", async () => {
    const command = new RecordedCommand({ [sts]: "123456789012\n" });
    expect(await problems(stack, command)).toEqual([]);
    expect(command.asked).toContain(sts);
  });

  it("says in one line that there are none, and what to do", async () => {
    const stderr = '\nUnable to locate credentials. You can configure credentials by running "aws configure".\n';
    expect(await problems(stack, new RecordedCommand({ [sts]: { code: 255, stderr } }))).toEqual([
      'AWS takes no credentials from here, it said: Unable to locate credentials. You can configure credentials by running "aws configure". Log in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID',
    ]);
  });

  it("says that the AWS CLI is missing", async () => {
    expect(await problems(stack, new RecordedCommand({ aws: { code: 127 } }))).toEqual([
      "the aws command is missing, and the apply asks AWS by it: https://aws.amazon.com/cli",
    ]);
  });

  it("needs no AWS where it has none", async () => {
    const command = new RecordedCommand({});
    await problems(new SynthesizedStack("cats", "/x", {}), command);
    expect(command.asked.filter((line) => line.startsWith("aws"))).toEqual([]);
  });
});

describe("secrets of the deployer's", () => {
  const NAME = "SLIPWAY_TEST_NOT_EXPORTED";
  const declared = () => {
    const outdir = mkdtempSync(join(tmpdir(), "slipway-synth-"));
    synthesize(
      (scope) => {
        const image = new PulledImage(scope, "app", { image: `example.com/app@sha256:${"a".repeat(64)}` });
        const secrets = { DB: Secret.fromEnvironment(NAME) };
        new LocalHost(scope, "host", { port: 18_888 }).run("web", { image, port: 80, secrets });
      },
      { id: "cats", outdir },
    );
    return SynthesizedStack.read(outdir, "cats");
  };
  const ask = (hasState: boolean) => {
    const { run, outputTail } = new RecordedCommand({});
    const command = {
      outputTail,
      run: (program: string, ...rest: never[]) => (program === "sh" ? runCommand : run)(program, ...rest),
    };
    return problems(declared(), command as never, {}, hasState);
  };
  const message = `cats/host/web: the secret DB: the variable ${NAME} is not set: export ${NAME} where Terraform runs`;

  it("must be there before the first apply, by the very script that reads them", async () => {
    expect(await ask(false)).toEqual([message]);
    process.env[NAME] = "s3cret";
    expect(await ask(false)).toEqual([]);
    delete process.env[NAME];
  });

  it("are the apply's matter later, which knows what it needs", async () => {
    expect(await ask(true)).toEqual([]);
  });
});
