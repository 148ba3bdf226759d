import { refusal, runScript } from "./nano/fake-programs.ts";

const URI = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/cats";
const CONTENT = "c".repeat(64);
const DIGEST = `sha256:${"d".repeat(64)}`;
const NOT_THERE = refusal("ImageNotFoundException");

const PUSHED = `sha256:${"a".repeat(64)}`;
/** As `aws --output json` prints an index that buildx pushed: quotes escaped, the manifest's own bytes within. */
const MANIFEST = JSON.stringify({
  imageManifest: '{\n  "schemaVersion": 2,\n  "manifests": [{"annotations": {"a": "\\\\ $HOME `id` \'q\'"}}]\n}',
  imageManifestMediaType: "application/vnd.oci.image.index.v1+json",
});

/** `there` says which tags the repository has, and what the image behind them was built from. */
function push(
  there: Readonly<Record<string, string>>,
  { moving = "", docker = "", aws = "", ...environment }: Record<string, string> = {},
) {
  const tags = Object.keys(there).map((tag) => `*describe-images*imageTag=${tag}\\ *) echo ${DIGEST};;`);
  const label = `*image\\ inspect*--format*) echo '${Object.values(there)[0]}';;`;
  return runScript(
    "ecr-push.sh",
    [],
    {
      SLIPWAY_ACCOUNT: "123456789012",
      SLIPWAY_REPOSITORY: "team/cats",
      SLIPWAY_BUILT: `${URI}:sha-${CONTENT}`,
      SLIPWAY_CONTENT: CONTENT,
      SLIPWAY_LABEL: "dev.slipway.content",
      SLIPWAY_FIXED: `sha-${CONTENT} 1.4.2`,
      SLIPWAY_MUTABLE_TAGS: moving,
      ...environment,
    },
    {
      aws: `${aws}
case "$* " in
  ${tags.join("\n  ")}
  *describe-images*) [ ! -e "$STATE/pushed" ] || { echo ${PUSHED}; exit; }; ${NOT_THERE};;
  *batch-get-image*) cat <<'JSON'
${MANIFEST}
JSON
  ;;
  *put-image*) for word; do case $word in file://*) cat "\${word#file://}" >>"$STATE/calls";; esac; done;;
esac`,
      docker: `${docker}\ncase "$*" in ${label} *image\\ inspect*) exit 1;; push*) : >"$STATE/pushed";; esac`,
    },
  );
}

const pushed = ({ calls }: { calls: readonly string[] }) =>
  calls.filter((call) => /^docker (push|tag)/.test(call)).map((call) => call.replace(/^docker /, ""));

/** The tags that were put in the registry, each with the image that it was put on. */
const put = ({ calls }: { calls: readonly string[] }) =>
  calls.flatMap((call) => {
    const [, tag, digest] = / ecr put-image .*--image-tag (\S+) --image-digest (\S+)/.exec(call) ?? [];
    return tag === undefined ? [] : [`${tag} ${digest}`];
  });

describe("a push to ECR", () => {
  test("of something new looks for every tag, pushes one, and puts the others on what was pushed", () => {
    const run = push({});
    expect(run.calls[0]).toBe(
      `aws --region eu-west-1 --output text ecr describe-images --registry-id 123456789012 --repository-name team/cats --image-ids imageTag=sha-${CONTENT} --query imageDetails[0].imageDigest`,
    );
    expect(run.calls.findIndex((call) => call.startsWith("docker"))).toBe(2);
    expect(pushed(run)).toEqual([`push ${URI}:sha-${CONTENT}`]);
    expect(put(run)).toEqual([`1.4.2 ${PUSHED}`]);
    expect(run).toMatchObject({ status: 0, output: `team/cats: has sha-${CONTENT} 1.4.2\n` });
  });

  test("of one tag alone reads no manifest", () => {
    const run = push({}, { SLIPWAY_FIXED: `sha-${CONTENT}` });
    expect(pushed(run)).toEqual([`push ${URI}:sha-${CONTENT}`]);
    expect(run.calls.join("\n")).not.toMatch(/batch-get-image|put-image/);
    expect(run).toMatchObject({ status: 0, output: `team/cats: has sha-${CONTENT}\n` });
  });

  test("adopts what was built from the same content, and pushes nothing twice", () => {
    const run = push({ [`sha-${CONTENT}`]: CONTENT, "1.4.2": CONTENT });
    expect([pushed(run), put(run)]).toEqual([[], []]);
    expect(run).toMatchObject({
      status: 0,
      output: `team/cats: adopts ${URI}@${DIGEST}, built from the same content\nteam/cats: has every tag already\n`,
    });
  });

  test.each([
    [`sha-${CONTENT}`, "1.4.2"],
    ["1.4.2", `sha-${CONTENT}`],
  ])("that was cut off after %s is finished with the manifest that is there, byte for byte", (there, missing) => {
    const run = push({ [there]: CONTENT });
    expect(pushed(run)).toEqual([]);
    expect(put(run)).toEqual([`${missing} ${DIGEST}`]);
    expect(run.calls).toContain(MANIFEST);
    expect(run.calls.find((call) => call.includes("batch-get-image"))).toContain(
      `--image-ids imageDigest=${DIGEST} --output json --accepted-media-types application/vnd.oci.image.index.v1+json `,
    );
  });

  test("says of a tag with another build of the same content that it stays, and goes by the content's own", () => {
    const other = `*describe-images*imageTag=1.4.2\\ *) echo ${PUSHED}; exit;;`;
    const run = push({ [`sha-${CONTENT}`]: CONTENT }, { aws: `case "$* " in ${other} esac`, moving: "latest" });
    expect(put(run)).toEqual([`latest ${DIGEST}`]);
    expect(run.output).toBe(
      `team/cats: the tag 1.4.2 stands for another build of the same content, ${PUSHED}, and keeps it\n` +
        `team/cats: adopts ${URI}@${DIGEST}, built from the same content\nteam/cats: has every tag already\n`,
    );
  });

  test.each([
    ["other content of ours", "e".repeat(64), `built from ${"e".repeat(64)}`],
    ["an image that is none of ours", "", "built from something that is not ours"],
  ])("refuses a version that stands for %s, before anything is sent", (_, content, reason) => {
    const run = push({ "1.4.2": content });
    expect([pushed(run), put(run)]).toEqual([[], []]);
    expect(run.status).toBe(1);
    expect(run.output).toBe(
      `team/cats: the tag 1.4.2 stands for other content (${DIGEST}, ${reason}): nothing was pushed; give this content a new version, or put the old content back\n`,
    );
  });

  test("moves the tags that may move, and lets one be that stands for the image already", () => {
    const aws = `case "$*" in *put-image*--image-tag\\ 1.4\\ *) ${refusal("ImageAlreadyExistsException")};; esac`;
    const run = push({ [`sha-${CONTENT}`]: CONTENT, "1.4.2": CONTENT }, { aws, moving: "1.4 latest" });
    expect(put(run)).toEqual([`1.4 ${DIGEST}`, `latest ${DIGEST}`]);
    expect(run.status).toBe(0);
  });

  test("pulls what it must read for the platform that it was built for", () => {
    const { calls } = push({ "1.4.2": CONTENT }, { SLIPWAY_PLATFORM: "linux/arm64" });
    expect(calls).toContain(`docker pull --quiet --platform linux/arm64 ${URI}@${DIGEST}`);
  });

  test("acts by the role that the stack names", () => {
    const aws = `case "$*" in
      *assume-role*) printf 'ASIAKEY\\tsecret\\ttoken\\n'; exit;;
      *) [ "$AWS_ACCESS_KEY_ID/$AWS_SECRET_ACCESS_KEY/$AWS_SESSION_TOKEN" = ASIAKEY/secret/token ] || exit 9;; esac`;
    const run = push({}, { aws, SLIPWAY_ROLE: "arn:aws:iam::123456789012:role/deploy" });
    expect(run.status).toBe(0);
    expect(run.calls.join()).not.toContain("secret");
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      "no credentials",
      { aws: "echo 'Unable to locate credentials. You can configure them' >&2; exit 253" },
      /^team\/cats: AWS takes no credentials from here: Unable to locate credentials\. .*; log in \(aws sso login, .*\) and apply again\n$/,
    ],
    ["expired ones", { aws: refusal("ExpiredTokenException") }, /AWS takes no credentials from here: .*log in/],
    [
      "a missing permission",
      { aws: refusal("AccessDeniedException", "not authorized to perform: ecr:DescribeImages") },
      /^team\/cats: cannot look for the tag sha-c+: An error occurred \(AccessDeniedException\).*ecr:DescribeImages\n$/,
    ],
    [
      "no login of Docker's",
      { docker: `case "$1" in push) echo 'no basic auth credentials' >&2; exit 1;; esac` },
      /^no basic auth credentials\nteam\/cats: docker has no login for 123456789012.dkr.ecr.eu-west-1.amazonaws.com: install amazon-ecr-credential-helper .* docker said: no basic auth credentials\n$/,
    ],
    [
      "a push that fails",
      { docker: `case "$1" in push) echo 'disk full' >&2; exit 1;; esac` },
      /^disk full\nteam\/cats: docker push failed: disk full\n$/,
    ],
    [
      "a push that left nothing",
      { docker: `case "$1" in push) exit 0;; esac` },
      /:sha-c+ was pushed and is not there: apply again\n$/,
    ],
    [
      "a manifest that is gone",
      { aws: `case "$*" in *batch-get-image*) echo null; exit;; esac` },
      /@sha256:a+ is not there any more: apply again\n$/,
    ],
    [
      "a tag that was pushed meanwhile",
      { aws: `case "$*" in *put-image*) ${refusal("ImageTagAlreadyExistsException")};; esac` },
      /^team\/cats: cannot put the tag 1\.4\.2 on \S+@sha256:a+: An error occurred \(ImageTagAlreadyExistsException\)/,
    ],
  ])("with %s fails in one line that says what to do", (_, environment, message) => {
    const run = push({}, environment);
    expect(run.status).toBe(1);
    expect(run.output).toMatch(message);
  });

  test("without the commands says which one to install", () => {
    const run = (programs: Record<string, string>) =>
      runScript("ecr-push.sh", [], { SLIPWAY_BUILT: "a:b", SLIPWAY_REPOSITORY: "r" }, programs);
    expect(run({})).toMatchObject({ status: 1, output: expect.stringMatching(/^r: the docker command is missing: /) });
    expect(run({ docker: "" })).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^r: the aws command is missing: /),
    });
  });
});

describe("the report of a destroy", () => {
  const report = (aws: string) =>
    runScript(
      "ecr-destroy-report.sh",
      [],
      { SLIPWAY_ACCOUNT: "123456789012", SLIPWAY_REPOSITORY: "team/cats" },
      { aws },
    );

  test.each([
    ["1", "1 image"],
    ["3", "3 images"],
    ["100", "100 images or more"],
  ])("of %s says what a repository still holds", (counted, images) => {
    expect(report(`echo ${counted}`)).toMatchObject({
      status: 0,
      output: `team/cats: stays, for it holds ${images} and deleteWithImages is not set: set it, apply and destroy again, or empty the repository first\n`,
    });
  });

  test("says nothing of an empty repository", () => {
    expect(report("echo 0")).toMatchObject({ status: 0, output: "" });
  });

  test("stops no destroy when it cannot tell", () => {
    expect(report(refusal("AccessDeniedException"))).toMatchObject({
      status: 0,
      output: expect.stringMatching(/^team\/cats: cannot tell what is left in it: /),
    });
  });
});

describe("while AWS is busy", () => {
  const busy = (times: number, verb: string) => `
upto() { echo x >>$STATE/busy; [ "$(grep -c x $STATE/busy)" -le "$1" ]; }
case "$*" in *${verb}*) if upto ${times}; then ${refusal("ThrottlingException", "Rate exceeded")}; fi;; esac`;

  test.each(["describe-images", "batch-get-image", "put-image"])("asks for %s again", (verb) => {
    const run = push({}, { moving: "latest", aws: busy(4, verb), SLIPWAY_PAUSE: "0" });
    expect(run.status).toBe(0);
    expect(run.calls.filter((call) => call.includes(verb)).length).toBeGreaterThan(4);
  });

  test("gives up in AWS's words", () => {
    const run = push({}, { moving: "latest", aws: busy(5, "describe-images"), SLIPWAY_PAUSE: "0" });
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining("(ThrottlingException)") });
    expect(pushed(run)).toEqual([]);
  });
});
