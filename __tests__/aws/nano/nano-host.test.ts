import { existsSync } from "node:fs";
import { join } from "node:path";
import { TerraformOutput } from "cdktf";
import { MachineImage } from "../../../src/aws/index.ts";
import { Backend } from "../../../src/hosts/backend.ts";
import { HealthCheck } from "../../../src/values/health-check.ts";
import { Platform } from "../../../src/values/platform.ts";
import { only } from "../../synthesize.ts";
import { DIGEST, nano, pulled } from "./nano-host-stack.ts";

const step = (resource: Record<string, unknown>) =>
  (resource.provisioner as { "local-exec": { command: string; environment: Record<string, string> } }[])[0]?.[
    "local-exec"
  ] as { command: string; environment: Record<string, string> };

describe("the instance", () => {
  test("is a t4g.nano without a key pair, with sessions for metadata, an encrypted disk and credits that do not end", () => {
    const instance = only(nano(), "aws_instance");
    expect(instance).toMatchObject({
      instance_type: "t4g.nano",
      ebs_optimized: true,
      credit_specification: { cpu_credits: "unlimited" },
      metadata_options: { http_endpoint: "enabled", http_tokens: "required", http_put_response_hop_limit: 1 },
      root_block_device: { encrypted: true, volume_type: "gp3", volume_size: 8, delete_on_termination: true },
      user_data_replace_on_change: true,
      lifecycle: { ignore_changes: ["ami"] },
      tags: { Name: "stack/host" },
    });
    for (const absent of ["key_name", "monitoring", "associate_public_ip_address", "vpc_security_group_ids"]) {
      expect(instance).not.toHaveProperty(absent);
    }
  });

  test("boots Ubuntu 24.04 of one date, by the parameter that Canonical publishes", () => {
    const stack = nano();
    const [parameter] = Object.entries(stack.data.aws_ssm_parameter ?? {});
    expect(parameter?.[1].name).toMatch(
      /^\/aws\/service\/canonical\/ubuntu\/server\/24\.04\/stable\/\d{8}\/arm64\/hvm\/ebs-gp3\/ami-id$/,
    );
    expect(only(stack, "aws_instance").ami).toBe(`\${data.aws_ssm_parameter.${parameter?.[0]}.insecure_value}`);
  });

  test("is moved to another image by whoever names it, and by nothing else", () => {
    const dated = nano(() => {}, { machineImage: MachineImage.ubuntu2404("20250701"), instanceType: "t3.nano" });
    expect(Object.values(dated.data.aws_ssm_parameter ?? {})[0]?.name).toContain("/stable/20250701/amd64/");
    expect(only(dated, "aws_instance")).not.toHaveProperty("lifecycle");
    const own = nano(() => {}, { machineImage: MachineImage.fromId("ami-0123456789abcdef0", Platform.LINUX_ARM64) });
    expect(only(own, "aws_instance").ami).toBe("ami-0123456789abcdef0");
    expect(own.data.aws_ssm_parameter).toBeUndefined();
  });

  test.each([
    ["t3.nano", "linux/amd64", true, true],
    ["t3a.nano", "linux/amd64", true, true],
    ["t2.nano", "linux/amd64", true, undefined],
    ["c7g.medium", "linux/arm64", undefined, true],
  ])("%s runs %s", (instanceType, platform, hasCredits, isOptimized) => {
    const stack = nano((host) => expect(`${host.platform}`).toBe(platform), { instanceType });
    const instance = only(stack, "aws_instance");
    expect(instance.instance_type).toBe(instanceType);
    expect(instance.credit_specification !== undefined || undefined).toBe(hasCredits);
    expect(instance.ebs_optimized).toBe(isOptimized);
  });

  test("has what it is given: disk, swap, packages, files, tags, credits, metrics", () => {
    const stack = nano(() => {}, {
      volumeGiB: 20,
      swapMiB: 512,
      packages: ["htop"],
      files: [{ path: "/etc/motd", content: "hello ${you}\n" }],
      tags: { team: "${shop}", Name: "front" },
      cpuCredits: "standard",
      detailedMonitoring: true,
    });
    const instance = only(stack, "aws_instance");
    expect(instance).toMatchObject({
      credit_specification: { cpu_credits: "standard" },
      monitoring: true,
      root_block_device: { volume_size: 20, tags: { team: "$${shop}" } },
      tags: { team: "$${shop}", Name: "front" },
    });
    const userData = stack.asked.userData();
    expect(userData).toMatch(/^#cloud-config\n/);
    for (const part of ['size: "512M"', '- "htop"', "hello ${you}", "HOST=stack/host", "/slipway/stack/host/release"]) {
      expect(userData).toContain(part);
    }
    for (const type of ["aws_security_group", "aws_network_interface", "aws_eip"]) {
      expect(only(stack, type).tags).toEqual({ team: "$${shop}", Name: "front" });
    }
  });

  test("stays as it was made where that is asked for", () => {
    const instance = only(
      nano(() => {}, { userDataReplaceOnChange: false }),
      "aws_instance",
    );
    expect(instance).toMatchObject({
      user_data_replace_on_change: false,
      lifecycle: { ignore_changes: ["ami", "user_data_base64", "user_data"] },
    });
  });

  test("changes with nothing that it runs: no release, image or site is in sight of it", () => {
    const empty = only(nano(), "aws_instance");
    const full = nano((host, stack) => {
      host.serve("shop.example.com", { "/": host.run("web", { image: pulled(stack), port: 80 }) });
    });
    expect(only(full, "aws_instance")).toEqual(empty);
    for (const type of ["aws_network_interface", "aws_eip", "aws_iam_role", "aws_iam_instance_profile"]) {
      expect(full.resource[type]).toEqual(nano().resource[type]);
    }
  });

  test("starts when its rights, its way out and its address are there", () => {
    const after = only(nano(), "aws_instance").depends_on as string[];
    expect(after.map((each) => each.replace(/\.host_.*?_/, " ").replace(/_[0-9A-F]{8}$/, ""))).toEqual([
      "aws_iam_role_policy Policy",
      ...["tcp-443", "tcp-80", "udp-53", "tcp-53", "udp-123"].map(
        (rule) => `aws_vpc_security_group_egress_rule Out-${rule}`,
      ),
      expect.stringMatching(/^aws_eip /),
    ]);
  });

  test("says what it is and what it costs, the public address included", () => {
    nano((host) =>
      expect(host.description).toBe(
        "t4g.nano, linux/arm64, Ubuntu 24.04 of 20250610: about 7.71 USD a month (instance 3.36, disk 0.70, public IPv4 3.65; eu-west-1, list prices of 2025, before traffic); surplus CPU credits cost up to 55.48 more where all CPUs always work",
      ),
    );
  });
});

describe("what it serves", () => {
  const two = () =>
    nano((host, stack) => {
      const catalog = host.run("catalog", {
        image: pulled(stack, "b"),
        port: 8080,
        health: HealthCheck.http("/status"),
      });
      expect(catalog.url).toMatch(/^http:\/\/172\.17\.0\.1:30\d{3}$/);
      const web = host.run("web", { image: pulled(stack), port: 3000, env: { CATALOG: catalog.url, TEXT: "${HOME}" } });
      const site = host.serve("shop.example.com", { "/": web, "/old": Backend.fromAddress("10.0.0.5:8080") });
      expect(host.urlOf(site)).toBe("http://shop.example.com/");
      expect([catalog.ready, web.ready]).toEqual([host.ready, host.ready]);
    });

  test("is a manifest that a plan shows in full, and a parameter that keeps it", () => {
    const stack = two();
    const local = Object.keys(JSON.parse(stack.json).locals).find((name) => name.includes("_Manifest_"));
    expect(stack.manifest).toMatchObject({ host: "stack/host", ecr: [], drainSeconds: 60, keepReleases: 3 });
    expect(stack.manifest).not.toHaveProperty("irreversible");
    expect(stack.manifest.services).toMatchObject([
      { name: "catalog", image: `example.com/b@${DIGEST}`, port: 8080, memoryMiB: 256, env: {}, secrets: {} },
      { name: "web", port: 3000, env: { TEXT: "$${HOME}", CATALOG: expect.stringMatching(/^http:\/\/172/) } },
    ]);
    expect(stack.manifest.sites).toContain("server_name shop.example.com;");
    expect(stack.manifest.sites).toContain("10.0.0.5:8080");
    expect(stack.manifest.sites).not.toMatch(/(?<!\$)\$\{/);
    expect(only(stack, "aws_ssm_parameter", "host_Release_Parameter")).toMatchObject({
      name: "/slipway/stack/host/release",
      type: "String",
      tier: "Intelligent-Tiering",
      value: `\${base64gzip(jsonencode(local.${local}))}`,
      lifecycle: { precondition: [{ condition: `\${length(base64gzip(jsonencode(local.${local}))) <= 8192}` }] },
    });
  });

  test("has a plan warn of a rollback that holds the host, by a parameter that the host writes and no plan puts back", () => {
    const stack = two();
    const [name] = Object.keys(JSON.parse(stack.json).check) as [string];
    expect(only(stack, "aws_ssm_parameter", "host_Release_Hold")).toMatchObject({
      name: "/slipway/stack/host/hold",
      insecure_value: "none",
      lifecycle: { ignore_changes: ["value", "insecure_value"] },
    });
    const value = `aws_ssm_parameter.${name}.insecure_value`;
    const message = `stack/host is held at \${${value}}: other content ends it, or the same once more by npx slipway up --retry`;
    expect(JSON.parse(stack.json).check[name]).toEqual({
      assert: [{ condition: `\${${value} == "none"}`, error_message: message }],
    });
  });

  test("is waited for by two steps that see the manifest as an object and are told names only", () => {
    const stack = two();
    const [deploy, verify] = [/^host_Release_Deploy_[0-9A-F]{8}$/, "host_Release_Deploy_Verify"].map((name) =>
      only(stack, "terraform_data", name),
    ) as [Record<string, unknown>, Record<string, unknown>];
    expect(deploy.triggers_replace).toEqual({
      manifest: expect.stringMatching(/^\$\{local\.\w+\}$/),
      version: expect.stringMatching(/^\$\{aws_ssm_parameter\..*\.version\}$/),
      instance: expect.stringMatching(/^\$\{aws_instance\..*\.id\}$/),
    });
    expect(verify.triggers_replace).toEqual(deploy.triggers_replace);
    expect(verify.depends_on).toEqual([expect.stringMatching(/^terraform_data\.host_Release_Deploy_[0-9A-F]{8}$/)]);
    expect(deploy.depends_on).toEqual([
      expect.stringMatching(/^aws_ssm_document\./),
      expect.stringMatching(/^aws_iam_role_policy\./),
      expect.stringMatching(/^aws_eip\./),
    ]);
    expect(step(deploy).command).toMatch(/^sh files\/[0-9a-f]{16}\/deploy\.sh deploy$/);
    expect(step(verify).command).toMatch(/^sh files\/[0-9a-f]{16}\/deploy\.sh verify$/);
    expect(step(verify).environment).toEqual(step(deploy).environment);
    expect(step(deploy).environment).toMatchObject({
      SLIPWAY_HOST: "stack/host",
      SLIPWAY_PARAMETER: "/slipway/stack/host/release",
      SLIPWAY_DOCUMENT: expect.stringMatching(/^\$\{aws_ssm_document\.\w+\.name\}$/),
      SLIPWAY_DEADLINE: expect.stringMatching(/^\$\{900 \+ local\.\w+\.drainSeconds\}$/),
      SLIPWAY_REGION: "eu-west-1",
      SLIPWAY_RELEASE: expect.stringMatching(/^\$\{sha256\(jsonencode\(local\.\w+\)\)\}$/),
    });
    for (const file of [step(deploy).command.split(" ")[1], step(deploy).environment.SLIPWAY_AWS_CLI]) {
      expect(existsSync(join(stack.directory, file as string))).toBe(true);
    }
  });

  test("is left to the host's timer where nothing waits", () => {
    const stack = nano((host) => expect(host.ready).toHaveLength(2), {
      waitForRelease: false,
      drainSeconds: 0,
      keepReleases: 1,
      irreversible: true,
    });
    const [platform, generation, ...steps] = Object.keys(stack.resource.terraform_data ?? {});
    expect(steps).toEqual([]);
    expect(platform).toMatch(/_Platform_/);
    expect(generation).toMatch(/_Generation_/);
    expect(stack.manifest).toMatchObject({ drainSeconds: 0, keepReleases: 1, irreversible: true, services: [] });
  });

  test("is sorted by what it is called, so that the order of declaration does not show", () => {
    const manifest = (ids: string[]) =>
      nano((host, stack) => ids.map((id) => host.run(id, { image: pulled(stack, id), port: 80 }))).manifest;
    expect(manifest(["a", "b"])).toEqual(manifest(["b", "a"]));
  });
});

test("whoever asks the host may say its own document's words to it and open a session, and nothing else", () => {
  let policies: readonly string[] = [];
  const stack = nano((_, scope, account) => {
    policies = account.operatorPolicies;
    new TerraformOutput(scope, "operators", { value: policies });
  });
  const { Statement } = JSON.parse(JSON.parse(stack.json).output.operators.value[0].replaceAll("$${", "${"));
  expect(
    Object.fromEntries(Statement.map(({ Sid, Action }: { Sid: string; Action: unknown }) => [Sid, Action])),
  ).toEqual({
    EndSession: ["ssm:ResumeSession", "ssm:TerminateSession"],
    RunCommand: ["ssm:SendCommand"],
    RunCommandResult: ["ssm:GetCommandInvocation"],
    StartSession: ["ssm:StartSession"],
  });
});
