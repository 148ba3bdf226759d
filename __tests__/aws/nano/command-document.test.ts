import { commandDocument } from "../../../src/aws/nano/command-document.ts";

interface Parameter {
  readonly default: string;
  readonly allowedPattern: string;
  readonly allowedValues?: readonly string[];
}

test("lets a deployer say two words and two numbers, and run nothing else", () => {
  expect(commandDocument()).toMatchInlineSnapshot(
    `"{"schemaVersion":"2.2","description":"Slipway: converge this host to a release, or say what it serves","parameters":{"verb":{"type":"String","description":"What to do","allowedValues":["converge","status"],"default":"converge"},"version":{"type":"String","description":"Version of the host's release parameter","allowedPattern":"^[0-9]{1,9}$","default":"0"},"release":{"type":"String","description":"SHA-256 of the release's manifest","allowedPattern":"^[0-9a-f]{64}$","default":"0000000000000000000000000000000000000000000000000000000000000000"}},"mainSteps":[{"action":"aws:runShellScript","name":"slipway","precondition":{"StringEquals":["platformType","Linux"]},"inputs":{"timeoutSeconds":"10800","runCommand":["/usr/local/sbin/slipway {{ verb }} {{ version }} {{ release }}"]}}]}"`,
  );
  const { parameters, mainSteps } = JSON.parse(commandDocument());
  for (const { default: value, allowedPattern, allowedValues } of Object.values<Parameter>(parameters)) {
    expect(allowedValues?.includes(value) ?? new RegExp(allowedPattern).test(value)).toBe(true);
  }
  for (const bad of ["1; reboot", "$(reboot)", "", "1\n2", "latest"]) {
    for (const { allowedPattern } of [parameters.version, parameters.release]) {
      expect(new RegExp(allowedPattern).test(bad)).toBe(false);
    }
  }
  expect(mainSteps).toHaveLength(1);
});
