import { MIRROR, outOfReach } from "../../src/offline/prepare.mjs";

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
