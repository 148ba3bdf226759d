import { actionsOf, policyOutput, refusedBy } from "../../src/rehearsal/deployer-policy.ts";
import { Project } from "./project.ts";
import { ACCOUNT, REGION, TestAccount } from "./rehearsal-account.ts";
import { plannedLines, unbroken } from "./terraform-output.ts";

jest.setTimeout(900_000);

/**
 * The account's API is moto's. No request passes its load balancer, and its hosts are of the mind: what they are told is
 * recorded, they say that they serve it, and nothing runs.
 */
const told: string[] = [];
/** Why a host does not get to serve what it is told, where one does not. */
let failure: string | undefined;
const aws = new TestAccount(["20250610"], ACCOUNT, async (text) => {
  told.push(text);
  if (failure !== undefined && isRelease(text)) return { exitCode: 1, stdout: "", stderr: failure, timedOut: false };
  await labelLive();
  return { exitCode: 0, stdout: "live\n", stderr: "", timedOut: false };
});
let project: Project;

const isRelease = (text: string) => text.includes("converge");

/** As a host does once it serves. */
async function labelLive(): Promise<void> {
  const { moto } = aws.account;
  const listed = (await moto.json("ssm", "DescribeParameters", {})) as {
    Parameters: { Name: string; Version: number }[];
  };
  for (const { Name, Version } of listed.Parameters.filter((each) => each.Name.endsWith("/release"))) {
    await moto.json("ssm", "LabelParameterVersion", { Name, ParameterVersion: Version, Labels: ["live"] });
  }
}

const query: TestAccount["query"] = (path, ...words) => aws.query(path, ...words);
const synth = (hosts: number, digest = "a") =>
  project.synth({ SLIPWAY_TEST_HOSTS: `${hosts}`, SLIPWAY_TEST_DIGEST: digest.repeat(64) });
/** The versions of what two hosts are told. */
const versions = () =>
  Promise.all(
    [1, 2].map((host) => {
      const name = `/slipway/slipway-balancer/fleet/host-${host}/release`;
      return query<number>("Parameter.Version", "ssm", "get-parameter", "--name", name);
    }),
  );

beforeAll(async () => {
  await aws.start();
  const words = ["route53", "create-hosted-zone", "--name", "example.org", "--caller-reference", "1"];
  const zone = (await query("HostedZone.Id", ...words)).replace("/hostedzone/", "");
  project = new Project(
    "balancer.ts",
    "slipway-balancer",
    {},
    {
      ...aws.deployerEnvironment,
      SLIPWAY_TEST_ACCOUNT: ACCOUNT,
      SLIPWAY_TEST_REGION: REGION,
      SLIPWAY_TEST_ZONE: zone,
    },
  );
  await synth(2);
  await project.init();
}, 400_000);

afterAll(async () => {
  project?.remove();
  await aws.stop();
}, 60_000);

/** What the deployer has done since the account is there, but for what the tests themselves asked. */
let asked = 0;

test("a fleet behind a load balancer is made as it is declared, and a second plan is empty", async () => {
  asked = aws.account.front.calls.length;
  const { status, output } = await project.apply();
  expect([status, status === 0 ? "" : output]).toEqual([0, ""]);
  expect(told.filter(isRelease).length).toBeGreaterThanOrEqual(2);
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("visitors come by TLS, each name by its certificate; its checks find the hosts, and what no site has is 404", async () => {
  const [balancer] = await query<Record<string, unknown>[]>("LoadBalancers", "elbv2", "describe-load-balancers");
  const arn = String(balancer?.LoadBalancerArn);
  expect(balancer?.Type).toBe("application");
  const zones = balancer?.AvailabilityZones as { ZoneName: string }[] | undefined;
  expect(zones?.map(({ ZoneName }) => ZoneName).sort()).toEqual([`${REGION}a`, `${REGION}b`]);
  const [plain, secured] = (
    await query<Record<string, unknown>[]>("Listeners", "elbv2", "describe-listeners", "--load-balancer-arn", arn)
  ).sort((a, b) => Number(a.Port) - Number(b.Port));
  expect(plain).toMatchObject({
    Port: 80,
    DefaultActions: [{ Type: "redirect", RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" } }],
  });
  expect(secured).toMatchObject({
    Port: 443,
    Protocol: "HTTPS",
    DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
  });
  const rules = await query<{ Conditions: { HostHeaderConfig?: { Values: string[] } }[] }[]>(
    "Rules[?!IsDefault]",
    ...["elbv2", "describe-rules", "--listener-arn", String(secured?.ListenerArn)],
  );
  expect(rules.map(({ Conditions }) => Conditions[0]?.HostHeaderConfig?.Values.sort()).sort()).toEqual([
    ["blog.example.org"],
    ["shop.example.org", "www.example.org"],
  ]);
  const [group] = await query<Record<string, unknown>[]>("TargetGroups", "elbv2", "describe-target-groups");
  expect(group).toMatchObject({ Port: 80, HealthCheckPath: "/status", HealthCheckIntervalSeconds: 10 });
  const health = ["elbv2", "describe-target-health", "--target-group-arn", String(group?.TargetGroupArn)];
  expect(await query<string[]>("TargetHealthDescriptions[].Target.Id", ...health)).toHaveLength(2);
  const certificates = await query<string[]>("CertificateSummaryList[].DomainName", "acm", "list-certificates");
  expect(certificates.sort()).toEqual(["blog.example.org", "shop.example.org"]);
});

test("only the load balancer gets to a host", async () => {
  const groups = await query<Record<string, unknown>[]>("SecurityGroups", "ec2", "describe-security-groups");
  const hosts = groups.filter(({ Description }) => /host-\d/.test(String(Description)));
  expect(hosts).toHaveLength(2);
  const open = hosts.flatMap(({ IpPermissions }) =>
    (
      IpPermissions as { IpProtocol: string; FromPort: number; IpRanges: object[]; UserIdGroupPairs: object[] }[]
    ).filter(({ IpProtocol }) => IpProtocol === "tcp"),
  );
  expect(
    open.map(({ FromPort, IpRanges, UserIdGroupPairs }) => [FromPort, IpRanges.length, UserIdGroupPairs.length]),
  ).toEqual([
    [80, 0, 1],
    [80, 0, 1],
  ]);
});

test("where the canary fails the apply ends: the other is not told, and hears of it once the canary serves", async () => {
  const [first = 0, second = 0] = await versions();
  failure = "page is not healthy: its container ended with status 3";
  await synth(2, "b");
  const from = told.length;
  const run = await project.apply();
  expect(run.status).toBe(1);
  expect(unbroken(run)).toContain(failure);
  expect(unbroken(run)).toContain(
    "slipway-balancer/fleet/host-1: stopped here: not told and as they were are slipway-balancer/fleet/host-2",
  );
  expect(await versions()).toEqual([first + 1, second]);
  expect(told.slice(from).filter(isRelease)).toHaveLength(1);
  failure = undefined;
  expect(await project.apply()).toMatchObject({ status: 0 });
  expect(await versions()).toEqual([first + 1, second + 1]);
  expect(await project.plan()).toMatchObject({ status: 0 });
});

test("a third host would join without a change to the others", async () => {
  await synth(3, "b");
  const more = plannedLines(await project.plan());
  expect(more.filter((line) => !/host-3/.test(line))).toEqual([]);
  expect(more.length).toBeGreaterThan(5);
  await synth(2, "b");
});

test("destroy takes everything away, and the deployer's policy allows all that was done", async () => {
  const policies = policyOutput({
    deployer: JSON.parse((await project.terraform("output", "-json", "deployer-policies")).output),
  });
  expect(await project.terraform("destroy", "-auto-approve")).toMatchObject({ status: 0 });
  const calls = aws.account.front.calls.slice(asked);
  // what the tests looked at themselves
  const own = new Set(["DescribeTargetHealth", "ListCertificates", "DescribeSecurityGroups"]);
  const asks = aws.account.asksOf(
    "deployer",
    calls.filter(({ action }) => !own.has(action)),
  );
  expect(actionsOf(asks)).toEqual(
    expect.arrayContaining(["acm:RequestCertificate", "elasticloadbalancing:CreateLoadBalancer"]),
  );
  expect(refusedBy(policies ?? [], asks)).toEqual([]);
  expect(await query("LoadBalancers", "elbv2", "describe-load-balancers")).toEqual([]);
});
