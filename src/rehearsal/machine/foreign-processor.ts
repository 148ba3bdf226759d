import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { cachedFolder } from "../cached-folder.ts";
import type { Cleanup } from "../cleanup.ts";
import { requireProgram } from "../program.ts";

const REHEARSAL = "rehearsal";
/**
 * Where the kernel's list of formats is mounted for one who needs arm64. Why not its usual place: the kernel forgets every
 * format with the last mount, and whoever else mounts it there may take it away meanwhile. So it is with the entry.
 */
const formatsOf = (owner: string) => join(tmpdir(), `slipway-${owner}-formats`);
const entryOf = (owner: string) => join(formatsOf(owner), `slipway-${owner}-arm64`);
const QEMU: DebianProgram = {
  suite: "bookworm",
  architecture: "native",
  name: "qemu-user-static",
  path: "usr/bin/qemu-aarch64-static",
};
/** A 64-bit little-endian ELF program or library of machine 183, as QEMU's own list of formats has it. */
const MAGIC = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
const MASK = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;

/**
 * Lets this machine's kernel run programs of arm64 by QEMU until `cleanup`, in containers too: it opens QEMU now (F),
 * so nobody must have the file. It is the whole kernel's, so it never outlives the rehearsal. An arm64 machine needs nothing.
 */
export async function emulateArm64(
  cacheDir: string,
  log: (line: string) => void,
  cleanup: Cleanup,
  owner = REHEARSAL,
): Promise<void> {
  if (process.arch === "arm64") return;
  const qemu = await debianProgram(QEMU, cacheDir, log);
  await forgetForeignProcessor(owner);
  cleanup.add("programs of arm64", () => forgetForeignProcessor(owner));
  const formats = formatsOf(owner);
  mkdirSync(formats, { recursive: true });
  await requireProgram("mount", ["-t", "binfmt_misc", "binfmt_misc", formats]);
  forgetEntry(owner); // An older kernel keeps it without a mount.
  writeFileSync(join(formats, "register"), `:${basename(entryOf(owner))}:M::${MAGIC}:${MASK}:${qemu}:F`);
}

/** Whether the kernel runs programs of arm64 for a rehearsal. */
export function emulatesArm64(): boolean {
  return existsSync(entryOf(REHEARSAL));
}

/** Takes it away again, also what a rehearsal that was killed has left. */
export async function forgetForeignProcessor(owner = REHEARSAL): Promise<void> {
  forgetEntry(owner);
  const formats = formatsOf(owner);
  if (existsSync(join(formats, "register"))) await requireProgram("umount", [formats]);
  rmSync(formats, { recursive: true, force: true });
}

function forgetEntry(owner: string): void {
  if (existsSync(entryOf(owner))) writeFileSync(entryOf(owner), "-1");
}

/** Debian's static BusyBox, for a processor as Debian calls it. @returns its path */
export function staticBusyBox(architecture: string, cacheDir: string, log: (line: string) => void): Promise<string> {
  return debianProgram({ suite: "bookworm", architecture, name: "busybox-static", path: "bin/busybox" }, cacheDir, log);
}

/** A program of a Debian package; `native` is this machine's processor. */
export interface DebianProgram {
  readonly suite: string;
  readonly architecture: string;
  readonly name: string;
  readonly path: string;
}

/** Takes a program out of its package, once. @returns its path */
export async function debianProgram(
  { suite, architecture, name, path }: DebianProgram,
  cacheDir: string,
  log: (line: string) => void,
): Promise<string> {
  const own =
    architecture === "native" ? (await requireProgram("dpkg", ["--print-architecture"])).trim() : architecture;
  const folder = join(cacheDir, `${name}-${own}`);
  await cachedFolder(folder, log, async () => {
    log(`taking ${name} for ${own} from Debian's packages, once`);
    await requireProgram(process.execPath, [join(__dirname, "debian-program.mjs"), suite, own, name, path, folder]);
  });
  return join(folder, path.split("/").at(-1) as string);
}
