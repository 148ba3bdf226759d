import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder that stands for the root of a machine. */
export class FakeRoot {
  readonly root: string;

  /** @param name what the folder is called by */
  constructor(name: string) {
    this.root = mkdtempSync(join(tmpdir(), `slipway-test-${name}-`));
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  exists(path: string): boolean {
    return existsSync(join(this.root, path));
  }
}
