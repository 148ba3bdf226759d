const FILE = /^(?:~\/)?[^\s~"$`\\]+$/;

/** Whether `path` is one that a step of the apply finds as it is written: absolute, below `~/`, or below the project. */
export function isDeployerFile(path: unknown): path is string {
  return typeof path === "string" && FILE.test(path);
}
