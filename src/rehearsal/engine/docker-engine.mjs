// @ts-check
import { buildGoProgram } from "./go-program.mjs";

/** @typedef {import("./go-program.mjs").GoProgram} GoProgram */

/** What `docker version` says of the engine that is built here: its source carries no number of the release. */
export const BUILT_ENGINE = "29";

/** @type {GoProgram} */
const ENGINE = {
  title: `Docker Engine ${BUILT_ENGINE} (moby v2.0.0-beta.24)`,
  module: "docker-engine",
  packages: ["github.com/moby/moby/v2/cmd/dockerd", "github.com/moby/moby/v2/cmd/docker-proxy"],
  flags: ["-ldflags", `-s -w -X github.com/moby/moby/v2/dockerversion.Version=${BUILT_ENGINE}`],
  cgo: "0",
  takes: "some six minutes of one processor",
};

/**
 * The runc of Debian 12 is older than what this engine asks of one.
 * @type {GoProgram}
 */
const RUNC = {
  title: "runc 1.3.6",
  module: "runc",
  packages: ["github.com/opencontainers/runc"],
  flags: ["-tags", "seccomp,netgo,osusergo", "-ldflags", "-s -w -linkmode external -extldflags -static"],
  cgo: "1",
  takes: "less than a minute",
  needs: ["gcc", "libc6-dev", "libseccomp-dev", "pkg-config"],
};

/**
 * The programs of a newer engine than Debian's: dockerd and docker-proxy in one folder, runc in the other, all static, so
 * that any Linux of this processor runs them. They stand before those of Debian in PATH; containerd is the machine's own.
 * What takes minutes is done once and kept in the cache.
 *
 * @param {import("./go-program.mjs").Kit} kit
 * @returns {Promise<string[]>} the folders
 */
export async function buildDockerEngine(kit) {
  return [await buildGoProgram(ENGINE, kit), await buildGoProgram(RUNC, kit)];
}
