import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Terminal } from "../../src/cli/terminal.mjs";
import { MIRROR, outOfReach, recall } from "../../src/offline/prepare.mjs";

const HUB = "https://registry-1.docker.io/v2/";
const TERRAFORM = "https://registry.terraform.io/.well-known/terraform.json";

function machine({ reachable = [] as string[], mirrors = [] as string[], configuration = "", env = {} } = {}) {
  return {
    env,
    probe: async (url: string) => reachable.includes(url),
    engineMirrors: async () => mirrors,
    terraformConfiguration: configuration,
  };
}

it.each([
  ["all is reachable", machine({ reachable: [HUB, TERRAFORM] }), false, false],
  ["nothing is", machine(), true, true],
  ["images only", machine({ reachable: [HUB] }), false, true],
  ["providers only", machine({ reachable: [TERRAFORM] }), true, false],
  [
    "the engine has a mirror of its own that answers",
    machine({ mirrors: ["https://mirror.example.com"], reachable: ["https://mirror.example.com/v2/"] }),
    false,
    true,
  ],
  ["its mirror does not answer", machine({ mirrors: ["https://mirror.example.com"] }), true, true],
  ["its mirror is the one of the stand-ins", machine({ mirrors: [MIRROR], reachable: [`${MIRROR}/v2/`] }), true, true],
  ["Terraform has a network mirror", machine({ configuration: "  network_mirror {\n" }), true, false],
  ["told that it is offline", machine({ reachable: [HUB, TERRAFORM], env: { SLIPWAY_OFFLINE: "1" } }), true, true],
  ["told that it is not", machine({ env: { SLIPWAY_OFFLINE: "0" } }), false, false],
])("%s", async (_, described, images, providers) => {
  expect(await outOfReach(described)).toEqual({ images, providers });
});

describe("what was prepared before", () => {
  const cache = (files: readonly string[]) => {
    const cacheDir = mkdtempSync(join(tmpdir(), "slipway-recall-"));
    mkdirSync(join(cacheDir, "images"));
    for (const file of files) writeFileSync(join(cacheDir, file), "{}");
    return cacheDir;
  };
  const PINS = "images/slipway.lock.json";
  const PROVIDERS = "providers.tfrc";

  /** @returns the variables, and what a person is told */
  async function recalled(cacheDir: string, found: Awaited<ReturnType<typeof outOfReach>>) {
    const said: string[] = [];
    const out = { write: (text: string) => said.push(text) } as unknown as NodeJS.WriteStream;
    const terminal = new Terminal({ out, input: process.stdin, env: {} });
    return { variables: await recall({ terminal, cacheDir }, async () => found), said: said.join("") };
  }

  const named = process.env.SLIPWAY_LOCKFILE;
  beforeEach(() => {
    delete process.env.SLIPWAY_LOCKFILE;
  });
  afterEach(() => {
    if (named !== undefined) process.env.SLIPWAY_LOCKFILE = named;
    else delete process.env.SLIPWAY_LOCKFILE;
  });

  it("is found where the registries do not answer, and said in a line", async () => {
    const cacheDir = cache([PINS, PROVIDERS]);
    const { variables, said } = await recalled(cacheDir, { images: true, providers: true });
    expect(variables).toEqual({
      SLIPWAY_LOCKFILE: join(cacheDir, PINS),
      TF_CLI_CONFIG_FILE: join(cacheDir, PROVIDERS),
    });
    expect(said).toBe(
      `  OFFLINE: base images are stand-ins, pinned in ${join(cacheDir, PINS)}; npx slipway up adds those of new ones\n`,
    );
  });

  it("is nothing where they answer", async () => {
    const { variables, said } = await recalled(cache([PINS, PROVIDERS]), { images: false, providers: false });
    expect({ variables, said }).toEqual({ variables: {}, said: "" });
  });

  it("is nothing yet on a machine that has prepared nothing, which is told what does", async () => {
    const { variables, said } = await recalled(cache([]), { images: true, providers: true });
    expect(variables).toEqual({});
    expect(said).toMatch(/^ {2}OFFLINE: no stand-in .* npx slipway up makes them/);
  });

  it("gives way to a lockfile that somebody names", async () => {
    process.env.SLIPWAY_LOCKFILE = "/elsewhere.json";
    const { variables, said } = await recalled(cache([PINS, PROVIDERS]), { images: true, providers: true });
    expect({ variables, said }).toEqual({ variables: {}, said: "" });
  });
});
