import { createHash } from "node:crypto";
import { isIP } from "node:net";
import type { Construct } from "constructs";
import { collectErrors } from "../../terraform/construct-error.ts";
import { checkLiteral } from "../../terraform/literal.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { parsePort } from "../../values/port-mapping.ts";
import type { SshHostProps } from "./ssh-host-props.ts";

/** Where a server is and how it is known, as its scripts are told it. */
export interface SshTarget {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** `TYPE BASE64`. */
  readonly hostKey: string;
  /** Of the key, as ssh says it: `SHA256:…`. */
  readonly fingerprint: string;
}

const USUAL_PORT = 22;
const USUAL_USER = "root";

// ssh takes for an option what begins with a dash, and its configuration replaces what follows a per cent sign
const NAME =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$/;
const USER = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;
const KEY =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) ([A-Za-z0-9+/]+={0,2})(?: [^\n\r]*)?$/;

/** @throws {ConstructError} for what ssh would take for something else */
export function sshTarget(scope: Construct, props: SshHostProps): SshTarget {
  const { address, port = USUAL_PORT, user = USUAL_USER, hostKey } = props;
  collectErrors([
    () => checkLiteral(scope, "address", address ?? "", sshAddress),
    () => checkLiteral(scope, "port", port, (got) => parsePort(got, "ssh port")),
    () => checkLiteral(scope, "user", user, sshUser),
    () => checkLiteral(scope, "hostKey", hostKey ?? "", parseHostKey),
  ]);
  return { address, port, user, ...parseHostKey(hostKey) };
}

/** @throws InvalidValueError */
export function sshAddress(address: string): string {
  if (typeof address === "string" && (NAME.test(address) || isIP(address) > 0)) return address;
  const remedy = "write e.g. web-1.example.com or 203.0.113.7, without user and port";
  throw new InvalidValueError({ subject: "address", rule: "must be a name or an IP address", got: address, remedy });
}

/** @throws InvalidValueError */
export function sshUser(user: string): string {
  if (typeof user === "string" && USER.test(user)) return user;
  const rule = "must be a user's name, which begins with a letter";
  throw new InvalidValueError({ subject: "user", rule, got: user, remedy: 'write e.g. "deploy"' });
}

/** The key and its fingerprint. @param text a line of a `.pub` file @throws InvalidValueError */
export function parseHostKey(text: string): Pick<SshTarget, "hostKey" | "fingerprint"> {
  const [, type = "", base64 = ""] = (typeof text === "string" && KEY.exec(text.trim())) || [];
  const blob = Buffer.from(base64, "base64");
  // a key begins with its own type, after the length of that
  if (type === "" || blob.length < 4 || blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1") !== type) {
    throw new InvalidValueError({
      subject: "host key",
      rule: "must be the server's public key, a type and base64",
      got: text,
      remedy:
        "write what stands on the server in /etc/ssh/ssh_host_ed25519_key.pub; ssh-keyscan -t ed25519 ADDRESS shows it, too, but then compare it on the server's console",
    });
  }
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { hostKey: `${type} ${base64}`, fingerprint: `SHA256:${digest}` };
}
