const { rmSync } = require("node:fs");

module.exports = () => {
  if (process.env.SLIPWAY_TESTS_FOLDER) rmSync(process.env.SLIPWAY_TESTS_FOLDER, { recursive: true, force: true });
};
