// @ts-check

/** The programs that give an engine namespaces of its own, besides those of Docker, with their Debian packages. */
export const PROGRAMS = {
  slirp4netns: "slirp4netns",
  socat: "socat",
};

/** Those of them that only the machine itself can have: they work on its network and its processes. */
export const SYSTEM = {
  ip: "iproute2",
  iptables: "iptables",
  nsenter: "util-linux",
  setpriv: "util-linux",
};
