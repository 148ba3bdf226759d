import { docker, type TestImages } from "../../__tests__/aws/nano/agent/test-images.ts";
import { pause } from "../../__tests__/nginx/running-nginx.ts";
import { request } from "../../__tests__/real/request-stream.ts";
import { run } from "../../src/cli/command.mjs";
import { freePort } from "../../src/rehearsal/free-port.ts";
import type { RollingHost } from "./rolling-host.ts";

const TIMES = 5;

/**
 * How long the first body of a new version takes where its image is there: by `docker run` alone, and by a roll, from
 * when the host is told to the body at its name. Taken in pairs; nobody else visits meanwhile.
 */
export async function startsBeside(host: RollingHost, images: TestImages): Promise<string> {
  const pairs: { readonly plain: number; readonly rolled: number; readonly whole: number }[] = [];
  for (let times = 0; times < TIMES; times += 1) {
    const version = times % 2 === 0 ? "1" : "2";
    const plain = await byDockerRun(images.reference(version), version);
    const began = Date.now();
    const roll = host.roll(version);
    const rolled = await until(host.places.port, host.places.plain, version, began);
    await roll;
    pairs.push({ plain, rolled, whole: (Date.now() - began) / 1000 });
  }
  const of = (key: "plain" | "rolled" | "whole") => median(pairs.map((pair) => pair[key]));
  const ratio = median(pairs.map(({ plain, rolled }) => rolled / plain));
  return `| an image that is there | seconds |
|---|---|
| \`docker run\` to its first body | ${of("plain").toFixed(2)} |
| a roll, told to its first body | ${of("rolled").toFixed(2)} (${ratio.toFixed(1)} times) |
| a roll, told to its end, the drain included | ${of("whole").toFixed(2)} |`;
}

async function byDockerRun(image: string, version: string): Promise<number> {
  const port = await freePort();
  const began = Date.now();
  const { stdout, stderr, code } = await run("docker", [
    "run",
    "--detach",
    "--publish",
    `127.0.0.1:${port}:8080`,
    image,
  ]);
  if (code !== 0) throw new Error(stderr);
  try {
    return await until(port, "localhost", version, began);
  } finally {
    docker("rm", "--force", stdout.trim());
  }
}

async function until(port: number, name: string, version: string, began: number): Promise<number> {
  for (const end = began + 60_000; Date.now() < end; await pause(10)) {
    const { body } = await request(port, name).catch(() => ({ body: "" }));
    if (body.startsWith(`version ${version}\n`)) return (Date.now() - began) / 1000;
  }
  throw new Error(`version ${version} does not answer at ${name}:${port} within a minute`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
