// @ts-check

/** The programs that a rehearsal talks to, besides Docker and Terraform, with their Debian packages. */
export const PROGRAMS = {
  curl: "curl",
  "docker-registry": "docker-registry",
  iptables: "iptables",
  openssl: "openssl",
  python3: "python3-venv",
};
