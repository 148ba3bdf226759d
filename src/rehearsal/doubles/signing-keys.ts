import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ApiCall, ApiRefusal, jsonAnswer, readJson } from "./api-call.ts";
import type { ApiFront } from "./api-front.ts";

const SPEC = "ECC_NIST_P256";

/**
 * Signs by KMS's keys of the curve P-256 as KMS does. moto knows the keys and refuses as KMS does, but what it signs is the
 * base64 of a message, and never a digest as it is: nobody else could verify that. Nor does it say a public key's `KeySpec`.
 *
 * @param folder where the private keys are for as long as the account is there
 */
export function emulateSigningKeys(front: ApiFront, folder: string): void {
  const publicKeys = new Map<string, Buffer>();
  const keyOf = ({ region, input }: ApiCall) => `${region}-${String(input.KeyId).replace(/^.*\//, "")}`;
  const file = (key: string) => join(folder, "signing-keys", `${key}.pem`);
  mkdirSync(join(folder, "signing-keys"), { mode: 0o700 });

  front.observe(({ service, action, region }, answer) => {
    if (service !== "kms" || action !== "CreateKey") return;
    const { KeyId, KeySpec, KeyUsage } = readJson(answer).KeyMetadata as Record<string, string>;
    if (KeySpec !== SPEC || KeyUsage !== "SIGN_VERIFY") return;
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    publicKeys.set(`${region}-${KeyId}`, publicKey.export({ type: "spki", format: "der" }));
    writeFileSync(file(`${region}-${KeyId}`), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  });

  front.intercept("kms", "GetPublicKey", async (call, forward) => {
    const answer = await forward();
    if (answer.status >= 300) return answer;
    const said = readJson(answer);
    const spec = said.CustomerMasterKeySpec;
    if (spec === "SYMMETRIC_DEFAULT") {
      throw new ApiRefusal("UnsupportedOperationException", `${String(call.input.KeyId)} has no public key`);
    }
    const own = publicKeys.get(keyOf(call));
    return jsonAnswer({ ...said, KeySpec: spec, ...(own ? { PublicKey: own.toString("base64") } : {}) });
  });

  front.intercept("kms", "Sign", async (call, forward) => {
    const answer = await forward();
    const key = keyOf(call);
    if (answer.status >= 300 || !publicKeys.has(key)) return answer;
    const message = Buffer.from(String(call.input.Message), "base64");
    const isDigest = call.input.MessageType === "DIGEST";
    const input = isDigest ? message : createHash("sha256").update(message).digest();
    const signature = execFileSync("openssl", ["pkeyutl", "-sign", "-inkey", file(key)], { input });
    return jsonAnswer({ ...readJson(answer), Signature: signature.toString("base64") });
  });
}
