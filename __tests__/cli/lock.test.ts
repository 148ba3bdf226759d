import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outputTail, run } from "../../src/cli/command.mjs";
import { request } from "../../src/cli/http-request.mjs";
import { difference, formatLockfile, lock, resolveAll } from "../../src/cli/lock.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { keyPair, RegistryOfSignatures } from "../docker/registry-of-signatures.ts";
import { digestOf } from "../docker/signature-artifact.ts";
import { DIGEST, RegistryDouble } from "./registry-double.ts";

it("writes sorted text", () => {
  expect(formatLockfile({ "b/b:1": "sha256:2", "a/a:1": "sha256:1" })).toBe(
    '{\n  "version": 1,\n  "images": {\n    "a/a:1": "sha256:1",\n    "b/b:1": "sha256:2"\n  }\n}\n',
  );
});

it("tells what moved", () => {
  expect(difference({ gone: "1", same: "2", moved: "3" }, { moved: "4", same: "2", added: "5" })).toEqual([
    "+ added 5",
    "- gone: no stack asks for it",
    "~ moved 3 -> 4",
  ]);
});

it("gathers every failure", async () => {
  const digestOf = async (reference: string) => {
    if (reference === "b") return "sha256:b";
    throw new Error(`${reference}: no`);
  };
  expect(await resolveAll(["a", "b", "c"], { digestOf })).toEqual({
    pins: { b: "sha256:b" },
    failures: ["a: no", "c: no"],
  });
});

describe("in a project", () => {
  let registry: RegistryDouble;
  let root: string;
  let said: string[];

  const before = process.env.SLIPWAY_LOCKFILE;

  beforeEach(async () => {
    delete process.env.SLIPWAY_LOCKFILE;
    registry = await RegistryDouble.start();
    root = mkdtempSync(join(tmpdir(), "slipway-lock-test-"));
    said = [];
  });

  afterEach(() => {
    if (before !== undefined) process.env.SLIPWAY_LOCKFILE = before;
    registry.stop();
  });

  function tools(...references: string[]): Tools {
    const script = `for (const r of ${JSON.stringify(references)}) require("fs").appendFileSync(process.env.SLIPWAY_LOCK_COLLECT, r + "\\n")`;
    writeFileSync(join(root, "app.js"), script);
    const say = (text: string) => void said.push(text);
    const terminal = { line: say, note: say, fail: say, step: (_: string, work: () => unknown) => work() };
    const project = { root, app: `"${process.execPath}" app.js`, output: "cdktf.out" };
    return { terminal, project, command: { run, outputTail }, request } as never;
  }

  const path = () => join(root, "slipway.lock.json");

  it("asks for what the stacks name, each once, and writes it down", async () => {
    const reference = `${registry.host}/team/app:1`;
    expect(await lock({} as never, tools(reference, reference))).toBe(0);
    expect(JSON.parse(readFileSync(path(), "utf8"))).toEqual({ version: 1, images: { [reference]: DIGEST } });
    expect(said).toEqual([`+ ${reference} ${DIGEST}`, `wrote ${path()}: 1 images`]);
    expect(registry.asked).toHaveLength(1);
  });

  describe("with a key", () => {
    const pair = keyPair();
    let signed: RegistryOfSignatures;
    beforeEach(async () => {
      signed = await new RegistryOfSignatures().start();
      for (const name of ["ours", "theirs"]) signed.manifests.set(`${name}/app/1`, `{"name":"${name}"}`);
      const repository = `${signed.host}/ours/app`;
      signed.put("ours/app", digestOf('{"name":"ours"}'), {
        ...{ by: pair.privateKey, repository, digest: digestOf('{"name":"ours"}') },
      });
      writeFileSync(join(root, "signing.pub"), pair.publicKey);
    });
    afterEach(() => signed.stop());
    const both = () => ["ours", "theirs"].map((name) => `${signed.host}/${name}/app:1`) as [string, string];
    const verify = () => [join(root, "signing.pub")];

    it("writes which of them are signed by it, and says which are not", async () => {
      const [ours, theirs] = both();
      expect(await lock({ verify: verify() } as never, tools(ours, theirs))).toBe(0);
      const { images, verified } = JSON.parse(readFileSync(path(), "utf8"));
      expect(Object.keys(images)).toEqual([ours, theirs]);
      expect(verified).toEqual({ [ours]: digestOf(pair.publicKey) });
      expect(said).toContain(`verified: ${ours}`);
      expect(said.find((line) => line.startsWith("not verified: "))).toMatch(/theirs\/app@sha256:\S+ is not signed/);
    });

    it("keeps that as long as a tag stands for the same digest", async () => {
      const [ours] = both();
      await lock({ verify: verify() } as never, tools(ours));
      await lock({} as never, tools(ours));
      expect(JSON.parse(readFileSync(path(), "utf8")).verified).toEqual({ [ours]: digestOf(pair.publicKey) });
      signed.manifests.set("ours/app/1", '{"name":"another"}');
      await lock({} as never, tools(ours));
      expect(JSON.parse(readFileSync(path(), "utf8"))).not.toHaveProperty("verified");
    });

    it("writes nothing for what is no public key of that kind", async () => {
      writeFileSync(join(root, "signing.pub"), pair.privateKey);
      await expect(lock({ verify: verify() } as never, tools(both()[0]))).rejects.toThrow("must not be a private key");
      expect(existsSync(path())).toBe(false);
    });
  });

  describe("with machine images", () => {
    const [arm, intel] = ["arm64", "amd64"].map((it) => `/aws/service/canonical/ubuntu/20250610/${it}/ami-id`) as [
      string,
      string,
    ];
    const ask = (region: string, parameter: string) => `machine-image ${region} ${parameter}`;
    const asked: string[] = [];
    /** The tools with an AWS CLI that answers so. */
    const withAws = (answer: { code: number; stdout?: string; stderr?: string }, ...lines: string[]): Tools => {
      const those = tools(...lines);
      asked.length = 0;
      const answering = async (program: string, words: string[], options: object) => {
        if (program !== "aws") return await run(program, words, options);
        asked.push(words.join(" "));
        return { stdout: "", stderr: "", timedOut: false, ...answer };
      };
      return { ...those, command: { run: answering, outputTail } } as never;
    };

    it("asks AWS for their ids by region, and writes them beside the digests", async () => {
      const known = withAws(
        { code: 0, stdout: "ami-0123456789abcdef0\n" },
        ask("eu-west-1", intel),
        ask("eu-west-1", arm),
      );
      expect(await lock({} as never, known)).toBe(0);
      expect(asked).toEqual(
        [intel, arm]
          .sort()
          .map((name) => `ssm get-parameter --region eu-west-1 --name ${name} --query Parameter.Value --output text`),
      );
      expect(readFileSync(path(), "utf8")).toBe(
        `${JSON.stringify({ version: 1, images: {}, machineImages: { "eu-west-1": { [intel]: "ami-0123456789abcdef0", [arm]: "ami-0123456789abcdef0" } } }, null, 2)}\n`,
      );
      expect(said.at(-1)).toBe(`wrote ${path()}: 0 images, 2 machine images`);
    });

    it("asks for none that it knows, which never change, and drops what no stack asks for", async () => {
      const machineImages = { "eu-west-1": { [arm]: "ami-0aaaaaaaaaaaaaaaa", [intel]: "ami-0bbbbbbbbbbbbbbbb" } };
      writeFileSync(path(), JSON.stringify({ version: 1, images: {}, machineImages }));
      expect(await lock({} as never, withAws({ code: 255 }, ask("eu-west-1", arm)))).toBe(0);
      expect(asked).toEqual([]);
      expect(JSON.parse(readFileSync(path(), "utf8")).machineImages).toEqual({
        "eu-west-1": { [arm]: "ami-0aaaaaaaaaaaaaaaa" },
      });
      expect(said).toEqual([
        `- ${intel} eu-west-1: no stack asks for it`,
        `wrote ${path()}: 0 images, 1 machine images`,
      ]);
    });

    it.each([
      ["without credentials", { code: 253, stderr: "Unable to locate credentials" }, "Unable to locate credentials"],
      ["without the CLI", { code: 127, stderr: "spawn aws ENOENT" }, "spawn aws ENOENT"],
      ["where AWS says something else", { code: 0, stdout: "None\n" }, "None"],
    ])("%s the digests are written all the same, and the rest is said", async (_, answer, why) => {
      const reference = `${registry.host}/team/app:1`;
      expect(await lock({} as never, withAws(answer, reference, ask("eu-west-1", arm)))).toBe(0);
      expect(JSON.parse(readFileSync(path(), "utf8"))).toEqual({ version: 1, images: { [reference]: DIGEST } });
      expect(said).toContain(`${arm} of eu-west-1 is not pinned, Terraform asks for it: ${why}`);
    });
  });

  it("writes where the variable says", async () => {
    process.env.SLIPWAY_LOCKFILE = join(root, "elsewhere.json");
    const status = await lock({} as never, tools(`${registry.host}/team/app:1`));
    delete process.env.SLIPWAY_LOCKFILE;
    expect(status).toBe(0);
    expect([existsSync(path()), existsSync(join(root, "elsewhere.json"))]).toEqual([false, true]);
  });

  it("says of a file that is not there that it is not written", async () => {
    expect(await lock({} as never, tools(`${registry.host}/team/app:8`, `${registry.host}/team/app:9`))).toBe(1);
    expect(said).toEqual([
      `${registry.host}/team/app:8: ${registry.host} has no such image or tag`,
      `${registry.host}/team/app:9: ${registry.host} has no such image or tag`,
      `${path()} is not written: every tag must have its digest`,
    ]);
    expect(existsSync(path())).toBe(false);
  });

  it("changes nothing when one of them cannot be had", async () => {
    writeFileSync(path(), "as it was");
    expect(await lock({} as never, tools(`${registry.host}/team/app:1`, `${registry.host}/team/app:9`))).toBe(1);
    expect(readFileSync(path(), "utf8")).toBe("as it was");
    expect(said).toEqual([
      `${registry.host}/team/app:9: ${registry.host} has no such image or tag`,
      `${path()} stays as it is`,
    ]);
  });
});
