import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost } from "../../src/aws/index.ts";
import { PulledImage } from "../../src/docker/pulled-image.ts";
import type { RunScheduleOptions, RunTaskOptions } from "../../src/hosts/host.ts";
import { LocalHost } from "../../src/hosts/local/local-host.ts";
import { Platform } from "../../src/values/platform.ts";
import { synthesize } from "../synthesize.ts";
import { ComposeHost } from "./compose-host.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const image = (stack: TerraformStack, id = "app", platform = Platform.LINUX_ARM64) =>
  new PulledImage(stack, id, { image: `example.com/app@${DIGEST}`, platform });
/** What a program that runs without a type check may hand over. */
const untyped = (value: unknown) => value as never;

const declared = (declare: (host: NanoHost, stack: TerraformStack) => unknown) => () =>
  synthesize((stack) => {
    new AwsAccount(stack, "aws", { account: "111122223333", region: "eu-west-1" });
    declare(new NanoHost(stack, "host"), stack);
  });
const task = (options: Partial<RunTaskOptions>) =>
  declared((host, stack) => host.task("migrate", { image: image(stack), ...options }));
const schedule = (options: Partial<RunScheduleOptions>) =>
  declared((host, stack) => host.schedule("report", { image: image(stack), cron: "@daily", ...options }));

test.each<[string, () => unknown, string]>([
  ["a task of nothing", task({ image: untyped("app") }), "stack/host/migrate: image: image must be an image"],
  [
    "an unknown option",
    task(untyped({ after: [] })),
    'stack/host/migrate: options: task option must be known, got "after"',
  ],
  ["a port", task(untyped({ port: 80 })), 'task option must be known, got "port"'],
  [
    "an endless task",
    task({ timeoutSeconds: 3601 }),
    "stack/host/migrate: timeoutSeconds: task timeout must be a whole number of seconds from 1 to 3600, got 3601",
  ],
  ["a task without time", task({ timeoutSeconds: 0 }), "task timeout must be"],
  [
    "a word for the services",
    task({ before: untyped("web") }),
    'stack/host/migrate: before: before must be a list of services, got "web": write e.g. [web]',
  ],
  [
    "a service by its name",
    task({ before: [untyped("web")] }),
    'stack/host/migrate: before[0]: before must be a service, got "web": give what host.run returned',
  ],
  ["a variable of two lines", task({ env: { A: "1\n2" } }), "stack/host/migrate: env: variable A must be one line"],
  [
    "a service of another host",
    declared((host, stack) => {
      const other = new NanoHost(stack, "other").run("web", { image: image(stack), port: 80 });
      host.task("migrate", { image: image(stack, "migration"), before: [other] });
    }),
    "stack/host/migrate: before[0]: stack/other/web is a service of stack/other, and a task runs before those of its own host stack/host: declare it there",
  ],
  [
    "a name that a service has",
    declared((host, stack) => {
      host.run("web", { image: image(stack), port: 80 });
      host.task("web", { image: image(stack, "other") });
    }),
    "stack/host: task: has a service web already: give each its own name",
  ],
  [
    "a name that a task has",
    declared((host, stack) => {
      host.task("web", { image: image(stack) });
      host.run("web", { image: image(stack, "other"), port: 80 });
    }),
    "stack/host: run: has a task web already: give each its own name",
  ],
  [
    "a task without a name",
    declared((host, stack) => host.task("My_Task", { image: image(stack) })),
    "task name must be at most 40",
  ],
  [
    "a cron that never comes",
    schedule({ cron: "0 0 31 2 *" }),
    "stack/host/report: cron: cron expression must come some day",
  ],
  ["no cron", schedule({ cron: untyped(undefined) }), "stack/host/report: cron: cron expression must be text"],
  [
    "a schedule of days",
    schedule({ timeoutSeconds: 86_401 }),
    "schedule timeout must be a whole number of seconds from 1 to 86400",
  ],
  [
    "an unknown option of a schedule",
    schedule(untyped({ timezone: "x" })),
    'schedule option must be known, got "timezone"',
  ],
])("refuses %s", (_, declare, message) => expect(declare).toThrow(message));

test("a kind of host that runs neither says so, with the way out", () => {
  const on = (declare: (host: ComposeHost, stack: TerraformStack) => unknown) => () =>
    synthesize((stack) => void declare(new ComposeHost(stack, "host"), stack));
  const app = (stack: TerraformStack) => image(stack, "app", Platform.LINUX_AMD64);
  expect(on((host, stack) => host.task("migrate", { image: app(stack) }))).toThrow(
    "stack/host: task: runs no tasks: run migrate on a host that does, or before the apply",
  );
  expect(() =>
    synthesize((stack) => void new LocalHost(stack, "host").schedule("report", { image: app(stack), cron: "@daily" })),
  ).toThrow(
    "stack/host: schedule: runs nothing at set times: declare report on a NanoHost, or let the machine's own cron start it",
  );
});

test("tasks stand in a release as they are declared, schedules by their names", () => {
  declared((host, stack) => {
    const app = image(stack);
    const [web, api] = ["web", "api"].map((name) => host.run(name, { image: app, port: 80 }));
    host.task("z", { image: app });
    host.task("a", { image: app, before: [web as never, api as never, web as never] });
    for (const name of ["late", "early"]) host.schedule(name, { image: app, cron: "@hourly" });
    expect(host.release.tasks?.map(({ name, before }) => [name, before])).toEqual([
      ["z", []],
      ["a", ["api", "web"]],
    ]);
    expect(host.release.schedules?.map(({ name, cron }) => `${name} ${cron}`)).toEqual([
      "early 0 * * * *",
      "late 0 * * * *",
    ]);
  })();
});
