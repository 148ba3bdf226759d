import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { docker } from "../../__tests__/aws/nano/agent/test-images.ts";
import { mmdebstrap } from "../../src/offline/images/mmdebstrap.mjs";
import { runCommand } from "../../src/offline/images/run-command.mjs";

/** Debian's next release, whose Nginx knows `keepalive_min_timeout`; the one of which stand-ins are made has an older one. */
const SUITE = "forky";
const KEPT = `slipway-bench-nginx:${SUITE}`;
const RECIPE = resolve(__dirname, "../../src/offline/images/recipes/nginx");
const ARGUMENTS = [
  "--variant=minbase",
  "--include=busybox-static,ca-certificates,curl,nginx",
  "--dpkgopt=force-unsafe-io",
  // a mirror of that release may be some weeks behind
  '--aptopt=Acquire::Check-Valid-Until "false"',
];

/**
 * An image of an Nginx of today in the registry of `repository`, by its digest; the engine keeps it for the next run. It is
 * made as the stand-in for the published one is, as root.
 */
export async function newerNginx(repository: string): Promise<string> {
  if (docker("image", "ls", "--quiet", KEPT) === "") await make();
  const tag = `${repository}:nginx`;
  docker("tag", KEPT, tag);
  docker("push", "--quiet", tag);
  const digests = docker("image", "inspect", "--format", "{{json .RepoDigests}}", tag);
  const reference = (JSON.parse(digests) as string[]).find((each) => each.startsWith(`${repository}@`));
  if (!reference) throw new Error(`${tag} has no digest after its push: ${digests}`);
  docker("image", "rm", reference, tag);
  return reference;
}

async function make(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-nginx-"));
  const root = `slipway-bench-debian:${SUITE}`;
  try {
    const archive = join(folder, "root.tar");
    await mmdebstrap({ suite: SUITE, target: archive, args: ARGUMENTS }, runCommand);
    docker("import", archive, root);
    const words = ["build", "--force-rm", "--build-arg", `BASE=${root}`, "--tag", KEPT, RECIPE];
    // The engine's own builder reads a base that only the engine has.
    await runCommand("docker", words, { env: { DOCKER_BUILDKIT: "0" } });
    docker("image", "rm", root);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
