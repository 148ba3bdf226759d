import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { agentArtifact } from "../../../src/aws/nano/agent-artifact.ts";
import { hostAgentFiles } from "../../../src/aws/nano/agent-files.ts";
import { ustar } from "../../../src/host-agent/ustar.ts";

test("is the agent's files as an archive, known by the archive's hash and not by how it is packed", () => {
  const { sha256, bytes } = agentArtifact();
  const archive = gunzipSync(bytes);
  expect(archive.equals(ustar(hostAgentFiles()))).toBe(true);
  expect(sha256).toBe(createHash("sha256").update(archive).digest("hex"));
});

test("is made once, and found by its content after that", () => {
  const { sha256, bytes } = agentArtifact();
  const file = resolve(__dirname, `../../../.slipway/agent-${sha256}.tar.gz`);
  expect(existsSync(file)).toBe(true);
  jest.isolateModules(() => {
    const zlib = jest.requireActual<typeof import("node:zlib")>("node:zlib");
    jest.doMock("node:zlib", () => ({ ...zlib, gzipSync: jest.fn(() => Buffer.from("packed anew")) }));
    const again: typeof import("../../../src/aws/nano/agent-artifact.ts") = require("../../../src/aws/nano/agent-artifact.ts");
    expect(again.agentArtifact().bytes.equals(bytes)).toBe(true);
  });
});

test("is unpacked by a host's own programs into a program that runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-artifact-"));
  try {
    execFileSync("tar", ["-xzf", "-", "-C", folder], { input: agentArtifact().bytes });
    const program = join(folder, "sbin/slipway");
    expect(() =>
      execFileSync(program, ["status"], { env: { ...process.env, SLIPWAY_ROOT: folder }, stdio: "pipe" }),
    ).toThrow(/etc\/slipway\/host\.conf is missing/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
