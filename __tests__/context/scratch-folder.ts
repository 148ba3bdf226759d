import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** What a path of a tree is to be: text, bytes, a link, an empty folder, or text that may be executed. */
export type Planted = string | Buffer | { link: string } | { folder: true } | { executable: string };

/** A folder of its own for each test, with a memory of contexts of its own; both are gone after the test. */
export function scratchFolder(): {
  path: (name?: string) => string;
  plant: (tree: Record<string, Planted>, at?: string) => string;
} {
  let root = "";
  let cacheBefore: string | undefined;

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), "slipway-context-")));
    cacheBefore = process.env.SLIPWAY_CACHE_DIR;
    process.env.SLIPWAY_CACHE_DIR = join(root, "cache");
  });
  afterEach(() => {
    if (cacheBefore === undefined) delete process.env.SLIPWAY_CACHE_DIR;
    else process.env.SLIPWAY_CACHE_DIR = cacheBefore;
    rmSync(root, { recursive: true, force: true });
  });

  const path = (name = "app") => join(root, name);
  return {
    path,
    plant: (tree, at = "app") => {
      mkdirSync(path(at), { recursive: true });
      for (const [name, planted] of Object.entries(tree)) plantOne(join(path(at), name), planted);
      return path(at);
    },
  };
}

function plantOne(at: string, planted: Planted): void {
  const isFolder = typeof planted === "object" && "folder" in planted;
  mkdirSync(isFolder ? at : dirname(at), { recursive: true });
  if (typeof planted === "string" || Buffer.isBuffer(planted)) writeFileSync(at, planted);
  else if ("link" in planted) symlinkSync(planted.link, at);
  else if ("executable" in planted) {
    writeFileSync(at, planted.executable);
    chmodSync(at, 0o755);
  }
}
