import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { MARK } from "../../scripts/engines/engine-remains.mjs";
import { selfSigned } from "../self-signed.ts";
import { docker, Project, waitFor } from "./project.ts";
import { request } from "./request-stream.ts";

jest.setTimeout(180_000);

const REGISTRY = "localhost:5902";
const STACK = "slipway-private";
const USERNAME = "deployer-7f3a";
const DOCKERFILE = `FROM python:3.12.8-slim-bookworm
WORKDIR /page
COPY index.html .
STOPSIGNAL SIGINT
CMD ["python3", "-m", "http.server", "5000"]
`;

const project = new Project("private-registry.ts", STACK, { Dockerfile: DOCKERFILE, "index.html": "one" });
const trusted = mkdtempSync(join(tmpdir(), "slipway-trusted-"));
const environment = { ...process.env };
let certificate = "";
let keys: string[] = [];
const passwords = ["first Passw0rd: $HOME `x` ü", "second-Passw0rd"];

/** A new pair beside the project; the deploying machine trusts it from now on, and those before. */
function renew(): void {
  const pair = selfSigned(["localhost", "127.0.0.1"]);
  project.write("../tls/certificate.pem", pair.certificate);
  project.write("../tls/key.pem", pair.key);
  writeFileSync(join(trusted, `${readdirSync(trusted).length}.pem`), pair.certificate);
  certificate = pair.certificate;
  keys = [...keys, pair.key];
}

function usePassword(password: string): void {
  process.env.TF_VAR_login_password = password;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly fingerprint: string;
}

/** What an engine pushes: a manifest of Docker's or OCI's, or an index of them where it keeps its images in containerd. */
const MANIFESTS = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
];

/** Asks the registry over TLS, which must show the certificate of the moment. */
function ask(method: string, path: string, password?: string): Promise<Answer> {
  return new Promise((done, fail) => {
    const ask = httpsRequest(
      `https://${REGISTRY}${path}`,
      {
        method,
        agent: new Agent(),
        ca: certificate,
        auth: password === undefined ? undefined : `${USERNAME}:${password}`,
        headers: { Accept: MANIFESTS.join(", ") },
      },
      (response) => {
        const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
        let body = "";
        response.setEncoding("utf8").on("data", (text) => {
          body += text;
        });
        response.on("end", () => done({ status: response.statusCode ?? 0, body, fingerprint: fingerprint256 }));
      },
    );
    ask.on("error", fail).end();
  });
}

const status = async (method: string, path: string, password?: string) => (await ask(method, path, password)).status;
const registryContainer = () => docker("ps", "--quiet", "--no-trunc", "--filter", `name=^${STACK}-registry-container$`);
const page = async () => (await request(8902, "page.localhost")).body;
const registryLog = () => execFileSync("sh", ["-c", `docker logs ${registryContainer()} 2>&1`], { encoding: "utf8" });
const htpasswd = () => docker("exec", registryContainer(), "cat", "/etc/slipway/htpasswd");

/** Every file of the project but for the pair of files that the user keeps there, by path. */
function projectFiles(folder = project.directory): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) =>
      entry.isFile() && !entry.parentPath.endsWith("/tls") && !entry.parentPath.includes("/.terraform/providers"),
  );
  return new Map(
    files.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path, readFileSync(path, "latin1")]),
  );
}

/** What nobody may find: passwords in every form they travel in, their hashes, and the keys line by line. */
function secrets(): string[] {
  const [, hash = ""] = htpasswd().split(/:(.*)/s);
  const hashes = [hash, hash.slice(7)];
  const plain = passwords.flatMap((each) => [
    each,
    JSON.stringify(each).slice(1, -1),
    Buffer.from(each).toString("base64"),
    Buffer.from(`${USERNAME}:${each}`).toString("base64"),
  ]);
  const lines = keys.flatMap((key) => key.split("\n").filter((line) => line !== "" && !line.startsWith("-----")));
  return [USERNAME, ...plain, ...hashes, ...lines].map((each) => Buffer.from(each).toString("latin1"));
}

beforeAll(async () => {
  await project.cleanUp();
  process.env.TF_VAR_login_username = USERNAME;
  process.env.SSL_CERT_DIR = trusted;
  usePassword(passwords[0] as string);
  renew();
});

afterAll(async () => {
  await project.destroy();
  await project.cleanUp();
  rmSync(trusted, { recursive: true });
  process.env = environment;
});

describe("an application goes through a registry with TLS and a login", () => {
  test("from nothing: one apply pushes and pulls with the login, and the page is served", async () => {
    await project.synth();
    await project.init();
    const run = await project.apply();
    expect(run.output).toContain("Apply complete!");
    expect(run.status).toBe(0);
    // the engine has neither the login nor the trust: what the version stood for cannot be asked, and that stops nothing
    expect(run.output).toContain("localhost:5902/team/page:1.0.0 may stand for other content, which cannot be told: ");
    expect(await page()).toBe("one");
    expect(await project.output("reference")).toMatch(/^localhost:5902\/team\/page@sha256:[0-9a-f]{64}$/);
  });

  test("again with nothing changed: nothing to do", async () => {
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("nobody else gets in: nothing is read or pushed without the password", async () => {
    for (const wrong of [undefined, "", "wrong", passwords[1]]) {
      expect(await status("GET", "/v2/", wrong)).toBe(401);
      expect(await status("GET", "/v2/team/page/manifests/1.0.0", wrong)).toBe(401);
      expect(await status("POST", "/v2/team/page/blobs/uploads/", wrong)).toBe(401);
      expect(await status("DELETE", `/v2/team/page/manifests/sha256:${"0".repeat(64)}`, wrong)).toBe(401);
    }
    expect(await status("GET", "/v2/team/page/manifests/1.0.0", passwords[0])).toBe(200);
    expect(await status("POST", "/v2/team/page/blobs/uploads/", passwords[0])).toBe(202);
    docker("tag", await project.output("reference"), `${REGISTRY}/team/stranger:1`);
    expect(() => docker("push", `${REGISTRY}/team/stranger:1`)).toThrow(/no basic auth credentials|unauthorized/i);
    docker("rmi", `${REGISTRY}/team/stranger:1`);
    await expect(request(5902, "localhost", "/v2/")).resolves.toMatchObject({ status: 400 });
  });

  test("no password, hash or key is in the synthesized output, the state, a saved plan, or what the engine tells", async () => {
    expect(htpasswd()).toMatch(/^deployer-7f3a:\$2[aby]\$10\$/);
    await project.terraform("plan", "-out=saved.plan");
    const plan = await project.terraform("show", "-json", "saved.plan");
    expect(JSON.parse(plan.output.trim().split("\n").at(-1) as string)).toHaveProperty("planned_values");
    const told = new Map(projectFiles());
    const names = [...told.keys()].map((path) => path.slice(project.directory.length + 1));
    expect(names).toEqual(
      expect.arrayContaining([
        `terraform.${STACK}.tfstate`,
        `cdktf.out/stacks/${STACK}/cdk.tf.json`,
        `cdktf.out/stacks/${STACK}/saved.plan`,
        expect.stringMatching(/registry-secrets\.sh$/),
      ]),
    );
    told.set("saved plan", plan.output);
    told.set("container", docker("inspect", registryContainer()));
    told.set("its log", registryLog());
    told.set("control", `${htpasswd()}${keys.at(-1)}${passwords[0]}`);
    const found = [...told].flatMap(([path, text]) =>
      secrets()
        .filter((secret) => text.includes(secret))
        .map((secret) => ({ path, secret })),
    );
    expect(found.filter(({ path }) => path === "control").length).toBeGreaterThanOrEqual(6);
    const allowed = ({ path, secret }: { path: string; secret: string }) =>
      path === "control" || (path === "its log" && secret === USERNAME);
    expect(found.filter((each) => !allowed(each))).toEqual([]);
  });

  test("where the engine has lost the image, it is pulled again by digest with the login", async () => {
    const reference = await project.output("reference");
    const [, digest] = reference.split("@");
    const before = registryLog().length;
    const service = docker("ps", "--quiet", "--filter", `label=dev.slipway.construct=${STACK}/host/page/Container`);
    docker("rm", "--force", service);
    docker("rmi", "--force", docker("image", "inspect", "--format", "{{.Id}}", reference));
    // Built again from its cache, an image that containerd keeps has the very digest, and nothing would be pulled.
    if (process.env[MARK]) docker("builder", "prune", "--all", "--force");
    expect(await project.apply()).toMatchObject({ status: 0 });
    expect(await page()).toBe("one");
    const log = registryLog().slice(before);
    expect(log).toMatch(new RegExp(`"(GET|HEAD) /v2/team/page/manifests/${digest} HTTP/[^"]*" 200 .*docker/`));
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a wrong password fails the push with its reason, quotes nobody's password, and the old page is served on", async () => {
    project.write("index.html", "two");
    usePassword("wrong-Passw0rd");
    await project.synth();
    const run = await project.apply();
    expect(run.status).toBe(1);
    expect(run.output).toMatch(/unauthorized|no basic auth credentials/i);
    for (const password of ["wrong-Passw0rd", passwords[0] as string]) expect(run.output).not.toContain(password);
    expect(await page()).toBe("one");
  });

  test("variables that are missing or impossible are asked for by name and not shown", async () => {
    usePassword("x".repeat(73));
    const long = await project.plan();
    expect(long.status).toBe(1);
    expect(long.output.replace(/\s+/g, " ")).toContain("must have 1 to 72 bytes");
    expect(long.output).not.toContain("xxxx");
    delete process.env.TF_VAR_login_password;
    const none = await project.plan();
    expect(none.output).toMatch(/variable "login_password" is not set/);
    usePassword(passwords[0] as string);
  });

  test("a raised password version brings a new password; the registry stays the same container", async () => {
    const before = registryContainer();
    usePassword(passwords[1] as string);
    await project.synth({ SLIPWAY_TEST_PASSWORD_VERSION: "2" });
    const run = await project.apply();
    expect(run).toMatchObject({ status: 0 });
    expect(await page()).toBe("two");
    expect(registryContainer()).toBe(before);
    expect(await status("GET", "/v2/", passwords[0])).toBe(401);
    expect(await status("GET", "/v2/", passwords[1])).toBe(200);
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("a renewed certificate is served by the same container", async () => {
    const before = registryContainer();
    renew();
    await project.synth({ SLIPWAY_TEST_PASSWORD_VERSION: "2" });
    expect(await project.apply()).toMatchObject({ status: 0 });
    expect(registryContainer()).toBe(before);
    const { status, fingerprint } = await ask("GET", "/v2/", passwords[1]);
    expect({ status, fingerprint }).toEqual({
      status: 200,
      fingerprint: new X509Certificate(certificate).fingerprint256,
    });
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("an apply killed while it fills the volume is finished by the next one, though it is recorded as done", async () => {
    const slow = mkdtempSync(join(tmpdir(), "slipway-slow-"));
    const real = execFileSync("sh", ["-c", "command -v docker"], { encoding: "utf8" }).trim();
    const wait = `touch "${slow}/started"; until [ -e "${slow}/killed" ]; do sleep 0.2; done; exit 1`;
    writeFileSync(
      join(slow, "docker"),
      `#!/bin/sh\ncase "$*" in *"rm -rf filled"*) ${wait} ;; esac\nexec "${real}" "$@"\n`,
      { mode: 0o755 },
    );
    renew();
    project.write("Dockerfile", DOCKERFILE.replace("STOPSIGNAL", "RUN sleep 3\nSTOPSIGNAL"));
    const [tag] = /sha-[0-9a-f]{64}/.exec(await project.synth({ SLIPWAY_TEST_PASSWORD_VERSION: "2" })) ?? [];
    process.env.PATH = `${slow}:${environment.PATH}`;
    const apply = project.startApply();
    const done = new Promise((resolve) => apply.on("exit", resolve));
    await waitFor(() => readdirSync(slow).includes("started"));
    // The build ends meanwhile, and with its result Terraform writes down everything else that exists.
    await waitFor(() => project.state().includes(tag as string));
    apply.kill("SIGKILL");
    await done;
    writeFileSync(join(slow, "killed"), "");
    process.env.PATH = environment.PATH;
    await project.terraform("force-unlock", "-force", await lockId());
    expect(await project.apply()).toMatchObject({ status: 0 });
    expect((await ask("GET", "/v2/", passwords[1])).fingerprint).toBe(new X509Certificate(certificate).fingerprint256);
    expect(await project.plan()).toMatchObject({ status: 0 });
    rmSync(slow, { recursive: true });
  });

  test("the registry moves to another port: the new one makes way, and no password is quoted", async () => {
    const moved = { SLIPWAY_TEST_PASSWORD_VERSION: "2", SLIPWAY_TEST_PORT: "5903", SLIPWAY_TEST_FORMER: REGISTRY };
    await project.synth(moved);
    const run = await project.apply();
    expect(run).toMatchObject({ status: 0 });
    expect(run.output).not.toContain(passwords[1]);
    expect(await page()).toBe("two");
    expect(await project.output("reference")).toMatch(/^localhost:5903\/team\/page@sha256:/);
    expect(docker("ps", "--all", "--format", "{{.Names}}", "--filter", `name=${STACK}-registry`)).toBe(
      `${STACK}-registry-container`,
    );
    expect(await project.plan()).toMatchObject({ status: 0 });
    await project.synth({ ...moved, SLIPWAY_TEST_FORMER: "" });
    expect(await project.plan()).toMatchObject({ status: 0 });
  });

  test("destroy leaves no container, network or volume", async () => {
    expect(await project.terraform("destroy", "-auto-approve")).toMatchObject({ status: 0 });
    expect(project.onEngine()).toEqual([]);
  });
});

/** The id of a lock that a killed apply has left, where one is left. */
async function lockId(): Promise<string> {
  return /ID:\s+(\S+)/.exec((await project.plan()).output)?.[1] ?? "none";
}
