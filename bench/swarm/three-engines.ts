import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { type EngineProps, type IsolatedEngine, withEngine } from "../../scripts/engines/isolated-engine.mjs";

const NETWORK = "10.231.0";
const BRIDGE = "cables";
/** How the end of a cable is called in a node. */
const PLUG = "cable0";

/** A node of a swarm: an engine in namespaces of its own, and its address in the network of all. */
export interface Node {
  readonly number: number;
  readonly address: string;
  readonly engine: IsolatedEngine;
}

/**
 * Three engines and a network between them, which is a network namespace of its own with a bridge: a cable leads to each
 * engine, and visitors come from there. Nothing of this machine's own network is touched.
 */
export class ThreeEngines {
  readonly nodes: readonly Node[];

  private constructor(
    engines: readonly IsolatedEngine[],
    private readonly network: ChildProcess,
  ) {
    this.nodes = engines.map((engine, at) => ({ engine, number: at + 1, address: `${NETWORK}.${at + 1}` }));
  }

  /** Ends with `work`, however that comes about. */
  static run<T>(props: Omit<EngineProps, "name">, work: (engines: ThreeEngines) => Promise<T>): Promise<T> {
    const from = (started: readonly IsolatedEngine[]): Promise<T> =>
      started.length === 3
        ? ThreeEngines.connected(started, work)
        : withEngine({ ...props, name: `swarm-${started.length + 1}` }, (engine) => from([...started, engine]));
    return from([]);
  }

  private static async connected<T>(
    engines: readonly IsolatedEngine[],
    work: (engines: ThreeEngines) => Promise<T>,
  ): Promise<T> {
    const making = `ip link set lo up; ip link add ${BRIDGE} type bridge; ip addr add ${NETWORK}.100/24 dev ${BRIDGE}; ip link set ${BRIDGE} up`;
    const words = ["--pdeathsig", "KILL", "--", "unshare", "--net", "sh", "-ec", `${making}; echo there; read -r _`];
    const network = spawn("setpriv", words, { stdio: ["pipe", "pipe", "inherit"] });
    try {
      await new Promise<void>((there, failed) => {
        network.stdout.once("data", () => there());
        network.once("exit", () => failed(new Error("the network of the swarm could not be made")));
      });
      const three = new ThreeEngines(engines, network);
      for (const node of three.nodes) three.plug(node);
      return await work(three);
    } finally {
      network.stdin.end();
    }
  }

  /** A program as it is started where visitors are: processes and files are this machine's. */
  outside(program: string, words: readonly string[]): [program: string, words: string[]] {
    return ["nsenter", ["--target", `${this.network.pid}`, "--net", "--", program, ...words]];
  }

  cut({ number }: Node): void {
    run(...this.outside("ip", ["link", "set", `to-${number}`, "down"]));
  }

  mend({ number }: Node): void {
    run(...this.outside("ip", ["link", "set", `to-${number}`, "up"]));
  }

  private plug({ number, address, engine }: Node): void {
    const { networkOf } = engine;
    const end = `to-${number}`;
    const ip = (...words: string[]) => run(...this.outside("ip", words));
    ip("link", "add", end, "type", "veth", "peer", "name", PLUG, "netns", `${networkOf}`);
    ip("link", "set", end, "master", BRIDGE, "up");
    const there = (...words: string[]) => run("nsenter", ["--target", `${networkOf}`, "--net", "--", "ip", ...words]);
    there("addr", "add", `${address}/24`, "dev", PLUG);
    there("link", "set", PLUG, "up");
  }
}

/** @throws with what the program said */
export function run(program: string, words: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ...environment };
  const { status, stdout, stderr } = spawnSync(program, [...words], { encoding: "utf8", env });
  if (status !== 0) throw new Error(`${program} ${words.join(" ")}: ${stderr}`);
  return stdout.trim();
}
