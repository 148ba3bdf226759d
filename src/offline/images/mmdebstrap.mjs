const SIGNED = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";
const ARCHIVE = "http://deb.debian.org/debian";
const SECURITY_ARCHIVE = "http://deb.debian.org/debian-security";

/**
 * Makes a tar archive or a folder of Debian's packages, as root, and takes nothing from this machine's own packages.
 * @param suite the release's code name
 * @param target the archive, or a folder where its name has no ending
 * @param args mmdebstrap's own
 */
export async function mmdebstrap({ suite, target, args, env = {} }, run) {
  await installProgram(run);
  const sources = [
    `${SIGNED} ${ARCHIVE} ${suite} main`,
    `${SIGNED} ${ARCHIVE} ${suite}-updates main`,
    `${SIGNED} ${SECURITY_ARCHIVE} ${suite}-security main`,
  ];
  await run("mmdebstrap", [...args, suite, target, ...sources], { env });
}

async function installProgram(run) {
  if (process.getuid?.() !== 0)
    throw new Error("making the stand-ins for base images takes root: run this once as root");
  const packages = ["mmdebstrap", "debian-archive-keyring"];
  const install = () =>
    run("apt-get", ["install", "-qy", "--no-install-recommends", ...packages], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  try {
    await run("dpkg", ["--status", ...packages]);
  } catch {
    await install().catch(() => run("apt-get", ["update", "-q"]).then(install));
  }
}
