import { isApproved, reasonsToAsk, type Stake } from "../../src/cli/approval.ts";
import type { Terminal } from "../../src/cli/tools.ts";
import type { PlannedChange } from "../../src/review/plan.ts";

const by = (...providers: string[]) => ({
  changes: providers.map(
    (provider): PlannedChange => ({ address: "a.b", path: "a.b", provider, action: "created", why: [] }),
  ),
});
const engine = (endpoint: string) => ({ endpoint }) as Stake["engine"];
const HERE = engine("unix:///var/run/docker.sock");
const DOCKER = by("kreuzwerker/docker", "builtin/terraform", "hashicorp/random");
const aws = { region: "eu-west-1", profile: "shop" };
const image = (repository: string) => ({
  images: [
    {
      key: "cats/image",
      bases: [],
      after: { path: "cats/image", repository, contentId: "1", reference: "", platforms: [] },
    },
  ],
});

it.each<[string, Partial<Stake>, string[]]>([
  ["all of it is on the engine here", {}, []],
  ["nothing changes, wherever it is", { stack: { aws }, plan: by() }, []],
  ["it is on AWS", { stack: { aws }, plan: by("hashicorp/aws") }, ["AWS, region eu-west-1, profile shop"]],
  ["only a step changes of what is on AWS", { stack: { aws } }, ["AWS, region eu-west-1, profile shop"]],
  [
    "a server is told by ssh",
    { stack: { servers: ["web.test"] }, plan: by("builtin/terraform") },
    ["the server web.test"],
  ],
  ["the server is told nothing", { stack: { servers: ["web.test"] }, plan: by() }, []],
  ["the engine is elsewhere", { engine: engine("tcp://10.0.0.1:2375") }, ["the engine at tcp://10.0.0.1:2375"]],
  ["the stack declares one elsewhere", { stack: { engineHost: "ssh://a@b" } }, ["the engine at ssh://a@b"]],
  ["the engine elsewhere is not touched", { engine: engine("tcp://10.0.0.1:2375"), plan: by("hashicorp/local") }, []],
  ["another provider has a part", { plan: by("cloudflare/cloudflare") }, ["cloudflare/cloudflare"]],
  ["an image is pushed to others", { comparison: image("ghcr.io/shop/page") as never }, ["pushes to ghcr.io"]],
  ["an image is pushed to this machine", { comparison: image("localhost:5001/cats") as never }, []],
  ["data is lost", { lost: ["cats/data (docker_volume)"] }, ["deletes cats/data (docker_volume)"]],
])("asks where %s: %j", (_, stake, reasons) => {
  expect(reasonsToAsk({ stack: {}, engine: HERE, plan: DOCKER, lost: [], ...stake })).toEqual(reasons);
});

it.each<[string, readonly string[], { autoApprove?: boolean; answer?: boolean }, boolean, string[]]>([
  ["goes on without a reason to ask", [], {}, true, []],
  ["goes on by --auto-approve", ["AWS"], { autoApprove: true }, true, []],
  ["goes on by a yes", ["AWS", "deletes a"], { answer: true }, true, ["deploy cats (AWS; deletes a)?"]],
  ["stops by a no", ["AWS"], { answer: false }, false, ["deploy cats (AWS)?", "nothing was changed"]],
  [
    "stops where nobody can be asked",
    ["AWS"],
    {},
    false,
    ["nobody can be asked here whether to deploy cats (AWS): add --auto-approve"],
  ],
])("%s", async (_, reasons, { autoApprove, answer }, approved, said) => {
  const lines: string[] = [];
  const confirm = async (question: string) => {
    lines.push(question);
    return answer;
  };
  const fail = (text: string) => lines.push(text);
  const terminal = { interactive: answer !== undefined, confirm, fail } as unknown as Terminal;
  expect(await isApproved("deploy cats", reasons, autoApprove, terminal)).toBe(approved);
  expect(lines).toEqual(said);
});
