import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HealthCheck, LocalHost, PulledImage, Secret, SelfHostedRegistry } from "../../src/index.ts";
import { lostData } from "../../src/review/lost-data.ts";
import { readModel } from "../../src/review/model.ts";
import type { PlannedChange } from "../../src/review/plan.ts";
import { DESCRIPTION_FILE } from "../../src/terraform/stack-description.ts";
import { selfSigned } from "../self-signed.ts";
import { synthesize } from "../synthesize.ts";

const change = (address: string, action: PlannedChange["action"], path = address): PlannedChange => ({
  ...{ address, path, provider: "kreuzwerker/docker", action, why: [] },
});

/** A stack whose registry and whose host have all the volumes that they make for themselves. */
function local() {
  const folder = mkdtempSync(join(tmpdir(), "slipway-tls-"));
  const tls = { certificate: join(folder, "certificate.pem"), key: join(folder, "key.pem") };
  const { certificate, key } = selfSigned(["localhost"]);
  writeFileSync(tls.certificate, certificate);
  writeFileSync(tls.key, key, { mode: 0o600 });
  const { resource, directory } = synthesize((stack) => {
    const program = new PulledImage(stack, "program", { image: `registry@sha256:${"b".repeat(64)}` });
    new SelfHostedRegistry(stack, "registry", { port: 5443, image: program, tls });
    const host = new LocalHost(stack, "host");
    const image = new PulledImage(stack, "image", { image: `a.b/redis@sha256:${"a".repeat(64)}` });
    const secrets = { P: Secret.fromEnvironment("P") };
    host.run("redis", { image, port: 6379, health: HealthCheck.tcp(), secrets });
  });
  const model = readModel(JSON.parse(readFileSync(join(directory, DESCRIPTION_FILE), "utf8")));
  const volumes = Object.entries(resource.docker_volume ?? {}) as [string, { "//": { metadata: { path: string } } }][];
  const changes = volumes.map(([name, block]) => change(`docker_volume.${name}`, "deleted", block["//"].metadata.path));
  return { model, changes };
}
const { model, changes } = local();

test.each<[string, PlannedChange, string[]]>([
  ["a volume that goes", change("docker_volume.a", "deleted", "cats/data"), ["cats/data (docker_volume)"]],
  ["one that is made anew", change("docker_volume.a", "replaced"), ["docker_volume.a (docker_volume)"]],
  ["one in a module", change("module.m[0].aws_s3_bucket.b", "deleted", "m/b"), ["m/b (aws_s3_bucket)"]],
  ["one of several", change('docker_volume.a["x.y"]', "deleted", "a/b"), ["a/b (docker_volume)"]],
  [
    "a user's below a host",
    change("docker_volume.s", "deleted", "stack/host/data"),
    ["stack/host/data (docker_volume)"],
  ],
  ["not one that is new", change("docker_volume.a", "created"), []],
  ["not a container", change("docker_container.a", "replaced"), []],
])("%s", (_, planned, lost) => {
  expect(lostData({ changes: [planned] }, [model])).toEqual(lost);
});

// as they are synthesized, so that a construct that is called otherwise one day is found here
test("not what a host or a registry fills anew, where that is known", () => {
  expect(changes).toHaveLength(4);
  expect(lostData({ changes }, [model])).toEqual([]);
  expect(lostData({ changes }, [])).toHaveLength(4);
});

test("a host's data volume that is no longer declared", () => {
  const gone = { key: "the data volume", before: { name: "the data volume", deletedByTerraform: true } };
  const kept = { key: "redis", before: { name: "redis", deletedByTerraform: false } };
  const hosts = [{ path: "shop/host", data: [gone, kept] }];
  expect(lostData({ changes: [] }, [], { hosts } as never)).toEqual(["the data volume of shop/host"]);
});
