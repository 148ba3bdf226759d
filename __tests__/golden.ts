import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Texts that are kept as files, so that whoever reviews this repository reads them as they are: -u writes them anew. */
export function expectGolden(file: string, text: string): void {
  if (expect.getState().snapshotState._updateSnapshot === "all") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, "utf8"));
}
