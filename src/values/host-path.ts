import { InvalidValueError } from "./invalid-value-error.ts";

/** A folder of the machine that no container gets, by what it is. */
const KEPT: Readonly<Record<string, string>> = {
  "/etc": "the machine's settings",
  "/proc": "the kernel's",
  "/sys": "the kernel's",
  "/dev": "the machine's devices",
  "/boot": "what the machine boots",
  "/run": "where programs meet, the engine's socket among them",
  "/var/run": "where programs meet, the engine's socket among them",
  "/var/lib/docker": "the engine's own",
  "/var/lib/containerd": "the engine's own",
  "/var/lib/slipway": "Slipway's own",
  "/var/lib/slipway-data": "Slipway's own",
  "/usr/local/lib/slipway": "Slipway's own",
  "/usr/local/sbin": "Slipway's own",
};

/**
 * A folder or file of the engine's machine that a container may see.
 *
 * Why not every one: who writes to the engine's socket, its files or the machine's settings is the machine's root.
 *
 * @throws InvalidValueError for what is no plain absolute path, and for what holds, is or lies in a folder of the kept ones
 */
export function hostPath(path: string): string {
  const refuse = (rule: string, remedy: string) => {
    throw new InvalidValueError({ subject: "host path", rule, got: path, remedy });
  };
  checkPlainPath("host path", path);
  const kept = Object.keys(KEPT).find((folder) => isWithin(path, folder) || isWithin(folder, path));
  if (kept !== undefined) refuse(`must have nothing to do with ${kept}, ${KEPT[kept]}`, "use a folder of your own");
  return path;
}

/**
 * Refuses what is no absolute path in its shortest form, and what the engine's words for a mount have no room for.
 *
 * @throws InvalidValueError
 */
export function checkPlainPath(subject: string, path: string): void {
  const refuse = (rule: string, remedy?: string) => {
    throw new InvalidValueError({ subject, rule, got: path, remedy });
  };
  if (typeof path !== "string" || !path.startsWith("/"))
    refuse("must be an absolute path", 'write it like "/srv/data"');
  const parts = path.split("/").slice(1);
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    refuse("must be a path below / without empty parts, . or ..", "write it in its shortest form");
  }
  if (/[,:"\\]|[^\x20-\x7e]/.test(path)) refuse('must not hold a comma, a colon, ", a backslash or what is not ASCII');
}

/** Whether `path` is `folder` or lies in it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === "/" || path === folder || path.startsWith(`${folder}/`);
}
