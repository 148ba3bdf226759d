import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { madeOnce } from "../made-once.ts";
import { requireProgram } from "../program.ts";
import type { Takedown } from "../takedown.ts";

/**
 * Where the kernel's list of formats is mounted for a rehearsal. Why not its usual place: the kernel forgets every format
 * with the last mount, and whoever else mounts it there may take it away meanwhile.
 */
const FORMATS = join(tmpdir(), "slipway-rehearsal-formats");
const ENTRY = join(FORMATS, "slipway-rehearsal-arm64");
/** A 64-bit little-endian ELF program or library of machine 183, as QEMU's own list of formats has it. */
const MAGIC = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
const MASK = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;

/**
 * Lets this machine's kernel run programs of arm64 by QEMU until `takedown`, in containers too: it opens QEMU now (F),
 * so nobody must have the file. It is the whole kernel's, so it never outlives the rehearsal. An arm64 machine needs nothing.
 */
export async function emulateArm64(cacheDir: string, log: (line: string) => void, takedown: Takedown): Promise<void> {
  if (process.arch === "arm64") return;
  const qemu = await debianProgram(cacheDir, log, "native", "qemu-user-static", "usr/bin/qemu-aarch64-static");
  await forgetForeignProcessor();
  takedown.add("programs of arm64", forgetForeignProcessor);
  mkdirSync(FORMATS, { recursive: true });
  await requireProgram("mount", ["-t", "binfmt_misc", "binfmt_misc", FORMATS]);
  forgetEntry(); // An older kernel keeps it without a mount.
  writeFileSync(join(FORMATS, "register"), `:${basename(ENTRY)}:M::${MAGIC}:${MASK}:${qemu}:F`);
}

/** Whether the kernel runs programs of arm64 for a rehearsal. */
export function emulatesArm64(): boolean {
  return existsSync(ENTRY);
}

/** Takes it away again, also what a rehearsal that was killed has left. */
export async function forgetForeignProcessor(): Promise<void> {
  forgetEntry();
  if (existsSync(join(FORMATS, "register"))) await requireProgram("umount", [FORMATS]);
  rmSync(FORMATS, { recursive: true, force: true });
}

function forgetEntry(): void {
  if (existsSync(ENTRY)) writeFileSync(ENTRY, "-1");
}

/** Debian's static BusyBox for arm64. @returns its path */
export function arm64BusyBox(cacheDir: string, log: (line: string) => void): Promise<string> {
  return debianProgram(cacheDir, log, "arm64", "busybox-static", "bin/busybox");
}

async function debianProgram(
  cacheDir: string,
  log: (line: string) => void,
  architecture: string,
  name: string,
  path: string,
): Promise<string> {
  const own =
    architecture === "native" ? (await requireProgram("dpkg", ["--print-architecture"])).trim() : architecture;
  const folder = join(cacheDir, `${name}-${own}`);
  await madeOnce(folder, log, async () => {
    log(`taking ${name} for ${own} from Debian's packages, once`);
    await requireProgram(process.execPath, [join(__dirname, "debian-program.mjs"), own, name, path, folder]);
  });
  return join(folder, path.split("/").at(-1) as string);
}
