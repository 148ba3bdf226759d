import { ApplyReport } from "../../src/cli/apply-report.ts";

const PATHS: Record<string, string> = { "docker_image.a": "cats/image", "terraform_data.b": "cats/host/Release" };
const report = () => new ApplyReport({ pathOf: (address) => PATHS[address] ?? address });
const line = (message: object) => JSON.stringify({ "@level": "info", "@message": "…", ...message });
const hook = (type: string, addr: string, more: object = {}) => line({ type, hook: { resource: { addr }, ...more } });

it.each([
  [hook("apply_complete", "docker_image.a", { action: "create", elapsed_seconds: 7 }), ["created cats/image (7 s)"]],
  [hook("apply_complete", "docker_image.a", { action: "delete", elapsed_seconds: 0 }), ["removed cats/image"]],
  [hook("apply_complete", "docker_image.a", { action: "update" }), ["changed cats/image"]],
  [hook("apply_errored", "docker_image.a", { elapsed_seconds: 2 }), ["failed cats/image (2 s)"]],
  [hook("apply_progress", "docker_image.a", { elapsed_seconds: 30 }), []],
  [hook("apply_start", "docker_image.a"), []],
  [hook("refresh_complete", "docker_image.a"), []],
  [hook("provision_progress", "terraform_data.b", { output: "web: healthy" }), ["cats/host/Release | web: healthy"]],
  [hook("provision_progress", "terraform_data.b", { output: 'Executing: ["sh"]' }), []],
  [line({ type: "version", terraform: "1.11.4" }), []],
  [line({ "@level": "error", "@message": "out of memory" }), ["out of memory"]],
  ["not JSON at all", ["not JSON at all"]],
  ["", []],
])("shows of %s", (text, shown) => {
  expect(report().read(text)).toEqual(shown);
});

describe("a build", () => {
  const open = (isLive: boolean, verbose = false) => {
    const read = new ApplyReport({ pathOf: (address) => PATHS[address] ?? address }, verbose, {
      paths: new Set(["cats/image"]),
      isLive,
    });
    read.read(hook("apply_start", "docker_image.a"));
    const said = (output: string) => read.read(hook("provision_progress", "docker_image.a", { output }));
    return { read, said };
  };

  it("is told with how long it takes and what the engine does now, before what says nothing of itself", () => {
    const { read, said } = open(true);
    const began = Date.now();
    expect(read.now(began + 12_000)).toMatch(/^cats\/image, 1[12] s$/);
    read.read(hook("apply_start", "terraform_data.b"));
    expect(said("#7 [2/5] RUN pip install")).toEqual([]);
    expect(said("#7 1.204 Collecting flask")).toEqual([]);
    expect(read.read(hook("provision_progress", "terraform_data.b", { output: "web: healthy" }))).toHaveLength(1);
    expect(read.now(began)).toBe("cats/image, 0 s (+1 more): [2/5] RUN pip insta…: Collecting flask");
    expect(said("registry/cats: has sha-1 1.4.2")).toEqual(["cats/image | registry/cats: has sha-1 1.4.2"]);
    read.read(hook("apply_complete", "docker_image.a", { action: "create" }));
    expect(read.now(began)).toBe("cats/host/Release, 0 s");
    read.read(hook("apply_errored", "terraform_data.b"));
    expect(read.now(began)).toBe("");
  });

  it("has a line for each of its steps where no line can be written over, and each line of it with --verbose", () => {
    const lines = ["#7 [2/5] RUN pip install", "#7 1.204 Collecting flask"];
    expect(lines.flatMap(open(false).said)).toEqual(["cats/image | [2/5] RUN pip install"]);
    expect(lines.flatMap(open(true, true).said)).toEqual(lines.map((each) => `cats/image | ${each}`));
  });

  it("that fails is told by its last 30 lines, and any other step by all that it said", () => {
    const words = Array.from({ length: 40 }, (_, at) => `line ${at}`).join("\n");
    const fail = (address: string) => {
      const { read } = open(false);
      const detail = `Error running command 'sh build.sh': exit status 1. Output: ${words}`;
      read.read(
        line({ type: "diagnostic", diagnostic: { severity: "error", summary: "local-exec", detail, address } }),
      );
      return read.errors[0]?.split("\n  ") ?? [];
    };
    expect(fail("docker_image.a").slice(1, 3)).toEqual([
      "Error running command 'sh build.sh': exit status 1. Its last words:",
      "line 10",
    ]);
    expect(fail("docker_image.a").at(-1)).toBe("line 39");
    expect(fail("terraform_data.b")).toHaveLength(41);
  });
});

it.each([
  [{ add: 2, change: 0, remove: 1, operation: "plan" }, ["to create 2, to change 0, to remove 1"]],
  [{ add: 0, change: 0, remove: 0, operation: "plan" }, ["nothing to change"]],
  [{ add: 2, change: 0, remove: 1, operation: "apply" }, []],
])("sums up %j", (changes, shown) => {
  expect(report().read(line({ type: "change_summary", changes }))).toEqual(shown);
});

it("counts what was done, not what was planned", () => {
  const read = report();
  read.read(line({ type: "change_summary", changes: { add: 9, change: 0, remove: 0, operation: "plan" } }));
  expect(read.changes).toEqual({ add: 0, change: 0, remove: 0, replace: 0 });
  read.read(line({ type: "change_summary", changes: { add: 3, change: 1, remove: 2, operation: "apply" } }));
  expect(read.changes).toEqual({ add: 3, change: 1, remove: 2, replace: 0 });
});

it("repeats no name before a line that begins with it", () => {
  const read = report();
  const output = "cats/host: page: healthy";
  expect(read.read(hook("provision_progress", "terraform_data.b", { output }))).toEqual([output]);
});

it("keeps the reason of a failure complete, to be shown at the end", () => {
  const read = report();
  const diagnostic = {
    severity: "error",
    summary: "local-exec provisioner error",
    detail: "Error running command 'sh release.sh': exit status 1.\nOutput: web: unhealthy\nweb: last said: boom\n",
    address: "terraform_data.b",
  };
  expect(read.read(line({ "@level": "error", type: "diagnostic", diagnostic }))).toEqual([]);
  expect(read.errors).toEqual([
    [
      "error: cats/host/Release: local-exec provisioner error",
      "Error running command 'sh release.sh': exit status 1.",
      "Output: web: unhealthy",
      "web: last said: boom",
    ].join("\n  "),
  ]);
});

it("does not say twice at the end what a step that failed said above, but for its reason", () => {
  const read = report();
  const words = ["web: unhealthy", "web: last said: boom", "  boom", "the release failed: web is not healthy"];
  read.read(hook("apply_start", "terraform_data.b", {}));
  for (const output of words) read.read(hook("provision_progress", "terraform_data.b", { output }));
  const fail = (...output: readonly string[]) => {
    const detail = `Error running command 'sh release.sh': exit status 1. Output: ${output.join("\n")}\n`;
    const diagnostic = {
      severity: "error",
      summary: "local-exec provisioner error",
      detail,
      address: "terraform_data.b",
    };
    read.read(line({ "@level": "error", type: "diagnostic", diagnostic }));
    return read.errors.at(-1)?.split("\n  ").slice(1);
  };
  expect(fail(...words)).toEqual(["the release failed: web is not healthy"]);
  expect(fail(...words, "and this was never shown")).toHaveLength(5);
});

it.each<[string, string | undefined]>([
  ["api error InsufficientInstanceCapacity: We currently do not have sufficient t4g.nano capacity", "availabilityZone"],
  ["api error AddressLimitExceeded: The maximum number of addresses has been reached.", "by elasticIp"],
  ["api error VcpuLimitExceeded: You have requested more vCPU capacity", "Service Quotas"],
  ["ParameterMaxVersionLimitExceeded: You attempted to create a new version", "terraform apply -replace=ADDRESS"],
  ["api error UnauthorizedOperation: You are not authorized", "AwsAccount.deployerPolicies"],
  ["An error occurred (AccessDeniedException) when calling the SendCommand operation", "AwsAccount.deployerPolicies"],
  ["the release failed: AWS refuses GetSecretValue: AccessDeniedException the role may not", undefined],
  ["api error ThrottlingException: Rate exceeded", "apply again"],
  ["Resource aws_ebs_volume.host_DataVolume_15B1CF34 has lifecycle.prevent_destroy set", "terraform state rm ADDRESS"],
  ["Resource aws_s3_bucket.mine has lifecycle.prevent_destroy set", undefined],
  ["api error VolumeModificationRateExceeded: You've reached the maximum modification rate", "six hours"],
  ["api error InvalidSubnetID.NotFound: The subnet does not exist", undefined],
])("says what to do about %s", (summary, remedy) => {
  const read = report();
  read.read(line({ type: "diagnostic", diagnostic: { severity: "error", summary } }));
  const [, told] = read.errors[0]?.split("\n  ") ?? [];
  if (remedy === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(new RegExp(`^what to do: .*${remedy}`));
});

it("shows warnings as they come", () => {
  const diagnostic = { severity: "warning", summary: "deprecated", detail: "use another" };
  expect(report().read(line({ type: "diagnostic", diagnostic }))).toEqual(["warning: deprecated", "use another"]);
});

it("keeps the outputs", () => {
  const read = report();
  read.read(line({ type: "outputs", outputs: { url: { value: "http://cats.localhost:8888/", sensitive: false } } }));
  expect(read.outputs).toEqual({ url: "http://cats.localhost:8888/" });
});

it("says of a replacement that it is one: eight removed for an edited line would read like destruction", () => {
  const read = report();
  // an apply of a saved plan says once more what is planned
  for (const addr of ["a.a", "a.b", "a.c", "a.a", "a.b"]) {
    const action = addr === "a.c" ? "create" : "replace";
    read.read(line({ type: "planned_change", change: { action, resource: { addr } } }));
  }
  const plan = { add: 3, change: 0, remove: 2, operation: "plan" };
  expect(read.read(line({ type: "change_summary", changes: plan }))).toEqual([
    "to create 1, to change 0, to remove 0, to replace 2",
  ]);
  read.read(line({ type: "change_summary", changes: { ...plan, operation: "apply" } }));
  expect(read.changes).toEqual({ add: 1, change: 0, remove: 0, replace: 2 });
});

it("names a sensitive output and does not tell it", () => {
  const read = report();
  read.read(line({ type: "outputs", outputs: { a: { value: 1 }, b: { value: "hunter2", sensitive: true } } }));
  expect(read.outputs).toEqual({ a: 1, b: "(sensitive)" });
});
