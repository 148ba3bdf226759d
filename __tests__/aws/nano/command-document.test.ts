import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { agentArtifact } from "../../../src/aws/nano/agent-artifact.ts";
import { commandDocument, DOCUMENT_LIMIT } from "../../../src/aws/nano/command-document.ts";

interface Parameter {
  readonly default: string;
  readonly allowedPattern: string;
  readonly allowedValues?: readonly string[];
}

const agent = (bytes: Buffer) => ({ sha256: "5".repeat(64), bytes });

test("lets a deployer say a verb, plain words and three numbers, and run nothing else", () => {
  expect(commandDocument(agent(Buffer.from("agent"))).text).toMatchInlineSnapshot(
    `"{"schemaVersion":"2.2","description":"Slipway: converge this host to a release, say what it serves, go back to an earlier one","parameters":{"verb":{"type":"String","description":"What to do","allowedValues":["converge","status","releases","logs","rollback","maintenance"],"default":"converge"},"version":{"type":"String","description":"Version of the host's release parameter","allowedPattern":"^[0-9]{1,9}$","default":"0"},"release":{"type":"String","description":"SHA-256 of the release's manifest","allowedPattern":"^[0-9a-f]{64}$","default":"0000000000000000000000000000000000000000000000000000000000000000"},"words":{"type":"String","description":"What the verb is about","allowedPattern":"^[a-z0-9._ -]{0,256}$","default":""},"seconds":{"type":"String","description":"Seconds that it may take on the host","allowedPattern":"^[0-9]{1,6}$","default":"10800"}},"mainSteps":[{"action":"aws:runShellScript","name":"slipway","precondition":{"StringEquals":["platformType","Linux"]},"inputs":{"timeoutSeconds":"{{ seconds }}","runCommand":["if [ ! -x /usr/local/sbin/slipway-agent ]; then","[ ! -e /usr/local/lib/slipway/bootstrap ] || { echo 'slipway: this host was made by a Slipway whose agent could not be replaced: replace the instance once, by userDataReplaceOnChange: true or terraform apply -replace'; exit 1; }","echo 'slipway: cloud-init has not written the files of this host yet'; exit 75","fi","exec /usr/local/sbin/slipway-agent told 5555555555555555555555555555555555555555555555555555555555555555 {{ verb }} {{ version }} {{ release }} {{ words }} <<'end'","YWdlbnQ=","end"]}}]}"`,
  );
  const { parameters, mainSteps } = JSON.parse(commandDocument().text);
  for (const { default: value, allowedPattern, allowedValues } of Object.values<Parameter>(parameters)) {
    expect(allowedValues?.includes(value) ?? new RegExp(allowedPattern).test(value)).toBe(true);
  }
  for (const bad of ["1; reboot", "$(reboot)", "", "1\n2", "latest"]) {
    for (const { allowedPattern } of [parameters.version, parameters.release, parameters.seconds]) {
      expect(new RegExp(allowedPattern).test(bad)).toBe(false);
    }
  }
  for (const bad of ["web; reboot", "$(reboot)", "a\nb", "`a`", "a|b", "*", "a&", "'", '"', ">a", "x".repeat(257)]) {
    expect(new RegExp(parameters.words.allowedPattern).test(bad)).toBe(false);
  }
  expect(new RegExp(parameters.words.allowedPattern).test("_.shop.test on --json")).toBe(true);
  expect(mainSteps).toHaveLength(1);
});

test("carries the agent in lines between two that are known, and has nothing in them that Systems Manager would fill in", () => {
  const { bytes } = agentArtifact();
  const lines: string[] = JSON.parse(commandDocument().text).mainSteps[0].inputs.runCommand;
  const begins = lines.findIndex((line) => line.endsWith("<<'end'"));
  const payload = lines.slice(begins + 1, lines.indexOf("end"));
  expect(Buffer.from(payload.join(""), "base64").equals(bytes)).toBe(true);
  expect(payload.filter((line) => !/^[A-Za-z0-9+/=]{1,960}$/.test(line))).toEqual([]);
  expect(lines.filter((line) => line.includes("{{"))).toEqual([lines[begins]]);
});

test("is one document on every machine: its hash is of the agent and of what stands around it, not of how gzip packs it", () => {
  const archive = Buffer.from("the archive ".repeat(100));
  const [best, fast] = [9, 1].map((level) => commandDocument(agent(gzipSync(archive, { level }))));
  expect(best?.text).not.toBe(fast?.text);
  expect(best?.sha256).toBe(fast?.sha256);
  const other = commandDocument({
    sha256: "6".repeat(64),
    bytes: gzipSync(archive),
  });
  expect(other.sha256).not.toBe(best?.sha256);
});

test("leaves the agent room to grow by a sixth of what AWS takes", () => {
  expect(commandDocument().text.length).toBeLessThan((DOCUMENT_LIMIT * 5) / 6);
});

test("is refused when it does not fit, with both sizes", () => {
  expect(() => commandDocument(agent(randomBytes(48_000)))).toThrow(
    /^the document with the host's agent must be at most 65536 bytes with what it is given, got 6\d{4}: /,
  );
});
