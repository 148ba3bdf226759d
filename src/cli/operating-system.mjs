// @ts-check

/**
 * Why this operating system cannot deploy, if it cannot. Steps of an apply are POSIX shell with a client's `docker`.
 * @param {string} platform as `process.platform` says it
 */
export function operatingSystemProblem(platform) {
  if (platform !== "win32") return undefined;
  return "Windows deploys through WSL only, for the steps of an apply are POSIX shell: install it by wsl --install, and run this in its shell";
}
