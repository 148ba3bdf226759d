import { readFileSync } from "node:fs";
import { mmdebstrap } from "./mmdebstrap.mjs";

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
  #suite;

  /** @param suite the release's code name */
  constructor(environment, suite = "bookworm") {
    this.#suite = suite;
    const variable = BUNDLE_VARIABLES.find((name) => environment[name]);
    this.#bundle = variable && { file: environment[variable], content: readFileSync(environment[variable]) };
  }

  /** Everything that its content follows from, but for the day's state of Debian's archive. */
  get inputs() {
    return [this.#suite, ...ARGUMENTS, this.#bundle?.content ?? ""];
  }

  /** Writes it as a tar archive. */
  async write(tarFile, run) {
    const trust = this.#bundle && [
      'mkdir -p "$1/usr/local/share/ca-certificates"',
      `cp "$SLIPWAY_CA_BUNDLE" "$1/usr/local/share/ca-certificates/machine.crt"`,
      'chroot "$1" update-ca-certificates',
    ];
    const args = [...ARGUMENTS, ...(trust ? [`--customize-hook=${trust.join(" && ")}`] : [])];
    const env = { SLIPWAY_CA_BUNDLE: this.#bundle?.file ?? "" };
    await mmdebstrap({ suite: this.#suite, target: tarFile, args, env }, run);
  }
}
