import { readFileSync } from "node:fs";

const SUITE = "bookworm";
const ARCHIVE = "http://deb.debian.org/debian";
const SECURITY_ARCHIVE = "http://deb.debian.org/debian-security";
const SIGNED = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]";

const ARGUMENTS = [
  "--variant=minbase",
  "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
  "--include=usr-is-merged,ca-certificates,netbase,tzdata,busybox-static",
  "--dpkgopt=force-unsafe-io",
  '--aptopt=Acquire::Languages "none"',
  '--aptopt=Acquire::Retries "3"',
  // Not from the start: mmdebstrap would filter every package's files by itself, which takes longer than all the rest.
  `--customize-hook=cd "$1" && rm -rf usr/share/doc/* usr/share/man/* usr/share/locale/* etc/hostname etc/resolv.conf
    echo 'APT::Keep-Downloaded-Packages "false";' > etc/apt/apt.conf.d/keep-nothing
    printf 'path-exclude=/usr/share/%s/*\\n' doc man locale > etc/dpkg/dpkg.cfg.d/slim
    printf '#!/bin/sh\\nexit 101\\n' > usr/sbin/policy-rc.d && chmod +x usr/sbin/policy-rc.d`,
];

/** The variables that name a bundle of certificates; a machine that sets one is behind a proxy with its own authority. */
const BUNDLE_VARIABLES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"];

/** The root file system of a small Debian, which also trusts the authorities that this machine is told to trust. */
export class DebianRoot {
  #bundle;

  constructor(environment) {
    const variable = BUNDLE_VARIABLES.find((name) => environment[name]);
    this.#bundle = variable && { file: environment[variable], content: readFileSync(environment[variable]) };
  }

  /** Everything that its content follows from, but for the day's state of Debian's archive. */
  get inputs() {
    return [SUITE, ...ARGUMENTS, this.#bundle?.content ?? ""];
  }

  /** Writes it as a tar archive. */
  async write(tarFile, run) {
    await installProgram(run);
    const trust = this.#bundle && [
      'mkdir -p "$1/usr/local/share/ca-certificates"',
      `cp "$SLIPWAY_CA_BUNDLE" "$1/usr/local/share/ca-certificates/machine.crt"`,
      'chroot "$1" update-ca-certificates',
    ];
    const sources = [
      `${SIGNED} ${ARCHIVE} ${SUITE} main`,
      `${SIGNED} ${ARCHIVE} ${SUITE}-updates main`,
      `${SIGNED} ${SECURITY_ARCHIVE} ${SUITE}-security main`,
    ];
    const args = [
      ...ARGUMENTS,
      ...(trust ? [`--customize-hook=${trust.join(" && ")}`] : []),
      SUITE,
      tarFile,
      ...sources,
    ];
    await run("mmdebstrap", args, { env: { SLIPWAY_CA_BUNDLE: this.#bundle?.file ?? "" } });
  }
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
