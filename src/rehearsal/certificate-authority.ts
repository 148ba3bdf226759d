import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireProgram } from "./program.ts";

/** A certificate authority for one rehearsal, and the certificate under which the doubles answer. */
export interface Authority {
  readonly authorityFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

const DAYS = "2";
const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Makes the authority in `directory`; its certificate is good for `names`. */
export async function makeAuthority(directory: string, names: readonly string[]): Promise<Authority> {
  const file = (name: string): string => join(directory, name);
  await requireProgram("openssl", [
    ...["req", "-x509", ...NEW_KEY, "-days", DAYS, "-subj", "/CN=Slipway rehearsal authority"],
    ...["-addext", "keyUsage=critical,keyCertSign", "-keyout", file("authority.key"), "-out", file("authority.crt")],
  ]);
  await requireProgram("openssl", [
    ...["req", "-new", ...NEW_KEY, "-subj", "/CN=Slipway rehearsal doubles"],
    ...["-keyout", file("doubles.key"), "-out", file("doubles.csr")],
  ]);
  const extensions = [
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
    "basicConstraints=critical,CA:FALSE",
    "extendedKeyUsage=serverAuth",
  ];
  writeFileSync(file("doubles.ext"), `${extensions.join("\n")}\n`);
  await requireProgram("openssl", [
    ...["x509", "-req", "-days", DAYS, "-in", file("doubles.csr"), "-extfile", file("doubles.ext")],
    ...["-CA", file("authority.crt"), "-CAkey", file("authority.key"), "-CAcreateserial", "-out", file("doubles.crt")],
  ]);
  return {
    authorityFile: file("authority.crt"),
    certificateFile: file("doubles.crt"),
    keyFile: file("doubles.key"),
  };
}
