import { readFileSync, writeFileSync } from "node:fs";

const HOSTS = "/etc/hosts";
const MARK = "# slipway-rehearsal";

/** Lets this machine, its engine included, find `names` at `address`. Why in place: in a container the file is a mount. */
export function addHostNames(address: string, names: readonly string[]): void {
  const text = readFileSync(HOSTS, "utf8");
  const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  writeFileSync(HOSTS, `${before}${address} ${names.join(" ")} ${MARK}\n`);
}

/** Takes away every name that a rehearsal added. */
export function removeHostNames(): void {
  const text = readFileSync(HOSTS, "utf8");
  const kept = text.split("\n").filter((line) => !line.endsWith(MARK));
  if (kept.join("\n") !== text) writeFileSync(HOSTS, kept.join("\n"));
}

/** A name server that a machine behind a bridge can ask: the first of this machine that is no loopback address. */
export function reachableNameserver(): string {
  for (const file of ["/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"]) {
    for (const [, address] of readQuietly(file).matchAll(/^nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)) {
      if (address && !address.startsWith("127.")) return address;
    }
  }
  throw new Error("no name server in /etc/resolv.conf that a container could ask: add one that is no loopback address");
}

function readQuietly(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
