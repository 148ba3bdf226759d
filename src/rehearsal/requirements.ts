import { existsSync } from "node:fs";
import type { Apt } from "../cli/apt.mjs";
import type { Missing } from "../cli/setup.mjs";
import { MotoEnvironment } from "./doubles/moto-environment.ts";

/** Debian's own keys, by which the stand-in's packages are checked. */
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * What a rehearsal lacks besides programs, so that it is asked for before anything begins.
 *
 * @param cacheDir where a rehearsal keeps what takes long to make
 * @param keyring the file of Debian's keys
 */
export async function rehearsalRequirements(
  cacheDir: string,
  apt: Pick<Apt, "install"> | undefined,
  keyring = KEYRING,
): Promise<Missing[]> {
  const missing: Missing[] = [];
  if (!existsSync(keyring)) {
    missing.push({
      problem: `no ${keyring}, by which the packages of the stand-in machine are checked`,
      remedy: "install it (Debian, Ubuntu: apt-get install debian-archive-keyring)",
      ...(apt && {
        action: "install debian-archive-keyring by apt",
        fix: () => apt.install(["debian-archive-keyring"]),
      }),
    });
  }
  const moto = new MotoEnvironment(cacheDir);
  if (!moto.isThere) {
    missing.push({
      problem: "no moto, the emulated AWS API, with the AWS CLI",
      remedy: moto.remedy,
      action: `install moto and the AWS CLI by pip, into ${cacheDir} and nowhere else`,
      fix: () => moto.make(() => {}),
    });
  }
  return missing;
}
