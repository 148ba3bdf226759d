// @ts-check

/**
 * The programs that a rehearsal talks to, besides Docker and Terraform, with their Debian packages.
 * @type {import("../cli/setup.mjs").Programs}
 */
export const PROGRAMS = {
  curl: { package: "curl", why: "asks the host" },
};

/**
 * Those of them that only the machine itself can have: they work on its network, or find parts of theirs at fixed places.
 * @type {import("../cli/setup.mjs").Programs}
 */
export const SYSTEM = {
  iptables: { package: "iptables", why: "leads the host to its metadata service" },
  mmdebstrap: { package: "mmdebstrap", why: "makes the machine that stands in for EC2's, from Debian's packages" },
  openssl: { package: "openssl", why: "makes the certificates of the emulated AWS" },
  python3: { package: "python3-venv", why: "runs the emulated AWS API" },
};

/**
 * What it talks to besides where a stack gets certificates.
 * @type {import("../cli/setup.mjs").Programs}
 */
export const ACME_PROGRAMS = {
  pebble: { package: "pebble", why: "plays the ACME server that gives certificates" },
};
