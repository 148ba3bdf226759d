import { randomBytes } from "node:crypto";
import type { XmlElement } from "./xml-element.ts";

/** Whose key signed a call. */
export interface Principal {
  readonly kind: "deployer" | "instance";
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expires?: Date;
  /** The role of an instance. */
  readonly role?: string;
  readonly instanceId?: string;
}

/** The keys that the account knows. Why: moto lets every key pass, AWS only those it has given out. */
export class Principals {
  readonly #byKey = new Map<string, Principal>();

  /** Makes the account's deployer with a key of its own, so that a search for leaked secrets has something to find. */
  addDeployer(): Principal {
    return this.add({
      kind: "deployer",
      accessKeyId: `AKIA${randomKeyId(16)}`,
      secretAccessKey: randomBytes(30).toString("base64"),
    });
  }

  add(principal: Principal): Principal {
    this.#byKey.set(principal.accessKeyId, principal);
    return principal;
  }

  /** Knows the keys that an AssumeRole answer gives out; a deployer by a role may do everything, too. */
  addAssumedRole(answer: XmlElement): Principal {
    const value = (name: string): string => answer.all(name)[0]?.text ?? "";
    return this.add({
      kind: "deployer",
      accessKeyId: value("AccessKeyId"),
      secretAccessKey: value("SecretAccessKey"),
      sessionToken: value("SessionToken"),
      expires: new Date(value("Expiration")),
    });
  }

  find(accessKeyId: string): Principal | undefined {
    return this.#byKey.get(accessKeyId);
  }

  /** Every secret that was given out: none of them may be found in anything that a rehearsal leaves. */
  get secrets(): string[] {
    return [...this.#byKey.values()].flatMap(({ secretAccessKey, sessionToken }) =>
      sessionToken ? [secretAccessKey, sessionToken] : [secretAccessKey],
    );
  }
}

function randomKeyId(length: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  return [...randomBytes(length)].map((byte) => alphabet[byte % alphabet.length]).join("");
}
