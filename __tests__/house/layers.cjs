/**
 * Who may import whom; a layer may always import itself.
 * @type {Record<string, readonly string[]>}
 */
const LAYERS = {
  values: [],
  dockerfile: ["values"],
  context: ["values"],
  release: ["values"],
  nginx: ["values", "release"],
  terraform: ["values"],
  compose: ["values", "dockerfile", "release"],
  docker: ["values", "dockerfile", "context", "terraform"],
  rollout: ["values", "release", "nginx"],
  "host-agent": ["values", "release", "nginx", "terraform", "docker", "rollout"],
  hosts: ["values", "dockerfile", "context", "release", "nginx", "terraform", "docker", "rollout", "host-agent"],
};
LAYERS.aws = [...LAYERS.hosts, "hosts"];
LAYERS.review = [...LAYERS.aws, "aws"];
LAYERS.testing = ["values", "release", "nginx", "terraform", "hosts", "review"];
LAYERS.cli = [...LAYERS.review, "review", "compose"];
LAYERS.offline = ["cli"];
LAYERS.rehearsal = ["values", "dockerfile", "review", "terraform", "cli", "offline"];

/** What these take of the core is Terraform's own functions and locals, and a look behind a token; none of it is re-exported. */
const CORE_OUTSIDE_THE_DOOR = [
  "src/aws/nano/elastic-ip.ts",
  "src/aws/nano/nano-release.ts",
  "src/aws/nano/vpc-subnet.ts",
  "src/aws/s3-state.ts",
  "src/docker/registry-secrets.ts",
  "src/host-agent/manifest-locals.ts",
  "src/hosts/local/local-release.ts",
  "src/hosts/swarm/swarm-service.ts",
];

module.exports = { CORE_OUTSIDE_THE_DOOR, LAYERS };
