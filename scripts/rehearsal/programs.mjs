// @ts-check

/** The programs that a rehearsal talks to, besides Docker and Terraform, with their Debian packages. */
export const PROGRAMS = {
  curl: "curl",
  "docker-registry": "docker-registry",
};

/** Those of them that only the machine itself can have: they work on its network, or find parts of theirs at fixed places. */
export const SYSTEM = {
  iptables: "iptables",
  openssl: "openssl",
  python3: "python3-venv",
};
