import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { releasedSpec } from "../../src/host-agent/released-service.ts";
import { DIGEST, nano, pulled } from "../aws/nano/nano-host-stack.ts";
import { specDigest } from "../aws/nano/spec-digest.ts";

const TERRAFORM = process.env.SLIPWAY_TERRAFORM ?? "terraform";

/** What Terraform makes of the local values of a stack, with nothing else of it. */
function evaluated(json: string): Record<string, unknown>[] {
  const folder = mkdtempSync(join(tmpdir(), "slipway-locals-"));
  try {
    const { locals } = JSON.parse(json) as { locals: Record<string, unknown> };
    const name = Object.keys(locals).find((each) => each.includes("_Manifest_")) as string;
    // The agent's document is a resource, of which there is none here.
    const { agent: _, ...manifest } = locals[name] as Record<string, unknown>;
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ locals: { ...locals, [name]: manifest } }));
    const run = spawnSync(TERRAFORM, ["console"], {
      cwd: folder,
      input: `jsonencode(local.${name}.services)\n`,
      encoding: "utf8",
      env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    });
    if (run.status !== 0) throw new Error(run.stderr || `${run.error}`);
    return JSON.parse(JSON.parse(run.stdout));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("Terraform gives each spec the digest that anybody can compute from what is declared", () => {
  const stack = nano((host, scope) => {
    host.run("front-end", {
      image: pulled(scope),
      port: 8080,
      env: { TEXT: 'a <b> & "c" ${d} %{e} ü', EMPTY: "" },
      command: ["sh", "-c", "exec app > /dev/null\n"],
    });
    host.run("api", { image: pulled(scope, "b"), port: 80 });
  });
  const services = evaluated(stack.json);
  expect(services.map(({ name, spec }) => ({ name, spec }))).toEqual(
    services.map((service) => ({ name: service.name, spec: specDigest(releasedSpec(service as never)) })),
  );
  expect(services).toMatchObject([
    { name: "api", image: `example.com/b@${DIGEST}`, spec: expect.stringMatching(/^[0-9a-f]{16}$/) },
    { name: "front-end", env: { TEXT: 'a <b> & "c" ${d} %{e} ü' } },
  ]);
});
