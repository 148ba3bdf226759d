import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { packedScript } from "../../src/rollout/packed-script.ts";

const PROBES = resolve(__dirname, "../../src/rollout/probes");

test("one script that prints each probe to the byte, then does what the host's entry says", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-packed-"));
  const [driver, entry, script] = ["driver.sh", "entry.sh", "packed.sh"].map((name) => join(folder, name));
  writeFileSync(driver as string, "said() { echo driver; }\n");
  writeFileSync(entry as string, 'said; command -v rollout; "probe_$1"\n');
  writeFileSync(script as string, packedScript({ driver: driver as string, entry: entry as string }));
  const probes = readdirSync(PROBES).filter((file) => file.endsWith(".sh"));
  expect(probes).toEqual(expect.arrayContaining(["http.sh", "tcp.sh"]));
  for (const probe of probes) {
    const { stdout, stderr } = spawnSync("sh", [script as string, probe.slice(0, -3)], { encoding: "utf8" });
    expect({ stdout, stderr }).toEqual({
      stdout: `driver\nrollout\n${readFileSync(join(PROBES, probe), "utf8")}`,
      stderr: "",
    });
  }
});
