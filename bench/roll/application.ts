import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestImages } from "../../__tests__/aws/nano/agent/test-images.ts";
import { run } from "../../src/cli/command.mjs";
import { goBuild } from "../../src/rehearsal/engine/go-program.mjs";

const SOURCE = join(__dirname, "application");

/** The application that is rolled, in a registry of its own; `remove` takes both away. */
export async function rolledImages(): Promise<{ images: TestImages; remove: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
  const server = join(folder, "server");
  await goBuild(run, "the application of bench/roll", SOURCE, "0", ["-ldflags", "-s -w", "-o", server, "."]);
  const dockerfile = readFileSync(join(SOURCE, "Dockerfile"), "utf8");
  const images = new TestImages({ dockerfile, files: { server } });
  await images.start();
  const remove = async () => {
    await images.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { images, remove };
}
