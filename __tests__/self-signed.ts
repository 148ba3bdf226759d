import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate and its key in PEM form. */
export interface SelfSigned {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** What `openssl ca` wants to be told of an authority: here one that signs once. */
const AUTHORITY = `[ca]
default_ca = once
[once]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
`;

/**
 * A certificate that has signed itself, for names and IPv4 addresses, made by openssl.
 * Why by `openssl ca`: `openssl req` takes no end that has passed.
 */
export function selfSigned(names: readonly string[], { days = 30 }: { days?: number } = {}): SelfSigned {
  const cwd = mkdtempSync(join(tmpdir(), "slipway-self-signed-"));
  try {
    writeFileSync(join(cwd, "ca.cnf"), AUTHORITY);
    writeFileSync(join(cwd, "index"), "");
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd, stdio: "pipe" });
    const alternatives = names.map((each) => `${isIPv4(each) ? "IP" : "DNS"}:${each}`).join(",");
    openssl(
      ...["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem"],
      ...["-subj", "/CN=registry", "-addext", `subjectAltName=${alternatives}`, "-out", "request.pem"],
    );
    const end = Date.now() + days * DAY_MS;
    openssl(
      ...["ca", "-batch", "-config", "ca.cnf", "-create_serial", "-selfsign", "-keyfile", "key.pem", "-notext"],
      ...["-startdate", stamp(Math.min(Date.now(), end) - DAY_MS), "-enddate", stamp(end)],
      ...["-in", "request.pem", "-out", "certificate.pem"],
    );
    const read = (file: string) => readFileSync(join(cwd, file), "utf8");
    return { certificate: read("certificate.pem"), key: read("key.pem") };
  } finally {
    rmSync(cwd, { recursive: true });
  }
}

/** A time as certificates write it: `20260131235959Z`. */
function stamp(time: number): string {
  return `${new Date(time).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
}
