import { App, type TerraformStack } from "cdktf";
import type { Construct } from "constructs";

type StackClass = new (scope: Construct, id: string) => TerraformStack;

/** Loaded when they are declared: a stack without AWS loads none of it. */
const STACKS: Readonly<Record<string, () => Promise<StackClass>>> = {
  availability: async () => (await import("./stacks/availability.ts")).AvailabilityStack,
  cats: async () => (await import("./stacks/cats.ts")).CatsStack,
  netflix: async () => (await import("./stacks/netflix.ts")).NetflixStack,
  "netflix-aws": async () => (await import("./stacks/netflix-aws.ts")).NetflixAwsStack,
  "netflix-fleet": async () => (await import("./stacks/netflix-fleet.ts")).NetflixFleetStack,
  "nginx-front": async () => (await import("./stacks/nginx-front.ts")).NginxFrontStack,
  "netflix-ssh": async () => (await import("./stacks/netflix-ssh.ts")).NetflixSshStack,
  "netflix-swarm": async () => (await import("./stacks/netflix-swarm.ts")).NetflixSwarmStack,
  "netflix-hub": async () => (await import("./stacks/netflix-hub.ts")).NetflixHubStack,
};

/** All of them, or the one that SLIPWAY_STACK names, as `npm run up` has it. */
async function main(): Promise<void> {
  const app = new App();
  const { SLIPWAY_STACK: only = "" } = process.env;
  if (!(only in STACKS)) {
    const { NETFLIX_ENVIRONMENTS, netflixEnvironments } = await import("./stacks/netflix-environments.ts");
    const isOne = NETFLIX_ENVIRONMENTS.includes(only);
    netflixEnvironments(app, isOne ? only : undefined);
    if (isOne) return app.synth();
  }
  for (const [id, load] of Object.entries(STACKS)) {
    if (only === id || !(only in STACKS)) new (await load())(app, id);
  }
  app.synth();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
