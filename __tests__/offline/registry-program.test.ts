import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registryProgram } from "../../src/offline/images/registry-program.mjs";

const { PATH } = process.env;
afterEach(() => {
  process.env.PATH = PATH;
});

/** A Debian whose lists of packages are there, or come by an update. */
function debian(hasLists: boolean) {
  const calls: string[] = [];
  let known = hasLists;
  const run = async (command: string, args: string[], options: { cwd?: string } = {}) => {
    calls.push(`${command} ${args[0]}`);
    if (args[0] === "update") known = true;
    if (args[0] === "download") {
      if (!known) throw new Error("Unable to locate package docker-registry");
      writeFileSync(join(options.cwd as string, "docker-registry_2.8_amd64.deb"), "");
    }
    if (command === "dpkg-deb") {
      mkdirSync(join(args[2] as string, "usr/bin"), { recursive: true });
      writeFileSync(join(args[2] as string, "usr/bin/docker-registry"), "");
    }
    return "";
  };
  return { calls, run };
}

test.each([
  ["at once", true, ["apt-get download", "dpkg-deb --extract"]],
  [
    "after the lists were asked for",
    false,
    ["apt-get download", "apt-get update", "apt-get download", "dpkg-deb --extract"],
  ],
])("the registry is taken out of its package, so that no service starts: %s", async (_, hasLists, expected) => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-registry-"));
  process.env.PATH = mkdtempSync(join(tmpdir(), "slipway-path-"));
  const { calls, run } = debian(hasLists);
  const program = await registryProgram(folder, run as never);
  expect({ calls, isThere: existsSync(program) }).toEqual({ calls: expected, isThere: true });
  expect(await registryProgram(folder, run as never)).toBe(program);
  expect(calls).toEqual(expected);
});

test("an installed one is taken as it is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-registry-"));
  writeFileSync(join(folder, "docker-registry"), "");
  process.env.PATH = folder;
  expect(await registryProgram(folder, undefined as never)).toBe(join(folder, "docker-registry"));
});
