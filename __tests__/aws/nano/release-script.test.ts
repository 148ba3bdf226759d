import { type FakeHost, INSTANCE, RELEASE, release, SERVES } from "./fake-host.ts";
import { refusal, runScript } from "./fake-programs.ts";

const asked = ({ calls }: { calls: readonly string[] }, verb: string) => calls.filter((call) => call.includes(verb));

describe("telling a host", () => {
  test("sends the version and the release by the host's own document, in the stack's region, and says what it says", () => {
    const run = release("deploy", { lines: "release f00d: pulling\\nrelease f00d: serves" });
    expect(run).toMatchObject({
      status: 0,
      output: "shop/host: release f00d: pulling\nshop/host: release f00d: serves\n",
    });
    expect(run.calls).toHaveLength(4);
    expect(run.calls[0]).toMatch(
      new RegExp(
        `^aws --region eu-west-1 --output text ssm send-command --instance-ids ${INSTANCE} --document-name slipway\\.shop\\.host --timeout-seconds \\d+ --parameters \\{"verb":\\["converge"\\],"version":\\["5"\\],"release":\\["${RELEASE}"\\],"seconds":\\["3660"\\]\\} --query Command\\.CommandId$`,
      ),
    );
    expect(run.calls[1]).toContain(`--command-id command-1 --instance-id ${INSTANCE}`);
  });

  test("a host that fails says which hosts after it are not told, and one that serves does not", () => {
    const next = { SLIPWAY_NEXT: "shop/fleet/host-2, shop/fleet/host-3" };
    const failed = release("deploy", { outcome: "printf 'Failed\\t1\\n'", lines: "web: exited with 1" }, next);
    expect(failed).toMatchObject({
      status: 1,
      output: `shop/host: web: exited with 1
shop/host: the release failed (Failed, exit status 1): web: exited with 1
shop/host: stopped here: not told and as they were are shop/fleet/host-2, shop/fleet/host-3
`,
    });
    expect(release("deploy", {}, next).output).not.toContain("stopped here");
    expect(release("deploy", { outcome: "printf 'Failed\\t1\\n'" }).output).not.toContain("stopped here");
  });

  test("says that a release is wanted again that a rollback left, and only then", () => {
    const run = release("deploy", {}, { SLIPWAY_RETRY: "1" });
    expect(run.calls[0]).toContain(`"release":["${RELEASE}"],"words":["retry"],"seconds"`);
    expect(release("deploy").calls[0]).not.toContain("words");
  });

  test("waits for a host that boots for the first time, and says so once", () => {
    const run = release("deploy", { send: `if upto sends 3; then ${refusal("InvalidInstanceId")}; fi` });
    expect(run).toMatchObject({
      status: 0,
      output: `shop/host: waiting until ${INSTANCE} is managed, as it is minutes after its first boot\n`,
    });
    expect(asked(run, "send-command")).toHaveLength(4);
  });

  test.each(["ThrottlingException", "RequestLimitExceeded", "InternalServerError"])("asks again after %s", (kind) => {
    const once = `if upto questions 1; then ${refusal(kind)}; fi`;
    const run = release("deploy", { send: once, outcome: `${once}; ${SERVES}` });
    expect(run.status).toBe(0);
  });

  test("asks again for a role, too, while AWS is busy, and gives up in AWS's words", () => {
    const role = { SLIPWAY_ROLE: "arn:aws:iam::111122223333:role/deploy" };
    const busy = (times: number) => `if upto roles ${times}; then ${refusal("Throttling", "Rate exceeded")}; fi`;
    expect(release("deploy", { assume: busy(4) }, role)).toMatchObject({ status: 0 });
    const given = release("deploy", { assume: busy(5) }, role);
    expect(given).toMatchObject({ status: 1, output: expect.stringContaining("(Throttling)") });
    expect(asked(given, "assume-role")).toHaveLength(5);
  });

  test("asks again about a command when AWS did not answer, and does not know of it yet; never sends it twice for that", () => {
    const unreachable = `echo 'Could not connect to the endpoint URL: "https://ssm.eu-west-1.amazonaws.com/"' >&2; exit 255`;
    const run = release("deploy", {
      outcome: `if upto answers 1; then ${refusal("InvocationDoesNotExist")}; elif upto silence 2; then ${unreachable}; fi; ${SERVES}`,
    });
    expect(run.status).toBe(0);
    expect(asked(run, "send-command")).toHaveLength(1);
    expect(asked(run, "ResponseCode").length).toBeGreaterThan(2);
    const lost = release("deploy", { send: unreachable });
    expect(lost.output).toMatch(/^shop\/host: Could not connect to the endpoint URL: .*\n$/);
    expect(asked(lost, "send-command")).toHaveLength(1);
  });

  test.each(["Pending", "InProgress", "Delayed", "Cancelling"])("waits while the command is %s", (status) => {
    const run = release("deploy", { outcome: `if upto waits 2; then printf '${status}\\t-1\\n'; exit; fi; ${SERVES}` });
    expect(run.status).toBe(0);
    expect(asked(run, "ResponseCode")).toHaveLength(3);
  });

  test("tells it again when it says that now is no time, by 75", () => {
    const run = release("deploy", {
      outcome: `if upto busy 2; then printf 'Failed\\t75\\n'; exit; fi; ${SERVES}`,
      errors: "another release is under way",
    });
    expect(run.status).toBe(0);
    expect(asked(run, "send-command")).toHaveLength(3);
  });

  test.each([
    ["that cannot find the host's own files, as minutes after its first boot", "Failed\\t127"],
    ["that timed out, on its way or on a host that boots for longer than it may run", "TimedOut\\t-1"],
  ])("sends it again after a command %s", (_, ended) => {
    const run = release("deploy", { outcome: `if upto early 2; then printf '${ended}\\n'; exit; fi; ${SERVES}` });
    expect(run.status).toBe(0);
    expect(asked(run, "send-command")).toHaveLength(3);
  });

  test("gives up at the deadline on a command that times out", () => {
    const run = release("deploy", { outcome: "printf 'TimedOut\\t-1\\n'" }, { SLIPWAY_DEADLINE: "0" });
    expect(run).toMatchObject({
      status: 1,
      output: "shop/host: the host could not come to an outcome within 0 s: it said nothing, the command is TimedOut\n",
    });
  });

  test("fails with the host's own lines, the last of them in the reason", () => {
    const run = release("deploy", {
      outcome: "printf 'Failed\\t1\\n'",
      lines: "release f00d: starting web",
      errors: "web does not answer on /status: 500\\n",
    });
    expect(run.status).toBe(1);
    expect(run.output).toBe(
      [
        "shop/host: release f00d: starting web",
        "shop/host: web does not answer on /status: 500",
        "shop/host: the release failed (Failed, exit status 1): web does not answer on /status: 500",
        "",
      ].join("\n"),
    );
    expect(asked(run, "send-command")).toHaveLength(1);
  });

  test.each(["Cancelled", "Undeliverable", "Terminated"])("fails when the command is %s", (status) => {
    const run = release("deploy", { outcome: `printf '${status}\\t-1\\n'` });
    expect(run).toMatchObject({
      status: 1,
      output: `shop/host: the release failed (${status}, exit status -1): the host said nothing\n`,
    });
  });

  test.each<[string, FakeHost, RegExp]>([
    [
      "is never managed",
      { send: refusal("InvalidInstanceId", "Instances not in a valid state") },
      new RegExp(
        `${INSTANCE} is not managed after 0 s: is its way to ssm\\.eu-west-1 open, and did it boot\\? aws ec2 get-console-output --instance-id ${INSTANCE}; AWS said: .*not in a valid state\n$`,
      ),
    ],
    [
      "comes to no end",
      { outcome: "printf 'InProgress\\t-1\\n'" },
      /^shop\/host: no outcome after 0 s, the command is InProgress: the host may still come to one, apply again to ask it\n$/,
    ],
    [
      "is always busy",
      { outcome: "printf 'Failed\\t75\\n'", errors: "another release is under way" },
      /shop\/host: the host could not come to an outcome within 0 s: another release is under way\n$/,
    ],
  ])("gives up at the deadline on a host that %s", (_, host, message) => {
    const run = release("deploy", host, { SLIPWAY_DEADLINE: "0" });
    expect(run.status).toBe(1);
    expect(run.output).toMatch(message);
  });

  test("fails at once for what waiting does not mend", () => {
    const denied = release("deploy", {
      send: refusal("AccessDeniedException", "not authorized to perform: ssm:SendCommand"),
    });
    expect(denied.status).toBe(1);
    expect(denied.output).toMatch(/^shop\/host: An error occurred \(AccessDeniedException\).*ssm:SendCommand\n$/);
    expect(asked(denied, "send-command")).toHaveLength(1);
  });
});

describe("a release that fails", () => {
  const fail = (live: string, version: string) =>
    release(
      "deploy",
      { live, outcome: "printf 'Failed\\t1\\n'" },
      { SLIPWAY_VERSION: version, SLIPWAY_PARAMETER_ADDRESS: "aws_ssm_parameter.release" },
    );

  test.each([
    ["3", "102", 0],
    ["3", "90", 12],
    ["3", "82", 20],
  ])("says, with version %s live and %s failed, that AWS takes %s more, and what to do", (live, version, left) => {
    const { status, output } = fail(live, version);
    expect(status).toBe(1);
    expect(output).toContain(
      `shop/host: AWS takes ${left} more releases of this host as long as version ${live} is live, for it keeps 100 versions of /slipway/shop/host/release: bring a release that serves, or make the parameter anew while the host serves on: terraform apply -replace=aws_ssm_parameter.release\n`,
    );
    expect(output).toMatch(/the release failed \(Failed, exit status 1\): the host said nothing\n$/);
  });

  test.each([
    ["3", "81"],
    ["", "90"],
  ])("says nothing of it with version '%s' live and %s failed", (live, version) => {
    expect(fail(live, version).output).toBe(
      "shop/host: the release failed (Failed, exit status 1): the host said nothing\n",
    );
  });
});

describe("confirming a release", () => {
  test("is one question when the host serves it", () => {
    const run = release("verify", { live: "5" });
    expect(run).toMatchObject({ status: 0, output: "shop/host: serves release f00df00df00d (version 5)\n" });
    expect(run.calls).toEqual([
      "aws --region eu-west-1 --output text ssm get-parameter --name /slipway/shop/host/release:live --query Parameter.Version",
    ]);
  });

  test.each([
    ["another version", "4", "4"],
    ["none, the host being new", "", "none"],
  ])("tells the host again when the label is on %s", (_, live, shown) => {
    const run = release("verify", { live });
    expect(run).toMatchObject({
      status: 0,
      output: `shop/host: the label live is on version ${shown}, not on 5: sending it again\nshop/host: serves release f00df00df00d (version 5)\n`,
    });
    expect(asked(run, "send-command")).toHaveLength(1);
  });

  test("fails when the host still serves another one, and shows what the host says of itself", () => {
    const run = release("verify", { live: "4", outcome: "printf 'Success\\t0\\n'", lines: "serves version 4" });
    expect(run.status).toBe(1);
    expect(run.output).toBe(
      [
        "shop/host: the label live is on version 4, not on 5: sending it again",
        "shop/host: serves version 4",
        "shop/host: serves version 4",
        "shop/host: the label live stays on version 4, not on 5",
        "",
      ].join("\n"),
    );
    expect(asked(run, "send-command").map((call) => /"verb":\["(\w+)"/.exec(call)?.[1])).toEqual([
      "converge",
      "status",
    ]);
  });

  test("fails when the host fails the release", () => {
    const run = release("verify", { live: "4", outcome: "printf 'Failed\\t1\\n'", errors: "image not found" });
    expect(run.status).toBe(1);
    expect(run.output).toMatch(/the release failed \(Failed, exit status 1\): image not found\n$/);
  });

  test("asks again for the label when AWS is busy", () => {
    const run = release("verify", {
      live: "5",
      parameter: `if upto labels 2; then ${refusal("ThrottlingException")}; fi`,
    });
    expect(run).toMatchObject({ status: 0, output: "shop/host: serves release f00df00df00d (version 5)\n" });
  });

  test("fails when it may not look", () => {
    const run = release("verify", { parameter: refusal("AccessDeniedException") });
    expect(run).toMatchObject({ status: 1, output: expect.stringContaining("AccessDeniedException") });
  });
});

describe("the deployer", () => {
  test.each([
    ["none", "echo 'Unable to locate credentials. You can configure credentials' >&2; exit 253"],
    ["expired ones", refusal("ExpiredTokenException", "The security token is expired")],
    ["a profile that is not there", "echo 'The config profile (shop) could not be found' >&2; exit 255"],
    ["a session that is over", "echo 'Error loading SSO Token: Token for shop does not exist' >&2; exit 255"],
  ])("without credentials, having %s, is told in one line what to do", (_, send) => {
    for (const run of [release("deploy", { send }), release("verify", { parameter: send })]) {
      expect(run.status).toBe(1);
      expect(run.output).toMatch(
        /^shop\/host: AWS takes no credentials from here: .*; log in \(aws sso login, or AWS_PROFILE, or AWS_ACCESS_KEY_ID\) and apply again\n$/,
      );
      expect(run.calls).toHaveLength(1);
    }
  });

  test("takes on the role that the stack names, and shows no credential", () => {
    const send = `[ "$AWS_ACCESS_KEY_ID/$AWS_SECRET_ACCESS_KEY/$AWS_SESSION_TOKEN" = ASIAKEY/secret/token ] || exit 9; [ -z "$AWS_PROFILE" ] || exit 9`;
    const role = "arn:aws:iam::111122223333:role/deploy";
    const run = release("deploy", { send }, { SLIPWAY_ROLE: role, AWS_PROFILE: "shop" });
    expect(run.status).toBe(0);
    expect(run.calls[0]).toContain(`sts assume-role --role-arn ${role} --role-session-name slipway`);
    expect(run.calls.join() + run.output).not.toContain("secret");
  });

  test("without the AWS CLI is told which program to install", () => {
    const run = runScript("nano/deploy.sh", ["deploy"], { SLIPWAY_HOST: "shop/host", SLIPWAY_DEADLINE: "1" }, {});
    expect(run).toMatchObject({
      status: 1,
      output:
        "shop/host: the aws command is missing: install the AWS CLI, https://aws.amazon.com/cli, and apply again\n",
    });
  });
});
