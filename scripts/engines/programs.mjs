// @ts-check

/** The programs that give an engine namespaces of its own, besides those of Docker, with their Debian packages. */
export const PROGRAMS = {
  ip: "iproute2",
  iptables: "iptables",
  nsenter: "util-linux",
  setpriv: "util-linux",
  slirp4netns: "slirp4netns",
  socat: "socat",
};
