import { setTimeout as pause } from "node:timers/promises";
import { type Node, run, type ThreeEngines } from "./three-engines.ts";

const PATIENCE_MS = 180_000;

/** Three engines as one swarm, managers all, so that any one of them may be lost. */
export class Swarm {
  private readonly ids: ReadonlyMap<Node, string>;

  constructor(readonly engines: ThreeEngines) {
    const [first, ...others] = engines.nodes as readonly [Node, ...Node[]];
    docker(first, "swarm", "init", "--advertise-addr", first.address);
    const token = docker(first, "swarm", "join-token", "--quiet", "manager");
    for (const node of others)
      docker(node, "swarm", "join", "--token", token, "--advertise-addr", node.address, `${first.address}:2377`);
    this.ids = new Map(engines.nodes.map((node) => [node, docker(node, "info", "--format", "{{.Swarm.NodeID}}")]));
  }

  /** The node that Terraform tells. */
  get manager(): Node {
    return this.engines.nodes[0] as Node;
  }

  /** How many tasks of the service run on the node. */
  tasksOn(node: Node, service: string): number {
    const filters = ["--filter", `node=${this.ids.get(node)}`, "--filter", "desired-state=running"];
    const states = docker(this.manager, "service", "ps", "--format", "{{.CurrentState}}", ...filters, service);
    return states.split("\n").filter((state) => state.startsWith("Running")).length;
  }

  /** Waits until all tasks of all services run, and on a node that is back, too. */
  async settled(): Promise<void> {
    await eventually("all tasks run", () => {
      const nodes = docker(this.manager, "node", "ls", "--format", "{{.Status}} {{.Availability}}").split("\n");
      const counts = docker(this.manager, "service", "ls", "--format", "{{.Replicas}}").split("\n");
      return (
        nodes.every((state) => state === "Ready Active" || state === "Ready Drain") &&
        counts.every((count) => count.split(" ")[0]?.split("/")[0] === count.split(" ")[0]?.split("/")[1])
      );
    });
  }

  async drain(node: Node): Promise<void> {
    docker(this.manager, "node", "update", "--availability", "drain", `${this.ids.get(node)}`);
    await eventually("the node is drained", () => docker(node, "ps", "--quiet") === "");
    await this.settled();
  }

  async activate(node: Node): Promise<void> {
    docker(this.manager, "node", "update", "--availability", "active", `${this.ids.get(node)}`);
    await eventually("the node runs Nginx again", () => docker(node, "ps", "--quiet") !== "");
    await this.settled();
  }

  /** Cuts the node's cable, until the swarm runs on the others what it ran. */
  async lose(node: Node): Promise<void> {
    this.engines.cut(node);
    const id = `${this.ids.get(node)}`;
    await eventually("the swarm misses the node", () =>
      docker(this.manager, "node", "ls", "--format", "{{.ID}} {{.Status}}").includes(`${id} Down`),
    );
    const web = () => docker(this.manager, "service", "ls", "--format", "{{.Replicas}}", "--filter", "mode=replicated");
    await eventually("the others run what it ran", () =>
      web()
        .split("\n")
        .every((count) => /^(\d+)\/\1$/.test(count)),
    );
  }

  async find(node: Node): Promise<void> {
    this.engines.mend(node);
    await this.settled();
  }
}

function docker({ engine }: Node, ...words: string[]): string {
  return run("docker", words, engine.environment);
}

async function eventually(what: string, condition: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await pause(500)) if (condition()) return;
  throw new Error(`within ${PATIENCE_MS / 1000} s it did not come about that ${what}`);
}
