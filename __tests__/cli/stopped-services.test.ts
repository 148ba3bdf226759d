import { stoppedServices } from "../../src/cli/stopped-services.ts";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import { RecordedCommand } from "./recorded-command.ts";

const container = (path: string, lifecycle?: object) => ({
  "//": { metadata: { path: `${path}/Resource` } },
  lifecycle,
});
const document = (containers: object) => ({ resource: { docker_container: containers } }) as never;
const stack = new SynthesizedStack(
  "cats",
  "/out/stacks/cats",
  document({
    web: container("cats/host/web/Container", { create_before_destroy: true, ignore_changes: ["name"] }),
    api: container("cats/host/api/Container", { create_before_destroy: true }),
    nginx: container("cats/host/Nginx"),
  }),
);

const ask = (...lines: string[]) => new RecordedCommand({ "docker ps": lines.join("\n") });
const addresses = async (...lines: string[]) =>
  (await stoppedServices(stack, ask(...lines))).map(({ address }) => address);

test.each<[string, string[], string[]]>([
  ["all run", ["cats/host/web/Container\trunning", "cats/host/api/Container\trunning"], []],
  [
    "one was stopped",
    ["cats/host/web/Container\texited", "cats/host/api/Container\trunning"],
    ["docker_container.web"],
  ],
  ["one was paused", ["cats/host/web/Container\tpaused", "cats/host/api/Container\trunning"], ["docker_container.web"]],
  ["one never started", ["cats/host/api/Container\tcreated"], ["docker_container.api"]],
  ["one ends again and again, which a release tells better", ["cats/host/web/Container\trestarting"], []],
  [
    "a predecessor is left beside one that runs",
    ["cats/host/web/Container\texited", "cats/host/web/Container\trunning"],
    [],
  ],
  ["there is none, which the plan sees itself", [], []],
  ["only Nginx was stopped, which has one name and cannot be there twice", ["cats/host/Nginx\texited"], []],
])("%s", async (_, lines, expected) => expect(await addresses(...lines)).toEqual(expected));

test("the engine is asked for the stack's own, and not at all where there is no service", async () => {
  const command = ask();
  await stoppedServices(stack, command);
  expect(command.asked).toEqual([
    'docker ps --all --filter label=dev.slipway.stack=cats --format {{.Label "dev.slipway.construct"}}\t{{.State}}',
  ]);
  const none = ask();
  await stoppedServices(new SynthesizedStack("cats", "/out", document({ nginx: container("cats/host/Nginx") })), none);
  expect(none.asked).toEqual([]);
});
