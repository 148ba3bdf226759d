import { randomBytes } from "node:crypto";
import type { Principal } from "./principals.ts";

interface Login {
  readonly principal: Principal;
  readonly expires: Date;
}

/** The registry's short-lived passwords: long random text under the user `AWS`, each known by whom it was given to. */
export class EcrLogins {
  readonly #logins = new Map<string, Login>();

  constructor(private readonly lifetimeSeconds = 12 * 3600) {}

  /** A new password for `principal`. */
  mint(principal: Principal, now = new Date()): { password: string; expires: Date } {
    const expires = new Date(now.getTime() + this.lifetimeSeconds * 1000);
    // The shape matters: Terraform's docker provider knows ECR's passwords by their first two letters.
    const content = {
      payload: randomBytes(900).toString("base64"),
      datakey: randomBytes(150).toString("base64"),
      version: "2",
      type: "DATA_KEY",
      expiration: Math.floor(expires.getTime() / 1000),
    };
    const password = Buffer.from(JSON.stringify(content)).toString("base64");
    this.#logins.set(password, { principal, expires });
    return { password, expires };
  }

  /** Who sent this Authorization header; `undefined` for a missing, wrong or expired login. */
  identify(authorization: string | undefined, now = new Date()): Principal | undefined {
    const encoded = /^Basic (.+)$/i.exec(authorization ?? "")?.[1];
    const [user, password = ""] = Buffer.from(encoded ?? "", "base64")
      .toString("utf8")
      .split(/:(.*)/s);
    const login = user === "AWS" ? this.#logins.get(password) : undefined;
    return login && login.expires > now ? login.principal : undefined;
  }

  /** The passwords that an instance was given, in the same forms. */
  passwordsOf(instanceId: string): string[] {
    return [...this.#logins].flatMap(([password, { principal }]) =>
      principal.instanceId === instanceId ? forms(password) : [],
    );
  }

  /** Every password that was given out, alone and as the token that holds it: none may be found in what a rehearsal leaves. */
  get passwords(): string[] {
    return [...this.#logins.keys()].flatMap((password) => [
      password,
      Buffer.from(`AWS:${password}`).toString("base64"),
    ]);
  }
}

function forms(password: string): string[] {
  return [password, Buffer.from(`AWS:${password}`).toString("base64")];
}
