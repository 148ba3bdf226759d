// @ts-check
// Plain JavaScript that both the command line's set-up and what is compiled of it read.

/** Where an engine listens by itself. */
const DEFAULT_ENDPOINT = "unix:///var/run/docker.sock";

/** Whether an engine there is this machine's. @param {string} endpoint */
function isLocal(endpoint) {
  return /^(unix|npipe):/.test(endpoint);
}

/** Whether this process may start an engine at that endpoint, rather than tell a person to. @param {string} endpoint */
function isDefaultEndpoint(endpoint) {
  return endpoint === DEFAULT_ENDPOINT || endpoint === "unix:///run/docker.sock";
}

module.exports = { DEFAULT_ENDPOINT, isDefaultEndpoint, isLocal };
