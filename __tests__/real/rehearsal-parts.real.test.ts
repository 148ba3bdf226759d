import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { decodeFirstSync, encodeOne } from "cbor";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import { cachedFolder } from "../../src/rehearsal/cached-folder.ts";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { ApiRefusal } from "../../src/rehearsal/doubles/api-call.ts";
import { CommandDocument } from "../../src/rehearsal/doubles/command-document.ts";
import { architectureOf } from "../../src/rehearsal/doubles/launched-type.ts";
import { MotoClient } from "../../src/rehearsal/doubles/moto-client.ts";
import { RPC_V2_CBOR } from "../../src/rehearsal/doubles/rpc-v2-cbor.ts";
import { XmlElement } from "../../src/rehearsal/doubles/xml-element.ts";
import { emulated } from "../../src/rehearsal/emulated.ts";
import { foreignRegistries } from "../../src/rehearsal/foreign-registries.ts";
import { machineSystemName } from "../../src/rehearsal/machine/machine-system.ts";
import { lockMachine } from "../../src/rehearsal/machine-lock.ts";
import { searchBytes, searchFiles } from "../../src/rehearsal/secret-search.ts";

test.each([
  ["a question is asked again", "DescribeInstances", 1, "<ok/>"],
  ["a change is not", "ModifyInstance", 1, undefined],
  ["a question is not asked for ever", "DescribeInstances", 3, undefined],
])("where moto answers 500, %s", async (_, action, failures, answer) => {
  let asked = 0;
  const moto = createServer((_request, response) => {
    asked += 1;
    response.statusCode = asked <= failures ? 500 : 200;
    response.end(asked <= failures ? "<!doctype html>" : "<ok/>");
  }).listen(0, "127.0.0.1");
  await once(moto, "listening");
  const asking = new MotoClient((moto.address() as AddressInfo).port, "eu-west-1").query("ec2", action, {});
  if (answer === undefined) await expect(asking).rejects.toThrow("no XML");
  else await expect(asking).resolves.toBeInstanceOf(XmlElement);
  expect(asked).toBe(answer === undefined ? failures : failures + 1);
  moto.close();
});

describe("registries that a rehearsal does not have", () => {
  const ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
  const stack = (...addresses: string[]) =>
    JSON.stringify({ provider: { docker: [{ registry_auth: addresses.map((address) => ({ address })) }] } });

  test.each([
    [stack(ecr, "http://localhost:5001", "127.0.0.1:5002"), []],
    [stack("registry-1.docker.io", "https://ghcr.io/", "registry-1.docker.io"), ["ghcr.io", "registry-1.docker.io"]],
    [JSON.stringify({ provider: { docker: [{}] } }), []],
    [JSON.stringify({}), []],
  ])("of %s are %j", (document, foreign) => {
    expect(foreignRegistries(new SynthesizedStack("stack", "/x", JSON.parse(document)), ecr)).toEqual(foreign);
  });
});

describe("a search for secrets", () => {
  const secret = "a+secret/that=is?long";

  test.each([
    ["plain", Buffer.from(`before ${secret} after`)],
    ["in base64", Buffer.from(`x${Buffer.from(secret).toString("base64")}x`)],
    ["in gzip", gzipSync(`before ${secret} after`)],
  ])("finds one that is %s", (_, bytes) => {
    expect(searchBytes("here", bytes, ["another", secret])).toEqual([{ where: "here", secret: 1 }]);
  });

  test("finds nothing where there is nothing", () => {
    expect(searchBytes("here", Buffer.from(secret.slice(1)), [secret])).toEqual([]);
  });

  test("looks into folders, but not into Terraform's own", () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-rehearsal-search-"));
    try {
      for (const inner of ["stacks", ".terraform"]) {
        mkdirSync(join(folder, inner));
        writeFileSync(join(folder, inner, "file"), secret);
      }
      expect(searchFiles([folder], [secret])).toEqual([{ where: join(folder, "stacks", "file"), secret: 0 }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a command document", () => {
  const parameters = { word: { type: "String", allowedPattern: "^[a-z]+$" }, more: { type: "String", default: "m" } };
  const step = {
    action: "aws:runShellScript",
    name: "s",
    inputs: { runCommand: ["say {{ word }}", "{{more}} {{ no }}"] },
  };
  const parse = (change: object = {}) =>
    CommandDocument.parse(JSON.stringify({ schemaVersion: "2.2", parameters, mainSteps: [step], ...change }));

  test("becomes lines with its values in them", () => {
    expect(parse().script({ word: ["hello"] })).toEqual({ text: "say hello\nm {{ no }}\n", timeoutSeconds: 3600 });
  });

  test.each([
    ["a missing value", {}, "word requires a value"],
    ["a value that its pattern refuses", { word: ["a;b"] }, "must match"],
    ["a parameter that it does not have", { word: ["a"], x: ["y"] }, "no parameter x"],
  ])("refuses %s", (_, given, message) => {
    expect(() => parse().script(given)).toThrow(message);
  });

  test.each([
    ["another schema", { schemaVersion: "0.3" }],
    ["two steps", { mainSteps: [step, step] }],
    ["another kind of step", { mainSteps: [{ ...step, action: "aws:runPowerShellScript" }] }],
  ])("is not played with %s", (_, change) => {
    expect(() => parse(change)).toThrow("schema 2.2 with one aws:runShellScript step");
  });
});

test.each([
  ["t4g.nano", "arm64"],
  ["c7gn.large", "arm64"],
  ["t3.nano", "x86_64"],
  ["t3a.nano", "x86_64"],
  ["g4dn.xlarge", "x86_64"],
])("%s is %s", (type, architecture) => {
  expect(architectureOf(type)).toBe(architecture);
});

describe("a call in CBOR, as hashicorp/aws 6 asks CloudWatch", () => {
  const url = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";

  test("becomes one in JSON, of the operation that its path names", () => {
    expect(RPC_V2_CBOR.isSpoken({ "smithy-protocol": "rpc-v2-cbor" })).toBe(true);
    expect(RPC_V2_CBOR.isSpoken({ "x-amz-target": "AmazonSSM.GetParameter" })).toBe(false);
    const read = RPC_V2_CBOR.read(url, encodeOne({ AlarmNames: ["down"] }));
    expect(read).toEqual({ protocol: "cbor", action: "DescribeAlarms", input: { AlarmNames: ["down"] } });
    const { headers, body } = RPC_V2_CBOR.asJson(url, read.input);
    expect(headers["x-amz-target"]).toBe("GraniteServiceVersion20100801.DescribeAlarms");
    expect(body.toString()).toBe('{"AlarmNames":["down"]}');
  });

  test("is answered in CBOR, a time as one, and so is a refusal", () => {
    const answered = { Period: 60, StateUpdatedTimestamp: 1795917679.5 };
    const { headers, body } = RPC_V2_CBOR.answer({
      status: 200,
      headers: {},
      body: Buffer.from(JSON.stringify(answered)),
    });
    expect(headers).toMatchObject({ "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" });
    expect(decodeFirstSync(body)).toEqual({ Period: 60, StateUpdatedTimestamp: new Date(1795917679500) });
    const refusal = new ApiRefusal("ResourceNotFound", "no alarm").answer({ protocol: "cbor", service: "monitoring" });
    expect(refusal.status).toBe(400);
    expect(decodeFirstSync(refusal.body)).toEqual({ __type: "ResourceNotFound", message: "no alarm" });
  });
});

describe("what a machine boots", () => {
  test.each(["debian-12", "debian-13"] as const)("%s is named among what stands in", (name) => {
    expect(machineSystemName(name)).toBe(name);
    expect(
      emulated(name).filter((line) => line.startsWith(`${name.replace("d", "D").replace("-", " ")} stands in`)),
    ).toHaveLength(1);
  });

  test("nothing else is known", () => {
    expect(() => machineSystemName("debian-11")).toThrow('a machine must be debian-12 or debian-13, got "debian-11"');
  });
});

test("one rehearsal runs at a time", async () => {
  const name = `slipway-rehearsal-test-${process.pid}`;
  const said: string[] = [];
  const order: string[] = [];
  const first = await lockMachine((line) => said.push(line), name);
  const second = lockMachine((line) => said.push(line), name).then((release) => {
    order.push("second");
    release();
  });
  await sleep(1_200);
  order.push("first ends");
  first();
  await second;
  expect(order).toEqual(["first ends", "second"]);
  expect(said).toEqual(["another rehearsal runs on this machine: waiting for its end"]);
});

describe("what takes long to make", () => {
  const cache = mkdtempSync(join(tmpdir(), "slipway-rehearsal-made-"));
  const folder = join(cache, "deep", "environment");
  let made = 0;
  const make = async () => {
    made += 1;
    if (existsSync(folder)) throw new Error("another one is at work, or has left its half");
    mkdirSync(folder);
    await sleep(700);
    writeFileSync(join(folder, "program"), "");
  };
  afterAll(() => rmSync(cache, { recursive: true }));

  test("is made anew where it was left half-made", async () => {
    mkdirSync(join(folder, "half"), { recursive: true });
    await expect(
      cachedFolder(
        folder,
        () => {},
        () => Promise.reject(new Error("no network")),
      ),
    ).rejects.toThrow("no network");
    expect(existsSync(join(folder, "complete"))).toBe(false);
  });

  test("is made once, however many want it at the same time, and they wait for it", async () => {
    const said: string[] = [];
    const wants = async () => {
      await cachedFolder(folder, (line) => said.push(line), make);
      return readdirSync(folder).sort();
    };
    expect(await Promise.all([wants(), wants(), wants()])).toEqual(Array(3).fill(["complete", "program"]));
    expect(await wants()).toEqual(["complete", "program"]);
    expect(made).toBe(1);
    expect(said).toEqual(Array(2).fill(`another process makes ${folder}: waiting for it`));
  });
});

test("a cleanup goes backwards, to its end, and says what failed", async () => {
  const done: string[] = [];
  const cleanup = new Cleanup();
  cleanup.add("first", () => done.push("first"));
  cleanup.add("second", () => {
    throw new Error("busy");
  });
  cleanup.add("third", async () => done.push("third"));
  expect(await cleanup.run()).toEqual(["second: busy"]);
  expect(done).toEqual(["third", "first"]);
  expect(await cleanup.run()).toEqual([]);
});
