import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { SignatureV4 } from "@smithy/signature-v4";
import { ApiRefusal } from "./api-call.ts";
import type { Principal, Principals } from "./principals.ts";

/** What stands in the Authorization header of a signed request. */
export interface Scope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query as they came over the wire. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})$/;

const CLOCK_SKEW_MS = 15 * 60 * 1000;
const MUST_BE_SIGNED = /^(host|x-amz-.+)$/;
const HEX_SHA256 = /^[0-9a-f]{64}$/;

/** Reads the Authorization header. */
export function readScope(headers: IncomingHttpHeaders): Scope {
  const match = AUTHORIZATION.exec(headers.authorization ?? "");
  if (!match) throw new ApiRefusal("MissingAuthenticationToken", "Missing Authentication Token", 403);
  const [, accessKeyId, date, region, service, signed, signature] = match as unknown as string[];
  return { accessKeyId, date, region, service, signedHeaders: (signed as string).split(";"), signature } as Scope;
}

/**
 * Checks Signature Version 4 as AWS does, which moto does not: a host that signs by hand (curl) must get it right.
 * The request is signed again by AWS's own signer, with exactly the headers that it says it signed.
 * @returns whose key it was
 */
export async function verifySignature(
  request: SignedRequest,
  scope: Scope,
  known: Principals,
  now = new Date(),
): Promise<Principal> {
  const principal = known.find(scope.accessKeyId);
  if (!principal || (principal.sessionToken ?? undefined) !== header(request, "x-amz-security-token")) {
    throw new ApiRefusal("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  if (principal.expires && principal.expires < now) {
    throw new ApiRefusal("ExpiredTokenException", "The security token included in the request is expired");
  }
  const timestamp = header(request, "x-amz-date") ?? "";
  const signedAt = new Date(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(signedAt.getTime() - now.getTime()) <= CLOCK_SKEW_MS) || !timestamp.startsWith(scope.date)) {
    throw new ApiRefusal("InvalidSignatureException", `Signature expired or not yet current: ${timestamp}`);
  }
  const unsigned = Object.keys(request.headers).find(
    (name) => MUST_BE_SIGNED.test(name) && !scope.signedHeaders.includes(name),
  );
  if (unsigned) {
    const message = `'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`;
    throw new ApiRefusal("InvalidSignatureException", message);
  }
  const declared = header(request, "x-amz-content-sha256") ?? "";
  if (HEX_SHA256.test(declared) && declared !== createHash("sha256").update(request.body).digest("hex")) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new ApiRefusal("XAmzContentSHA256Mismatch", message);
  }
  if ((await signatureOf(request, scope, principal, signedAt)) !== scope.signature) {
    throw new ApiRefusal(
      scope.service === "ec2" ? "AuthFailure" : "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
      403,
    );
  }
  return principal;
}

/** The signature that AWS's own signer gives the request for the headers that its scope names. */
async function signatureOf(
  request: SignedRequest,
  { region, service, signedHeaders }: Scope,
  { accessKeyId, secretAccessKey }: Principal,
  signingDate: Date,
): Promise<string> {
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: false,
  });
  const [path = "/", query = ""] = request.url.split(/\?(.*)/s);
  const headers = Object.fromEntries(signedHeaders.map((name) => [name, header(request, name) ?? ""]));
  const { method, body } = request;
  const signed = await signer.sign(
    { method, protocol: "https:", hostname: "", path, query: fieldsOf(query), headers, body },
    { signingDate, signableHeaders: new Set(signedHeaders) },
  );
  return readScope(signed.headers).signature;
}

/** The fields of a query. Why not `URLSearchParams`: it reads `+` as a space, AWS does not. */
function fieldsOf(query: string): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const field of query.split("&").filter(Boolean)) {
    const [name = "", value = ""] = field.split(/=(.*)/s).map(decodeURIComponent);
    fields[name] = [...(fields[name] ?? []), value];
  }
  return fields;
}

function header(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** Node's SHA-256, keyed or not, as the signer asks for it. */
class Sha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
