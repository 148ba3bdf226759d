import { InvalidValueError } from "./invalid-value-error.ts";
import { nearest } from "./known-options.ts";

/** The kernel's, capabilities(7). */
const CAPABILITIES = (
  "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER " +
  "FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE " +
  "NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE " +
  "SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM"
).split(" ");

/** Docker's word for each of them. */
const ALL = "ALL";

/** With one of these a container is root on its machine. */
const MACHINE_WIDE = [ALL, "SYS_ADMIN"];

/**
 * Capabilities as the engine keeps them, `CAP_` in front, each once and sorted.
 *
 * @param names with or without `CAP_`, in either case, or `ALL`
 * @throws InvalidValueError for one that the kernel does not have
 */
export function capabilities(names: readonly string[]): string[] {
  if (!Array.isArray(names)) {
    const remedy = 'write e.g. ["NET_BIND_SERVICE"]';
    throw new InvalidValueError({ subject: "capabilities", rule: "must be a list of names", got: names, remedy });
  }
  return [...new Set(names.map(capability))].sort();
}

function capability(name: string): string {
  const bare = bareName(name);
  if (bare === ALL) return ALL;
  if (CAPABILITIES.includes(bare)) return `CAP_${bare}`;
  const near = nearest(bare, CAPABILITIES);
  const remedy = near ? `did you mean ${near}?` : "man 7 capabilities lists them";
  throw new InvalidValueError({ subject: "capability", rule: "must be one of the kernel's", got: name, remedy });
}

/** Those of `names` that make a container the root of its machine. */
export function machineWide(names: readonly string[]): string[] {
  return names.filter((name) => MACHINE_WIDE.includes(bareName(name)));
}

function bareName(name: string): string {
  return typeof name === "string" ? name.toUpperCase().replace(/^CAP_/, "") : "";
}

/** @throws InvalidValueError for a capability that is both added and dropped; one of them may be `ALL` */
export function checkAddedAndDropped(added: readonly string[], dropped: readonly string[]): void {
  const both = capabilities(added).find((name) => capabilities(dropped).includes(name));
  if (both === undefined) return;
  const rule = "must be added or dropped, not both";
  throw new InvalidValueError({ subject: "capability", rule, got: both, remedy: "take it out of one of the lists" });
}
