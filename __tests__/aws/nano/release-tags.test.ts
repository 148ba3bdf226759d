import { type FakeHost, RELEASE, release } from "./fake-host.ts";
import { refusal } from "./fake-programs.ts";

const OWN = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/app";
const FAR = "444455556666.dkr.ecr.us-east-1.amazonaws.com/base";
const DIGEST = `sha256:${"a".repeat(64)}`;
const TAG = "release-shop-host-0123";
const SHORT = RELEASE.slice(0, 8);

/** A release of version 5 of a host whose tags the repository `OWN` has; pieces of shell may refuse a question. */
function told(verb: string, host: FakeHost & { ecr?: string; tags?: readonly string[] }, images = [OWN]) {
  const { ecr = "", tags = [], ...asked } = host;
  return release(
    verb,
    {
      ...asked,
      ecr: `${ecr}
case "$*" in
  *batch-get-image*) echo '{"imageManifest":"{}"}'; exit ;;
  *put-image*) echo '${DIGEST}'; exit ;;
  *describe-images*) printf '%b\\n' '${tags.join("\\t")}'; exit ;;
  *batch-delete-image*) exit ;;
esac`,
    },
    {
      SLIPWAY_ACCOUNT: "111122223333",
      SLIPWAY_HOST_TAG: TAG,
      SLIPWAY_KEEP: "2",
      SLIPWAY_IMAGES: images.map((image) => `${image}@${DIGEST}`).join(" "),
      SLIPWAY_REPOSITORIES: images.join(" "),
    },
  );
}

const words = ({ calls }: { calls: readonly string[] }) =>
  calls.flatMap((call) => / (?:ecr|ssm) (\S+)/.exec(call)?.[1] ?? []);
const refuse = (verb: string, kind: string) => `case "$*" in *${verb}*) ${refusal(kind)} ;; esac`;

describe("a release holds its images in the registry", () => {
  test("by a tag that says what was live before, put before the host is told, in the registry's own region", () => {
    const run = told("deploy", { live: "4" }, [FAR]);
    expect(run.status).toBe(0);
    expect(words(run).slice(0, 4)).toEqual(["get-parameter", "batch-get-image", "put-image", "send-command"]);
    expect(run.calls[2]).toMatch(
      `aws --region us-east-1 --output text ecr put-image --registry-id 444455556666 --repository-name base --image-tag ${TAG}.5.4.${SHORT} --image-digest ${DIGEST} `,
    );
    expect(run.calls[3]).toContain("--region eu-west-1");
  });

  test("as the first that is live", () => {
    expect(told("deploy", {}).calls.join("\n")).toContain(`--image-tag ${TAG}.5.0.${SHORT} `);
  });

  test("that has the tag already is told all the same", () => {
    const run = told("deploy", { ecr: refuse("put-image", "ImageAlreadyExistsException") });
    expect(run.status).toBe(0);
  });

  test.each(["put-image", "batch-get-image"])("or fails before the host is told, when AWS refuses %s", (verb) => {
    const run = told("deploy", { ecr: refuse(verb, "AccessDeniedException") });
    expect(run).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^shop\/host: the host was not told: cannot .*AccessDenied/),
    });
    expect(words(run)).not.toContain("send-command");
  });

  test("unless the repository is another account's that takes no tags from here, which it says", () => {
    const run = told("deploy", { ecr: refuse("put-image", "AccessDeniedException") }, [FAR]);
    expect(run).toMatchObject({ status: 0, output: expect.stringContaining("its owner's rules may expire") });
  });
});

describe("a release that serves lets go of what nobody may go back to", () => {
  const tags = [
    "1.0",
    `${TAG}.2.1.aa`,
    `${TAG}.3.2.bb`,
    `${TAG}.4.3.cc`,
    `${TAG}.5.4.${SHORT}`,
    "release-other.1.0.aa",
  ];
  const removed = ({ calls }: { calls: readonly string[] }) =>
    calls.flatMap((call) => / batch-delete-image .*--image-ids (.*) --query/.exec(call)?.[1] ?? []);

  test.each(["deploy", "verify"])("by %s: of this host's tags those before the last that were live", (verb) => {
    const run = told(verb, { live: verb === "verify" ? "5" : "4", tags });
    expect(run.status).toBe(0);
    expect(removed(run)).toEqual([`imageTag=${TAG}.2.1.aa imageTag=${TAG}.3.2.bb`]);
  });

  test("and of nothing after a failure", () => {
    const run = told("deploy", { live: "4", tags, outcome: "printf 'Failed\\t1\\n'" });
    expect(run.status).toBe(1);
    expect(words(run)).not.toContain("batch-delete-image");
  });

  test.each([
    ["describe-images", "AccessDeniedException"],
    ["batch-delete-image", "AccessDeniedException"],
    ["describe-images", "ExpiredTokenException"],
  ])("and serves though %s ends with %s, which it says", (verb, kind) => {
    const run = told("deploy", { live: "4", tags, ecr: refuse(verb, kind) });
    expect(run).toMatchObject({ status: 0, output: expect.stringContaining(kind) });
    expect(run.output).toContain("tags of earlier releases stay in the registry until the next release");
  });

  test("a hundred at a time", () => {
    const many = Array.from({ length: 150 }, (_, place) => `${TAG}.1.0.${place}`);
    const run = told("deploy", { live: "4", tags: [...many, ...tags] });
    expect(removed(run).map((ids) => ids.split(" ").length)).toEqual([100, 52]);
  });
});
