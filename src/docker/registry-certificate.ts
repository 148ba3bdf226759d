import { createHash, createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { isAbsolute, relative, resolve } from "node:path";
import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import { all, ConstructError } from "../terraform/construct-error.ts";
import { literal } from "../terraform/literal.ts";
import { stackDirectory } from "../terraform/staged-file.ts";

/** The certificate that a registry shows, as files of the deploying machine in PEM form. */
export interface RegistryTls {
  /** The certificate and, after it, what leads from it to its authority. */
  readonly certificate: string;
  /** Its private key, without passphrase. Its text reaches the registry and nothing else. */
  readonly key: string;
}

/**
 * A certificate and its key, tried at synth as far as files tell: that they are a pair, and that clients which ask for
 * `host` will take them. Why at synth: the registry itself says so only in the log of a container that never starts.
 */
export class RegistryCertificate {
  /** @throws {ConstructError} when a file is missing or is not what it should be, or the two do not fit `host` or each other */
  static read(scope: Construct, tls: RegistryTls, host: string): RegistryCertificate {
    let text = "";
    let certificate: X509Certificate | undefined;
    let key: KeyObject | undefined;
    all([
      () => {
        text = readPem(scope, "tls.certificate", tls.certificate, host);
        certificate = parsed(
          scope,
          "tls.certificate",
          tls.certificate,
          "a certificate",
          () => new X509Certificate(text),
        );
      },
      () => {
        const pem = readPem(scope, "tls.key", tls.key, host);
        key = parsed(scope, "tls.key", tls.key, "a private key without passphrase", () => createPrivateKey(pem));
      },
    ]);
    const pair = { certificate: certificate as X509Certificate, key: key as KeyObject };
    if (!pair.certificate.checkPrivateKey(pair.key)) {
      throw new ConstructError(
        scope,
        "tls",
        `the key ${tls.key} does not belong to the certificate ${tls.certificate}`,
      );
    }
    checkHost(scope, pair.certificate, host);
    checkExpiry(scope, pair.certificate);
    return new RegistryCertificate(
      createHash("sha256").update(text).digest("hex"),
      fromStack(scope, tls.certificate),
      fromStack(scope, tls.key),
    );
  }

  private constructor(
    /** Of the public certificate; a change tells that the registry needs the new one. */
    readonly digest: string,
    /** As Terraform finds it from the stack's folder. */
    readonly certificatePath: string,
    readonly keyPath: string,
  ) {}
}

function readPem(scope: Construct, property: string, path: string, host: string): string {
  try {
    return readFileSync(literal(scope, property, path), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    const name = isIP(host) ? `IP:${host}` : `DNS:${host}`;
    throw new ConstructError(scope, property, {
      subject: "PEM file",
      rule: "must exist and be readable",
      got: path,
      remedy: `make a pair for trials by openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=registry -addext subjectAltName=${name} -keyout key.pem -out certificate.pem`,
    });
  }
}

/** What the parser says is left out: it must not quote a key. */
function parsed<T>(scope: Construct, property: string, path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new ConstructError(scope, property, { subject: "PEM file", rule: `must hold ${what}`, got: path });
  }
}

/** By alternative names only, as Docker and Terraform's providers do: they take no notice of a common name. */
function checkHost(scope: Construct, certificate: X509Certificate, host: string): void {
  const fits = isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host, { subject: "never" });
  if (fits) return;
  throw new ConstructError(
    scope,
    "tls.certificate",
    `is valid for ${certificate.subjectAltName ?? "no name"}, but the registry's host is ${host}: issue it with the alternative name ${isIP(host) ? "IP" : "DNS"}:${host}, or set host`,
  );
}

/** A warning, for whoever takes the stack away does not need a new certificate first. */
function checkExpiry(scope: Construct, certificate: X509Certificate): void {
  if (new Date(certificate.validTo) > new Date()) return;
  Annotations.of(scope).addWarning(`tls.certificate: expired on ${certificate.validTo}: clients refuse it, renew it`);
}

/** Relative paths stay relative, so that the same tree synthesizes to the same bytes in every clone. */
function fromStack(scope: Construct, path: string): string {
  return isAbsolute(path) ? path : relative(stackDirectory(scope), resolve(path));
}
