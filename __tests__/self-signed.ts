import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** A certificate and its key in PEM form. */
export interface SelfSigned {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate that has signed itself, for names and IPv4 addresses. Why by hand: Node can read them and not make them. */
export function selfSigned(names: readonly string[], { days = 30 }: { days?: number } = {}): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const algorithm = sequence(ECDSA_WITH_SHA256);
  const name = sequence(tlv(0x31, sequence(COMMON_NAME, tlv(0x0c, Buffer.from("registry")))));
  const now = Date.now();
  const day = 86_400_000;
  const alternatives = names.map((each) =>
    isIPv4(each) ? tlv(0x87, Buffer.from(each.split(".").map(Number))) : tlv(0x82, Buffer.from(each)),
  );
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([1]), createHash("sha256").update(spki).digest().subarray(0, 8)])),
    algorithm,
    name,
    sequence(time(new Date(now + Math.min(0, days) * day - day)), time(new Date(now + days * day))),
    name,
    spki,
    tlv(0xa3, sequence(sequence(ALTERNATIVE_NAMES, tlv(0x04, sequence(...alternatives))))),
  );
  const signature = sign("sha256", body, privateKey);
  const der = sequence(body, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString("base64").match(/.{1,64}/g) as string[];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

const ECDSA_WITH_SHA256 = Buffer.from("06082a8648ce3d040302", "hex");
const COMMON_NAME = Buffer.from("0603550403", "hex");
const ALTERNATIVE_NAMES = Buffer.from("0603551d11", "hex");

/** One element of DER: its tag, its length, its content. */
function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

function time(date: Date): Buffer {
  return tlv(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`));
}
