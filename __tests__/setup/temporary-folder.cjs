/** Gives a run one temporary folder, which goes when the run ends, however many folders its tests make there. */
const { chmodSync, mkdtempSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

module.exports = () => {
  process.env.TMPDIR = mkdtempSync(join(tmpdir(), "slipway-tests-"));
  // Programs that a test starts as another user, as Nginx its workers, must get in.
  chmodSync(process.env.TMPDIR, 0o755);
  process.env.SLIPWAY_TESTS_FOLDER = process.env.TMPDIR;
};
