import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
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

/** Reads the Authorization header. */
export function readScope(headers: IncomingHttpHeaders): Scope {
  const match = AUTHORIZATION.exec(headers.authorization ?? "");
  if (!match) throw new ApiRefusal("MissingAuthenticationToken", "Missing Authentication Token", 403);
  const [, accessKeyId, date, region, service, signed, signature] = match as unknown as string[];
  return { accessKeyId, date, region, service, signedHeaders: (signed as string).split(";"), signature } as Scope;
}

/**
 * Checks Signature Version 4 as AWS does, which moto does not: a host that signs by hand (curl) must get it right.
 * @returns whose key it was
 */
export function verifySignature(request: SignedRequest, scope: Scope, known: Principals, now = new Date()): Principal {
  const principal = known.find(scope.accessKeyId);
  if (!principal || (principal.sessionToken ?? undefined) !== header(request, "x-amz-security-token")) {
    throw new ApiRefusal("UnrecognizedClientException", "The security token included in the request is invalid.");
  }
  if (principal.expires && principal.expires < now) {
    throw new ApiRefusal("ExpiredTokenException", "The security token included in the request is expired");
  }
  const timestamp = header(request, "x-amz-date") ?? "";
  const signedAt = Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (!(Math.abs(signedAt - now.getTime()) <= CLOCK_SKEW_MS) || !timestamp.startsWith(scope.date)) {
    throw new ApiRefusal("InvalidSignatureException", `Signature expired or not yet current: ${timestamp}`);
  }
  if (!scope.signedHeaders.includes("host")) {
    throw new ApiRefusal("InvalidSignatureException", "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const text = [
    "AWS4-HMAC-SHA256",
    timestamp,
    `${scope.date}/${scope.region}/${scope.service}/aws4_request`,
    sha256(canonicalRequest(request, scope)),
  ].join("\n");
  const key = [scope.date, scope.region, scope.service, "aws4_request"].reduce<string | Buffer>(
    (secret, part) => createHmac("sha256", secret).update(part).digest(),
    `AWS4${principal.secretAccessKey}`,
  );
  const expected = createHmac("sha256", key).update(text).digest();
  if (!timingSafeEqual(expected, Buffer.from(scope.signature, "hex"))) {
    throw new ApiRefusal(
      scope.service === "ec2" ? "AuthFailure" : "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
      403,
    );
  }
  return principal;
}

function canonicalRequest(request: SignedRequest, scope: Scope): string {
  const [path = "/", query = ""] = request.url.split(/\?(.*)/s);
  const uri = scope.service === "s3" ? path : path.split("/").map(encode).join("/");
  const fields = query
    .split("&")
    .filter(Boolean)
    .map((field) => {
      const [name = "", value = ""] = field.split(/=(.*)/s);
      return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))] as const;
    })
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map((pair) => pair.join("="));
  const headers = scope.signedHeaders.map(
    (name) => `${name}:${(header(request, name) ?? "").trim().replace(/ +/g, " ")}\n`,
  );
  const declared = header(request, "x-amz-content-sha256");
  return [
    request.method,
    uri || "/",
    fields.join("&"),
    headers.join(""),
    scope.signedHeaders.join(";"),
    declared === "UNSIGNED-PAYLOAD" ? declared : sha256(request.body),
  ].join("\n");
}

function header(request: SignedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
