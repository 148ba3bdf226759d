import { createHash } from "node:crypto";
import { Secret } from "../../../src/aws/index.ts";
import type { RunScheduleOptions, RunTaskOptions } from "../../../src/hosts/host.ts";
import { only } from "../../synthesize.ts";
import { DIGEST, nano, pulled } from "./nano-host-stack.ts";

const declared = (task: Partial<RunTaskOptions> = {}, schedule?: Partial<RunScheduleOptions>) =>
  nano((host, stack) => {
    const image = pulled(stack);
    const web = host.run("web", { image, port: 80 });
    host.task("migrate", { image, command: ["migrate"], before: [web], memoryMiB: 64, ...task });
    if (schedule) host.schedule("report", { image, cron: "30 4 * * mon-fri", memoryMiB: 32, ...schedule });
  });
const entries = (stack: ReturnType<typeof nano>, key: string) =>
  (stack.manifest as unknown as Record<string, Record<string, unknown>[]>)[key];
const policyOf = (stack: ReturnType<typeof nano>) =>
  JSON.parse(only(stack, "aws_iam_role_policy").policy as string).Statement as {
    Sid: string;
    Action: string[];
    Resource: string[];
  }[];
const ledgers = (stack: ReturnType<typeof nano>) =>
  Object.values(stack.resource.aws_ssm_parameter ?? {}).filter(({ name }) => `${name}`.endsWith("/tasks"));

describe("a task", () => {
  test("is what the host is told, with a digest of what it does and the ledger, which Terraform makes first", () => {
    const stack = declared({ timeoutSeconds: 600, cpus: 0.5 });
    expect(entries(stack, "tasks")).toEqual([
      {
        name: "migrate",
        spec: expect.stringMatching(/^\$\{substr\(sha256\(jsonencode\(local\.\w+\["migrate"\]\)\), 0, 16\)\}$/),
        image: `example.com/app@${DIGEST}`,
        env: {},
        secrets: {},
        command: ["migrate"],
        memoryMiB: 64,
        pidsLimit: 512,
        cpus: 0.5,
        stopGraceSeconds: 10,
        timeoutSeconds: 600,
        before: ["web"],
      },
    ]);
    const [ledger] = ledgers(stack);
    expect(ledger).toMatchObject({
      name: "/slipway/stack/host/tasks",
      type: "String",
      lifecycle: { ignore_changes: ["value", "insecure_value"] },
    });
    expect((stack.manifest as unknown as Record<string, unknown>).taskLedger).toMatch(
      /^\$\{aws_ssm_parameter\.host_Release_TaskLedger_\w+\.name\}$/,
    );
  });

  test("runs once more for what it does, and for nothing else", () => {
    const spec = (task: Partial<RunTaskOptions>) => {
      const locals = JSON.parse(declared(task).json).locals as Record<string, Record<string, unknown>>;
      const [, specs] = Object.entries(locals).find(([name]) => name.includes("_Specs_")) ?? [];
      return createHash("sha256").update(JSON.stringify(specs?.migrate)).digest("hex");
    };
    const usual = spec({});
    for (const same of [{ timeoutSeconds: 9 }, { before: [] }, { memoryMiB: 99 }, { cpus: 1 }, { pidsLimit: 9 }])
      expect([same, spec(same)]).toEqual([same, usual]);
    for (const other of [{ command: ["up"] }, { env: { A: "1" } }, { user: "1000" }])
      expect([other, spec(other) === usual]).toEqual([other, false]);
  });

  test("the host may read and write its ledger, and a host without tasks has none", () => {
    const secret = Secret.fromParameter("/db/password");
    const statement = policyOf(declared({ secrets: { PASSWORD: secret } })).find(({ Sid }) => Sid === "TaskLedger");
    expect(statement).toMatchObject({
      Action: ["ssm:GetParameter", "ssm:PutParameter"],
      Resource: ["arn:aws:ssm:eu-west-1:111122223333:parameter/slipway/stack/host/tasks"],
    });
    expect(JSON.stringify(policyOf(declared({ secrets: { PASSWORD: secret } })))).toContain("parameter/db/password");
    const without = nano((host, stack) => void host.run("web", { image: pulled(stack), port: 80 }));
    expect(policyOf(without).map(({ Sid }) => Sid)).not.toContain("TaskLedger");
    expect(ledgers(without)).toEqual([]);
    for (const key of ["tasks", "taskLedger", "schedules"]) expect(without.manifest).not.toHaveProperty(key);
  });

  test("an apply waits for as long as its tasks may take, too", () => {
    const deadline = (stack: ReturnType<typeof nano>) => /"SLIPWAY_DEADLINE": "\$\{(\d+) \+ /.exec(stack.json)?.[1];
    expect(deadline(declared({ timeoutSeconds: 600 }))).toBe("1500");
    expect(deadline(nano())).toBe("900");
  });
});

test("a schedule is what the host is told, in systemd's words", () => {
  const stack = declared({}, { command: ["report"], secrets: { TOKEN: Secret.fromParameter("/token") } });
  expect(entries(stack, "schedules")).toEqual([
    {
      name: "report",
      calendar: "Mon..Fri *-*-* 04:30:00 UTC",
      image: `example.com/app@${DIGEST}`,
      env: {},
      secrets: { TOKEN: { from: "parameter", id: "/token" } },
      memoryMiB: 32,
      pidsLimit: 512,
      stopGraceSeconds: 10,
      command: ["report"],
      timeoutSeconds: 3600,
    },
  ]);
  expect(JSON.stringify(policyOf(stack))).toContain("parameter/token");
});

test("what neither may be is refused as of a service", () => {
  expect(() => declared({ memoryMiB: 300 })).toThrow("stack/host/migrate: memoryMiB: is 300, but");
  expect(() => declared({}, { memoryMiB: 300 })).toThrow("stack/host/report: memoryMiB: is 300, but");
  const other = { PASSWORD: { source: { kind: "parameter", id: "/x" } } };
  expect(() => declared({ secrets: other })).toThrow("stack/host/migrate: secrets[PASSWORD]: must be made by Secret.");
});
